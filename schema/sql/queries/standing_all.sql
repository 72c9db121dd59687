--
SELECT entity, standing, since, until FROM standing ORDER BY entity, since
