--
SELECT minutes, half, entity, also, category, level, gender, language, persons FROM attended
