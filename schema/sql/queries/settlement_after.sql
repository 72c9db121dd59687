-- device, number, seq, until
SELECT count(*) AS requests FROM ledger WHERE device = $1 AND number > $2 AND seq >= $3 AND seq <= $4
