-- event, name_en, name_fr, name_ar, city, host, zone
INSERT INTO event (event, state, name_en, name_fr, name_ar, city, host, zone)
VALUES ($1, 'draft', $2, $3, $4, $5, $6, $7)
ON CONFLICT (event) DO UPDATE SET
	name_en = coalesce(excluded.name_en, event.name_en), name_fr = coalesce(excluded.name_fr, event.name_fr),
	name_ar = coalesce(excluded.name_ar, event.name_ar), city = coalesce(excluded.city, event.city),
	host = coalesce(excluded.host, event.host), zone = coalesce(excluded.zone, event.zone)
