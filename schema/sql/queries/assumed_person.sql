--
-- whoever has a visit that ends by assumption: (flags, assumed) as the index visit_odd has them
SELECT person, entity, also, also_accredited, category, level, gender, language, remote FROM person
WHERE person IN (SELECT v.person FROM visit AS v WHERE (v.flags <> 0 OR v.assumed = 1) AND v.assumed = 1)
ORDER BY person
