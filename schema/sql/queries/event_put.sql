-- event, name_en, name_fr, name_ar, city, zone, languages
INSERT INTO event (event, state, name_en, name_fr, name_ar, city, zone, languages)
VALUES ($1, 'draft', $2, $3, $4, $5, $6, $7)
ON CONFLICT (event) DO UPDATE SET
	name_en = coalesce(excluded.name_en, event.name_en), name_fr = coalesce(excluded.name_fr, event.name_fr),
	name_ar = coalesce(excluded.name_ar, event.name_ar), city = coalesce(excluded.city, event.city),
	zone = coalesce(excluded.zone, event.zone), languages = coalesce(excluded.languages, event.languages)
