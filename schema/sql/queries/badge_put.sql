-- badge, person, state, changed
INSERT INTO badge (badge, person, state, changed) VALUES ($1, $2, $3, $4)
ON CONFLICT (badge) DO UPDATE SET person = excluded.person, state = excluded.state, changed = excluded.changed
