-- session, person, flags, settled_ms, since, until, assumed, carried, entered
INSERT INTO visit (session, person, flags, settled_ms, since, until, assumed, carried, entered)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (session, person) DO UPDATE SET flags = excluded.flags, settled_ms = excluded.settled_ms,
	since = excluded.since, until = excluded.until, assumed = excluded.assumed, carried = excluded.carried,
	entered = excluded.entered
