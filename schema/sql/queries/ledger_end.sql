--
SELECT seq, received FROM ledger ORDER BY seq DESC LIMIT 1
