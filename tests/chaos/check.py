#!/usr/bin/python3
"""
Compares what clients noted with what an event's file holds: what was acknowledged is stored with that answer, each id
once; nothing is stored that nobody sent; every figure's row equals a recount. It shares no code with the project and
opens files read-only.
"""

import argparse
import collections
import contextlib
import pathlib
import sqlite3
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from ledgers import Doors, Sent  # noqa: E402
from packed import unpack  # noqa: E402
from recount import DIMENSIONS, NO_VISIT, Recount  # noqa: E402

# What every reply may carry beside the result.
HEAD = {"status", "reason", "detail", "now", "repeated", "retry_ms"}
# An intent's field: the ledger's column.
COLUMNS = {"badge": "badge", "session": "session", "direction": "direction", "door": "room", "person": "person",
           "category": "category", "level": "level", "gender": "gender", "language": "language", "entity": "entity"}


class Problem(str):
    """One sentence, and what kind of breach it is."""

    def __new__(cls, kind, sentence):
        self = super().__new__(cls, "%s: %s" % (kind, sentence))
        self.kind = kind
        return self


@contextlib.contextmanager
def opened(path):
    """One snapshot of the file, read-only."""
    file = sqlite3.connect("file:%s?mode=ro" % path, uri=True, isolation_level=None, timeout=5)
    try:
        file.row_factory = sqlite3.Row
        file.execute("BEGIN")
        yield file
    finally:
        file.close()


