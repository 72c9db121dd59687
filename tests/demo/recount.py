"""The published figures and those that recount.sql finds in the raw rows, in one form, to be compared."""

import pathlib
import shutil
import sqlite3
import tempfile

SQL = pathlib.Path(__file__).resolve().parent / "recount.sql"


def counted(path):
    """{(what, key): (low, high)} from a copy of the event's file, read-only: a live file is not ours to open."""
    path = pathlib.Path(path)
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("", "-wal"):
            if path.with_name(path.name + suffix).exists():
                shutil.copy(path.with_name(path.name + suffix), folder)
        file = sqlite3.connect("file:%s?mode=rw" % pathlib.Path(folder, path.name), uri=True)
        try:
            file.execute("PRAGMA query_only = 1")
            rows = file.execute(SQL.read_text(encoding="utf-8")).fetchall()
        finally:
            file.close()
    return {(what, key): (low or 0, high or 0) for what, key, low, high in rows}


def pair(value):
    return tuple(value) if isinstance(value, list) else (value, value)


def published(figures):
    """The same from answers of `hudur report figures --format json`; `figures` asks with the words it is given."""
    checked_in, registered = (figures("--by", "country", "--qualifier", q) for q in ("checked_in", "registered"))
    sessions = figures("--by", "session", "--qualifier", "attended")
    head = checked_in["headline"]
    numbers = {
        ("headline", "representatives"): pair(head["representatives"]),
        ("headline", "member states"): pair(head["member_states"]["represented"]),
        ("headline", "in good standing"): pair(head["member_states"]["in_good_standing"]),
        ("headline", "observer persons"): pair(head["observers"]["persons"]),
        ("headline", "observer entities"): pair(head["observers"]["states"]),
        ("headline", "institution persons"): pair(head["institutions"]["persons"]),
        ("headline", "institution entities"): pair(head["institutions"]["entities"]),
        ("headline", "other persons"): pair(head["others"]["persons"]),
        ("headline", "other entities"): pair(head["others"]["entities"]),
        ("headline", "not stated persons"): pair(head["not_stated"]),
        ("headline", "support"): pair(head["support"]),
        ("headline", "total"): pair(head["total"]),
        ("headline", "registered in all"): pair(registered["headline"]["total"]),
        ("headline", "registered"): pair(registered["headline"]["representatives"]),
        ("headline", "registered states"): pair(registered["headline"]["member_states"]["represented"]),
    }
    for what, qualifier in (("nominated", "nominated"), ("walk-ins", "walk_in"), ("no-shows", "no_show")):
        numbers["headline", what + " in all"] = pair(figures("--qualifier", qualifier)["headline"]["total"])
    for what, figure in (("country", checked_in), ("session", sessions)):
        for row in figure["rows"]:
            numbers[what, row["key"]] = pair(row["persons"])
            if what == "session":
                numbers["session states", row["key"]] = pair(row.get("states", 0))
    return numbers


def differences(one, other):
    """A sentence for each number that is not the same; what is missing is 0."""
    return ["%s %s: published %s, in the ledger %s" % (*key, one.get(key, (0, 0)), other.get(key, (0, 0)))
            for key in sorted(set(one) | set(other)) if one.get(key, (0, 0)) != other.get(key, (0, 0))]
