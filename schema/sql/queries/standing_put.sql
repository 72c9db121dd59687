-- entity, standing, since, until
INSERT INTO standing (entity, standing, since, until) VALUES ($1, $2, $3, $4)
ON CONFLICT (entity, standing, coalesce(since, 0)) DO UPDATE SET until = excluded.until
