-- person, cursor, limit
-- One look a stretch of the ledger: 003_person.sql says why. What a blank passed before it was bound names nobody.
WITH RECURSIVE stretch (n) AS (
	SELECT $2 / 4096 UNION ALL SELECT n + 1 FROM stretch WHERE n < (SELECT max(seq) FROM ledger) / 4096
)
SELECT l.seq AS ledger, l.op, l.reason, l.at + coalesce(l.clock_offset, 0) AS at, l.received, l.principal, l.actor,
	l.session, l.direction, l.badge, r.text AS note
FROM stretch CROSS JOIN ledger AS l LEFT JOIN remark AS r ON r.ledger = l.seq
WHERE l.seq / 4096 = stretch.n AND l.person = $1 AND l.seq > $2
UNION ALL
SELECT l.seq, l.op, l.reason, l.at + coalesce(l.clock_offset, 0), l.received, l.principal, l.actor,
	l.session, l.direction, l.badge, NULL
FROM ledger AS l
WHERE l.person IS NULL AND l.badge IS NOT NULL AND l.badge IN (SELECT badge FROM badge WHERE person = $1)
	AND l.op IN ('scan', 'decided') AND l.seq > $2
ORDER BY ledger LIMIT $3
