-- entity, ledger, kind, name_en, name_fr, name_ar, region, region_inferred, country
INSERT INTO entity (entity, ledger, kind, name_en, name_fr, name_ar, region, region_inferred, country)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (entity, ledger) DO UPDATE SET kind = excluded.kind, name_en = excluded.name_en,
	name_fr = excluded.name_fr, name_ar = excluded.name_ar, region = excluded.region,
	region_inferred = excluded.region_inferred, country = excluded.country
