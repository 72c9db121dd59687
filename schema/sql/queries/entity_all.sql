--
SELECT entity, kind, name_en, name_fr, name_ar, region, region_inferred, country FROM entity ORDER BY entity
