-- minutes, half, entity, also, category, level, gender, language, persons
INSERT INTO attended (minutes, half, entity, also, category, level, gender, language, persons)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (minutes, half, entity, also, category, level, gender, language)
DO UPDATE SET persons = attended.persons + excluded.persons
