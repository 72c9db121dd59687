-- entity, badge, cursor, last, limit
-- the casts: PostgreSQL asks for a parameter's type where it first stands
SELECT p.person, n.name, n.arabic, n.honorific, n.function, n.organisation, p.entity, p.also, p.category, p.level,
	p.gender, p.language, p.state, p.walk_in, p.remote, p.last_day AS checked_in, p.badge
FROM person AS p
LEFT JOIN name AS n ON n.person = p.person
	AND n.ledger = (SELECT max(latest.ledger) FROM name AS latest WHERE latest.person = p.person)
WHERE p.person > $3 AND p.person <= $4
	AND (CAST($1 AS TEXT) IS NULL OR p.entity = $1 OR p.also = $1)
	AND (CAST($2 AS TEXT) IS NULL OR p.person = (SELECT b.person FROM badge AS b WHERE b.badge = $2))
ORDER BY p.person LIMIT $5
