-- ledger
SELECT device, count(*) AS requests, sum(CASE WHEN op IN ('scan', 'decided') THEN 1 ELSE 0 END) AS scans,
	coalesce(max(number), 0) AS highest, max(received) AS heard, 0 AS backlog
FROM ledger WHERE seq <= $1 AND device IS NOT NULL
GROUP BY device ORDER BY device
