-- seq
SELECT l.seq, l.flag, l.at, l.clock_offset, l.person, l.badge, l.session, l.direction, l.device, l.admitted,
	l.door_reason, l.server_reason, r.seq AS resolution, r.received AS resolved_at,
	coalesce(r.actor, r.principal) AS resolved_by, m.text AS why
FROM ledger AS l LEFT JOIN ledger AS r ON r.op = 'resolve' AND r.corrects = l.seq AND r.flag IS NULL AND r.reason IS NULL AND r.seq <= $1
	LEFT JOIN remark AS m ON m.ledger = r.seq
WHERE (l.flag IS NOT NULL OR l.reason IS NOT NULL)
	AND (l.flag = 'conflict' OR (l.flag IN ('unknown_badge', 'revoked_badge') AND l.op = 'scan')
		OR (l.flag = 'unknown_badge' AND l.admitted = 1)) -- a blank that a door let in alone
	AND l.seq <= $1
ORDER BY l.seq
