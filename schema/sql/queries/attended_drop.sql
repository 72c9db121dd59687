-- minutes, half, entity, also, category, level, gender, language
DELETE FROM attended
WHERE minutes = $1 AND half = $2 AND entity = $3 AND also = $4 AND category = $5 AND level = $6 AND gender = $7
	AND language = $8 AND persons = 0
