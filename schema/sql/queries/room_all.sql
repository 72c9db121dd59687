--
SELECT room, name, invented FROM room ORDER BY room
