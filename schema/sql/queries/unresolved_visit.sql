-- flags, until
SELECT session, person, flags, settled_ms, since, until, assumed, carried, entered FROM visit
WHERE (flags <> 0 OR assumed = 1) AND (flags & $1 <> 0 OR (assumed = 1 AND until <= $2))
ORDER BY person, session
