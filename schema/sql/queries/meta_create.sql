-- instance, epoch
INSERT INTO meta (instance, epoch) VALUES ($1, $2)
