-- room, name, invented
INSERT INTO room (room, name, invented) VALUES ($1, $2, $3)
ON CONFLICT (room) DO UPDATE SET name = excluded.name, invented = excluded.invented
