-- entity, ledger, standing, since, until
INSERT INTO standing (entity, ledger, standing, since, until) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (entity, coalesce(since, 0), ledger) DO UPDATE SET standing = excluded.standing, until = excluded.until
