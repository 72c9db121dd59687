--
SELECT badge, person, state, changed FROM badge
