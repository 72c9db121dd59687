-- state
UPDATE event SET state = $1
