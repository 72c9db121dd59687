-- person, cursor, limit
SELECT l.seq AS ledger, l.op, l.reason, l.at + coalesce(l.clock_offset, 0) AS at, l.received, l.principal, l.actor,
	l.session, l.direction, l.badge, r.text AS note
FROM ledger AS l LEFT JOIN remark AS r ON r.ledger = l.seq
WHERE l.person = $1 AND l.seq > $2
ORDER BY l.seq LIMIT $3
