-- word1, word2, word3, word4, entity, badge, person, cursor, limit
-- the casts: PostgreSQL asks for a parameter's type where it first stands
SELECT p.person, n.name, n.arabic, n.honorific, n.function, n.organisation, p.entity, p.also, p.category, p.level,
	p.gender, p.language, p.state, p.walk_in, p.remote, p.last_day AS checked_in, p.badge
FROM person AS p
LEFT JOIN name AS n ON n.person = p.person
	AND n.ledger = (SELECT max(latest.ledger) FROM name AS latest WHERE latest.person = p.person)
WHERE p.person > $8
	AND (CAST($1 AS TEXT) IS NULL OR n.folded LIKE $1) AND (CAST($2 AS TEXT) IS NULL OR n.folded LIKE $2)
	AND (CAST($3 AS TEXT) IS NULL OR n.folded LIKE $3) AND (CAST($4 AS TEXT) IS NULL OR n.folded LIKE $4)
	AND (CAST($5 AS TEXT) IS NULL OR p.entity = $5 OR p.also = $5)
	AND (CAST($6 AS TEXT) IS NULL OR p.person = (SELECT b.person FROM badge AS b WHERE b.badge = $6))
	AND (CAST($7 AS BIGINT) IS NULL OR p.person = $7)
ORDER BY p.person LIMIT $9
