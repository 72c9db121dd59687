--
SELECT id FROM ledger WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1
