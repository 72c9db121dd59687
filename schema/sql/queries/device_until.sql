-- ledger
SELECT device, count(*) AS requests, coalesce(max(number), 0) AS highest, max(received) AS heard, 0 AS backlog
FROM ledger WHERE seq <= $1 AND device IS NOT NULL
GROUP BY device ORDER BY device
