-- device
SELECT seq AS entry, device, number, (SELECT count(*) FROM ledger WHERE device = $1) AS requests
FROM ledger WHERE device = $1 ORDER BY number DESC LIMIT 1
