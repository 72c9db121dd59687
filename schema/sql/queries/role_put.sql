-- session, role, position, printed, name, key, organisation, entity
INSERT INTO role (session, role, position, printed, name, key, organisation, entity)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (session, role, position) DO UPDATE SET printed = excluded.printed, name = excluded.name,
	key = excluded.key, organisation = excluded.organisation, entity = excluded.entity
