-- person
SELECT person, ledger, name, given, family, arabic, honorific, function, organisation, key, folded
FROM name WHERE person = $1 ORDER BY ledger DESC LIMIT 1
