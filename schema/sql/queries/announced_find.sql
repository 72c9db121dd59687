-- scan
SELECT scan, ledger FROM announced WHERE scan = $1
