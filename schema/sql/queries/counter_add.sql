-- qualifier, day, entity, also, category, level, gender, language, persons
INSERT INTO counter (qualifier, day, entity, also, category, level, gender, language, persons)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (qualifier, day, entity, also, category, level, gender, language)
DO UPDATE SET persons = counter.persons + excluded.persons
