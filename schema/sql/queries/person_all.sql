--
SELECT person, state, entity, also, also_accredited, category, level, gender, language, walk_in, remote,
	first_day, last_day, badge
FROM person ORDER BY person
