-- session
SELECT session, person, flags, settled_ms, since, until, assumed, carried, entered
FROM visit WHERE session = $1 ORDER BY person
