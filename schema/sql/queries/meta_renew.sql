-- instance
UPDATE meta SET instance = $1
