-- person, ledger
SELECT person, ledger, name, given, family, arabic, honorific, function, organisation, key, folded
FROM name WHERE person = $1 AND ledger <= $2 ORDER BY ledger DESC LIMIT 1
