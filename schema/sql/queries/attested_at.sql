-- since
SELECT seq, person, session, since, until FROM ledger
WHERE op = 'attest' AND reason IS NULL AND since <= $1 AND until > $1
