-- person, state, entity, also, also_accredited, category, level, gender, language, walk_in, remote, first_day, last_day, badge
INSERT INTO person (person, state, entity, also, also_accredited, category, level, gender, language, walk_in, remote,
	first_day, last_day, badge)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (person) DO UPDATE SET state = excluded.state, entity = excluded.entity, also = excluded.also,
	also_accredited = excluded.also_accredited, category = excluded.category, level = excluded.level,
	gender = excluded.gender, language = excluded.language, walk_in = excluded.walk_in, remote = excluded.remote,
	first_day = excluded.first_day, last_day = excluded.last_day, badge = excluded.badge
