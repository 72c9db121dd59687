--
-- all visits of whoever has one that ends by assumption, and what is asked of them
SELECT session, person, settled_ms, since, until, assumed FROM visit
WHERE person IN (SELECT v.person FROM visit AS v WHERE (v.flags <> 0 OR v.assumed = 1) AND v.assumed = 1)
ORDER BY person, session
