-- seq
SELECT r.seq, l.seq AS entry, l.device, l.number, r.received AS resolved_at,
	coalesce(r.actor, r.principal) AS resolved_by, m.text AS why
FROM ledger AS r JOIN ledger AS l ON l.seq = r.corrects LEFT JOIN remark AS m ON m.ledger = r.seq
WHERE r.op = 'resolve' AND r.flag = 'missing_numbers' AND r.reason IS NULL AND r.seq <= $1
ORDER BY r.seq
