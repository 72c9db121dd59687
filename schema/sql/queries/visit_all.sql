--
SELECT session, person, flags, settled_ms, since, until, assumed, carried, entered FROM visit ORDER BY person, session
