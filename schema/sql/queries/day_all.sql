--
SELECT day, date, starts, ends FROM day ORDER BY day
