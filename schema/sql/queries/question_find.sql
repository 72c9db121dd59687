-- seq
SELECT l.seq, l.at, l.person, r.seq AS resolution,
	CASE WHEN l.flag = 'conflict' OR (l.flag IN ('unknown_badge', 'revoked_badge') AND l.op = 'scan')
		OR (l.flag = 'unknown_badge' AND l.admitted = 1) THEN l.flag END AS flag
FROM ledger AS l LEFT JOIN ledger AS r ON r.op = 'resolve' AND r.corrects = l.seq AND r.flag IS NULL AND r.reason IS NULL
WHERE l.seq = $1
