--
SELECT qualifier, day, entity, also, category, level, gender, language, persons FROM counter WHERE persons <> 0
