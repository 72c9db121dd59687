-- received
SELECT seq FROM ledger WHERE received <= $1 ORDER BY seq DESC LIMIT 1
