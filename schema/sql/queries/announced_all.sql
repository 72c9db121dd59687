--
SELECT scan, ledger FROM announced