class Checker:
    """Checks one event file again and again while it grows; each time reads on where it was."""

    def __init__(self, path, ledgers, doors=()):
        self.path = path
        self.sent, self.doors = Sent(ledgers), Doors(doors)
        self.problems = []
        self.rows = {}                # id: row, in hexadecimal digits
        self.stored = {}              # intent's key: id of its row
        self.last, self.count = 0, 0  # highest ledger sequence, rows so far
        self.causes = set()
        self.judged = 0               # answers looked at
        self.recount = None
        self.visits = {}              # (person, session): row, as counted
        self.scans, self.decisions = collections.Counter(), collections.Counter()  # of doors
        self.scanned = collections.Counter()  # the same with the reason

    @property
    def acked(self):
        return len({text for text, reply in self.sent.answers if reply["status"] in ("ok", "refused")})

    def found(self, kind, sentence):
        self.problems.append(Problem(kind, sentence))

    def check(self, drained=False):
        """The problems, none when all is well. `drained`: nothing is on its way any more. Acknowledgements are read
        before the file and intents after it, so that whoever goes on sending does not disturb."""
        self.problems = []
        self.sent.read()
        answers = self.sent.answers[0 if drained else self.judged:]
        self.judged = len(self.sent.answers)
        self.doors.read()
        told, online = self.doors.told.copy(), self.doors.online.copy()
        try:
            with opened(self.path) as file:
                rows = self._read(file)
                self.sent.read()
                self.doors.read()
                self._judge_rows(rows)
                self._judge_figures(file)
                self._judge_integrity(file)
        except sqlite3.Error as error:
            self.found("damaged", "%s cannot be read: %s" % (self.path, error))
        self._judge_answers(answers)
        self._judge_doors(told, online, drained)
        if drained:
            self._judge_spooled()
        self.problems += [Problem("doubled", text) for text in self.sent.problems]
        return self.problems

    # ---- the ledger ----
    def _read(self, file):
        if self.recount is None:
            self._begin(file)
        rows = file.execute("SELECT * FROM ledger WHERE seq > ? ORDER BY seq", (self.last,)).fetchall()
        self.count += len(rows)
        count = file.execute("SELECT count(*) FROM ledger").fetchone()[0]
        if count != self.count:
            self.found("lost", "the ledger had %d rows and has %d: what was stored is gone" % (self.count, count))
        names = {row["ledger"]: row["name"] for row in
                 file.execute("SELECT ledger, name FROM name WHERE ledger > ?", (self.last,))}
        for row in rows:
            if row["seq"] != self.last + 1:
                self.found("lost", "the ledger goes from row %d to row %d" % (self.last, row["seq"]))
            self.last = row["seq"]
        given = {row["cause"]: names.get(row["seq"]) for row in rows if row["op"] == "name"}
        return [(row, given.get(row["seq"])) for row in rows]

    def _begin(self, file):
        """The plan; until there is one there is nothing to count."""
        sessions = file.execute("SELECT session, room, starts, ends FROM session").fetchall()
        days = [tuple(row) for row in file.execute("SELECT day, starts, ends FROM day")]
        members = [row[0] for row in file.execute("SELECT entity FROM standing WHERE standing = 'member'")]
        self.recount = Recount(sessions, days, members)

    def _judge_rows(self, rows):
        for row, name in rows:
            if row["id"] is not None:
                self._judge_row(row, name)
                self.causes.add(row["seq"])
            elif row["cause"] not in self.causes:
                self.found("unsent", "row %d (%s) has neither an id nor a cause" % (row["seq"], row["op"]))
            self.recount.add(row)

    def _judge_row(self, row, name):
        text = row["id"].hex()
        if text in self.rows:
            self.found("doubled", "id %s is in rows %d and %d" % (text, self.rows[text]["seq"], row["seq"]))
        self.rows[text] = row
        if row["op"] in ("scan", "decided") and (row["room"] or "").startswith("door."):
            self._count_door(row)
            return
        key = self.sent.keys.get(text) or self.sent.unnoted.get(row["actor"])
        if key is None:
            self._judge_unknown(row, name)
            return
        if key in self.stored and self.stored[key] != text:
            self.found("doubled", "%s is stored under the ids %s and %s" % (key, self.stored[key], text))
        self.stored[key] = text
        self._compare(self.sent.intents[key], row, name)

    def _judge_unknown(self, row, name):
        """Nobody noted the id: the same again under another id, or something that nobody sent?"""
        marker = row["room"] or (name or "").removeprefix("Invented ")
        if row["op"] in ("scan", "register") and marker in self.sent.ids:
            self.found("doubled", "row %d (%s) is %s once more, under the id %s that it never had" % (
                row["seq"], row["op"], marker, row["id"].hex()))
        else:
            self.found("unsent", "row %d (%s of %s, id %s) was sent by nobody" % (
                row["seq"], row["op"], row["actor"], row["id"].hex()))

    def _compare(self, intent, row, name):
        told = dict(intent.map)
        differs = [] if told["op"] == row["op"] else ["op"]
        if intent.actor != row["actor"]:
            differs.append("actor")
        if row["reason"] is None:
            differs += [field for field, column in COLUMNS.items() if field in told and told[field] != row[column]]
            if told["op"] == "register" and told["name"] != name:
                differs.append("name")
        if differs:
            self.found("unsent", "row %d is not what %s sent: another %s" % (row["seq"], intent.key, ", ".join(differs)))

    # ---- answers ----
    def _judge_answers(self, answers):
        for text, reply in answers:
            row = self.rows.get(text)
            key = self.sent.keys.get(text, text)
            if reply["status"] not in ("ok", "refused"):
                self.found("refused", "%s was answered %s (%s), which is no answer to keep" % (
                    key, reply["status"], reply.get("reason")))
            elif row is None:
                self.found("lost", "%s was acknowledged and is not stored" % key)
            else:
                self._judge_answer(key, row, reply)

    def _judge_answer(self, key, row, reply):
        result = unpack(row["answer"]) if row["answer"] is not None else {}
        told = {field: value for field, value in reply.items() if field not in HEAD}
        if reply.get("reason") != row["reason"] or (reply["status"] == "ok") != (row["reason"] is None):
            self.found("changed", "%s was answered %s (%s) and row %d says %s" % (
                key, reply["status"], reply.get("reason"), row["seq"], row["reason"] or "ok"))
        elif told != result:
            self.found("changed", "%s was answered %r and row %d says %r" % (key, told, row["seq"], result))

    def _judge_spooled(self):
        for key, text in self.sent.ids.items():
            if text not in self.rows:
                self.found("lost", "%s was spooled as %s and never arrived" % (key, text))

    # ---- doors ----
    def _count_door(self, row):
        passage = (row["room"], row["badge"], row["session"], row["direction"])
        if row["op"] == "decided":
            self.decisions[passage] += 1
            return
        self.scans[passage] += 1
        self.scanned[(*passage, row["reason"])] += 1

    def _judge_doors(self, told, online, drained):
        for what, stored in (("scan", self.scans), ("decision", self.decisions)):
            for passage, times in stored.items():
                if times > self.doors.fed[passage]:
                    kind = "doubled" if self.doors.fed[passage] else "unsent"
                    self.found(kind, "%s is stored %d times as a %s and was fed to the door %d times" % (
                        " ".join(passage), times, what, self.doors.fed[passage]))
        for answer, times in online.items():
            if times > self.scanned[answer]:
                self.found("lost", "%s was answered at the door %d times and is stored %d times" % (
                    " ".join(map(str, answer)), times, self.scanned[answer]))
        for passage, times in told.items() if drained else ():
            if times > self.scans[passage]:
                self.found("lost", "%s was answered at the door %d times, of which %d arrived" % (
                    " ".join(passage), times, self.scans[passage]))

    # ---- figures ----
    def _judge_figures(self, file):
        self._judge_counters(file)
        touched, rows = self.recount.visits()
        for place in [place for place in self.visits if place[0] in touched]:
            del self.visits[place]
        self.visits.update(rows)
        self._same("visit", self.visits, {
            (row["person"], row["session"]): tuple(row)[2:] for row in file.execute(
                "SELECT person, session, flags, settled_ms, since, until, assumed, carried, entered FROM visit")},
            NO_VISIT)
        self._same("person", {number: person.row() for number, person in self.recount.persons.items()}, {
            row[0]: tuple(row)[1:] for row in file.execute(
                "SELECT person, state, entity, category, level, gender, language, walk_in, remote, first_day, last_day,"
                " badge FROM person")})
        self._same("badge", self.recount.badges, {
            row[0]: tuple(row)[1:] for row in file.execute("SELECT badge, person, state, changed FROM badge")})
        self._same("device", self.recount.devices, {
            row[0]: tuple(row)[1:] for row in file.execute("SELECT device, requests, scans, highest FROM device")})

    def _judge_counters(self, file):
        names = ", ".join(DIMENSIONS)
        self._same("counter", self.recount.counters(), {
            tuple(row)[:-1]: row["persons"] for row in file.execute(
                "SELECT qualifier, day, %s, persons FROM counter WHERE persons <> 0 AND also = ''" % names)})
        if file.execute("SELECT 1 FROM counter WHERE also <> '' AND persons <> 0").fetchone():
            self.found("counter", "somebody has a second representation that nobody gave")
        self._same("attended", self.recount.longest(), {
            tuple(row)[:-1]: row["persons"] for row in file.execute(
                "SELECT minutes, half, %s, persons FROM attended WHERE also = ''" % names)})

    def check_published(self, report):
        """Problems of one answer of `figures`, by country or by session, compared with what was checked last."""
        self.problems = []
        rows = {row["key"]: (row["low"], row["high"]) for row in report["rows"]}
        if report["by"] == "session":
            counted = self.recount.attended(report["minutes"], report["at"])
        else:
            figure = self.recount.figure(report["qualifier"])
            heads = ("total", "support", "states", "representatives")
            rows.update({name: (report[name + "_low"], report[name + "_high"]) for name in heads})
            counted = {key: (number, number) for key, number in figure.items()}
        self._same("figure " + report["qualifier"], counted, rows, (0, 0))
        return self.problems

    def _same(self, table, counted, stored, nothing=None):
        if counted == stored:
            return
        wrong = [key for key in {**counted, **stored} if counted.get(key, nothing) != stored.get(key, nothing)]
        for key in wrong[:5]:
            self.found(table, "%r stands as %r and counts to %r" % (key, stored.get(key), counted.get(key)))
        if len(wrong) > 5:
            self.found(table, "and %d more" % (len(wrong) - 5))

    def _judge_integrity(self, file):
        for row in file.execute("PRAGMA integrity_check"):
            if row[0] != "ok":
                self.found("damaged", "integrity_check says: %s" % row[0])


def main():
    parser = argparse.ArgumentParser(description="Checks an event's file against the ledgers of those who sent.")
    parser.add_argument("--event", required=True, help="the event's file")
    parser.add_argument("--door", action="append", default=[], help="what a door was fed and printed; may be repeated")
    parser.add_argument("--drained", action="store_true", help="nothing is on its way any more: what was spooled is stored")
    parser.add_argument("ledgers", nargs="*", help="a client's ledger")
    options = parser.parse_args()
    checker = Checker(options.event, options.ledgers, options.door)
    problems = checker.check(options.drained)
    print("\n".join(problems), end="\n" if problems else "")
    print("%d rows, %d acknowledged, %d problems" % (checker.count, checker.acked, len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
