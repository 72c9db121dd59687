-- ledger
SELECT person, ledger, folded FROM name WHERE ledger > $1 ORDER BY ledger
