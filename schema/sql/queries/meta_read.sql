--
SELECT instance, epoch FROM meta
