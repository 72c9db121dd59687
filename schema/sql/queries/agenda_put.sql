-- session, position, text
INSERT INTO agenda (session, position, text) VALUES ($1, $2, $3)
ON CONFLICT (session, position) DO UPDATE SET text = excluded.text
