#!/usr/bin/python3
"""Compares an event's file with what its clients know, with nothing but the standard library: check.py EVENTFILE LEDGER.
Figures are recounted as tests/chaos does it.

LEDGER has a line for each id that was sent, in that order, `sent ID`, and one for each that was acknowledged,
`acked ID REPLY`, both in hexadecimal. It may begin with `any order`: what was sent need not be stored in order. Prints
one line: `ok`, or what is lost and what else is wrong. With `-` instead it answers one such line for each line of
`EVENTFILE LEDGER` that it is given.
"""

import pathlib
import sqlite3
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "chaos"))
from check import Checker  # noqa: E402
from packed import unpack  # noqa: E402
from recount import Recount  # noqa: E402


def read_ledger(path):
    sent, acked, ordered = [], {}, True
    with open(path, encoding="ascii") as lines:
        for line in lines:
            word, key, *reply = line.split()
            if word == "any":
                ordered = False
            elif word == "sent":
                sent.append(bytes.fromhex(key))
            else:
                acked[bytes.fromhex(key)] = unpack(bytes.fromhex(reply[0]))
    return sent, acked, ordered


def same_answer(reply, reason, answer):
    """What was acknowledged is what is stored: the same reason, and every field of the result."""
    stored = unpack(answer) if answer else {}
    return reply.get("reason") == reason and all(reply.get(name) == value for name, value in stored.items())


def recount(db, path):
    """What the figures' rows differ by from a count of the ledger's raw rows."""
    db.row_factory = sqlite3.Row
    figures = Checker(path, [])
    figures.recount = Recount(db.execute("SELECT session, room, starts, ends FROM session").fetchall(),
                              [tuple(row) for row in db.execute("SELECT day, starts, ends FROM day")])
    for row in db.execute("SELECT * FROM ledger ORDER BY seq"):
        figures.recount.add(row)
    figures._judge_figures(db)
    return figures.problems


def compare(db, sent, acked, ordered):
    """How many acknowledged requests are lost, and sentences about whatever else is wrong."""
    rows = list(db.execute("SELECT seq, id, reason, answer FROM ledger ORDER BY seq"))
    stored = {row[1]: row for row in rows if row[1] is not None}
    order = [row[1] for row in rows if row[1] is not None]
    wrong = []
    lost = [key for key in acked if key not in stored]
    if [row[0] for row in rows] != list(range(1, len(rows) + 1)):
        wrong.append("the ledger's numbers have gaps")
    if len(order) != len(stored):
        wrong.append("%d ids stand twice" % (len(order) - len(stored)))
    if not set(stored) <= set(sent):
        wrong.append("%d ids were never sent" % len(set(stored) - set(sent)))
    if ordered and order != sent[:len(order)]:
        wrong.append("the ledger is no prefix of what was sent")
    changed = [key for key in acked if key in stored and not same_answer(acked[key], *stored[key][2:])]
    if changed:
        wrong.append("%d have another answer than the one that was given" % len(changed))
    return len(lost), wrong


def check(path, ledger):
    sent, acked, ordered = read_ledger(ledger)
    lost, wrong = len(acked), []
    try:
        db = sqlite3.connect("file:%s?mode=ro" % urllib.parse.quote(path), uri=True)
        try:
            db.execute("BEGIN")
            sound = db.execute("PRAGMA integrity_check").fetchall()
            if sound != [("ok",)]:
                wrong.append("integrity_check: %s" % sound[0])
            lost, more = compare(db, sent, acked, ordered)
            wrong += more + recount(db, path)
        finally:
            db.close()
    except sqlite3.Error as error:
        wrong.append(str(error))
    if not lost and not wrong:
        return "ok"
    return "lost %d; %s" % (lost, "; ".join(wrong) or "nothing else is wrong")


def main():
    if sys.argv[1:] == ["-"]:
        for line in sys.stdin:
            print(check(*line.split()), flush=True)
        return 0
    result = check(*sys.argv[1:])
    print(result)
    return 0 if result == "ok" else 1


if __name__ == "__main__":
    sys.exit(main())
