-- qualifier
SELECT qualifier, day, entity, also, category, level, gender, language, persons
FROM counter WHERE qualifier = $1 AND persons <> 0
