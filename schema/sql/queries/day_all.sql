-- ledger
SELECT day, date, starts, ends FROM day
WHERE ledger = (SELECT max(latest.ledger) FROM day AS latest WHERE latest.day = day.day AND latest.ledger <= $1)
ORDER BY day
