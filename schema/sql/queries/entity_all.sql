-- ledger
SELECT entity, kind, name_en, name_fr, name_ar, region, region_inferred, country FROM entity
WHERE ledger = (SELECT max(latest.ledger) FROM entity AS latest
	WHERE latest.entity = entity.entity AND latest.ledger <= $1)
ORDER BY entity
