-- person, cursor, limit
-- what a blank passed before it was bound names nobody, and is flagged or refused: ledger_odd finds it
SELECT l.seq AS ledger, l.op, l.reason, l.at + coalesce(l.clock_offset, 0) AS at, l.received, l.principal, l.actor,
	l.session, l.direction, l.badge, r.text AS note
FROM ledger AS l LEFT JOIN remark AS r ON r.ledger = l.seq
WHERE l.person = $1 AND l.seq > $2
UNION ALL
SELECT l.seq, l.op, l.reason, l.at + coalesce(l.clock_offset, 0), l.received, l.principal, l.actor,
	l.session, l.direction, l.badge, NULL
FROM ledger AS l
WHERE (l.flag IS NOT NULL OR l.reason IS NOT NULL) AND l.person IS NULL AND l.op IN ('scan', 'decided')
	AND l.badge IN (SELECT badge FROM badge WHERE person = $1) AND l.seq > $2
ORDER BY ledger LIMIT $3
