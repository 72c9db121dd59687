"""The checker is checked: a sound file passes, and each way of doctoring it is reported by its name."""

import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import chaos  # noqa: E402
import packed  # noqa: E402
from check import Checker  # noqa: E402

SCAN = "SELECT max(seq) FROM ledger WHERE op = 'scan' AND reason IS NULL AND actor LIKE 'client%'"
BIN = os.environ.get("HUDUR_BIN", "build/bin")


class Doctored(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One meeting without any kill, stored and closed."""
        cls.folder = tempfile.mkdtemp(prefix="check-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        life = chaos.Life(BIN, cls.folder, 1)
        try:
            life.begin()
            while life.checker.acked < 400:
                life._spend(0.05)
            cls.keep_reports(life.asker)
            assert life.end() == []
        finally:
            life.close()

    @classmethod
    def keep_reports(cls, asker):
        ask, cls.reports = asker.ask, []

        def kept(*words, **fields):
            cls.reports.append(ask(*words, **fields))
            return cls.reports[-1]
        asker.ask = kept

    def setUp(self):
        self.copy = tempfile.mkdtemp(prefix="doctored-")
        self.addCleanup(shutil.rmtree, self.copy)
        shutil.copytree(self.folder, self.copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("[cw][12]"))
        self.path = os.path.join(self.copy, "data", "chaos.hudur")

    def doctor(self, *statements):
        file = sqlite3.connect(self.path)
        for statement in statements:
            self.assertNotEqual(0, file.execute(statement).rowcount, statement)
        file.commit()
        file.close()

    def ledger(self, name):
        return pathlib.Path(self.copy, name + ".ledger")

    def checker(self):
        names = ("asker", "client1", "client2", "client3")
        return Checker(self.path, map(self.ledger, names), [self.ledger("door")])

    def problems(self, drained=True):
        return self.checker().check(drained)

    def is_found(self, kind, *words):
        problems = self.problems()
        found = [problem for problem in problems if problem.kind == kind and all(word in problem for word in words)]
        self.assertTrue(found, "no %s with %s in:\n%s" % (kind, words, "\n".join(problems)))

    def test_a_sound_file_passes(self):
        self.assertEqual(self.problems(), [])

    def test_a_row_that_is_lost(self):
        self.doctor("DELETE FROM ledger WHERE seq = (%s)" % SCAN)
        self.is_found("lost", "was acknowledged and is not stored")

    def test_a_ledger_that_lost_its_end(self):
        self.doctor("DELETE FROM ledger WHERE seq > (%s) - 20" % SCAN)
        self.is_found("lost", "was acknowledged and is not stored")

    def test_a_row_that_is_gone_since_the_last_look(self):
        checker = self.checker()
        self.assertEqual(checker.check(), [])
        self.doctor("DELETE FROM ledger WHERE seq = (%s)" % SCAN)
        self.assertIn("what was stored is gone", "".join(checker.check()))

    def test_an_id_that_is_there_twice(self):
        self.doctor("DROP INDEX ledger_id", "INSERT INTO ledger SELECT %s FROM ledger WHERE seq = (%s)" % (
            self.columns(seq="(SELECT max(seq) + 1 FROM ledger)"), SCAN))
        self.is_found("doubled", "is in rows")

    def test_a_request_that_is_there_under_another_id_too(self):
        self.doctor("INSERT INTO ledger SELECT %s FROM ledger WHERE seq = (%s)" % (
            self.columns(seq="(SELECT max(seq) + 1 FROM ledger)", id="randomblob(16)"), SCAN))
        self.is_found("doubled", "once more, under the id")

    def test_a_row_that_nobody_sent(self):
        self.doctor("INSERT INTO ledger SELECT %s FROM ledger WHERE seq = (%s)" % (
            self.columns(seq="(SELECT max(seq) + 1 FROM ledger)", id="randomblob(16)", room="'client1.r9/7'"), SCAN))
        self.is_found("unsent", "was sent by nobody")

    def test_a_row_without_id_and_cause(self):
        self.doctor("UPDATE ledger SET cause = NULL WHERE seq = (SELECT max(seq) FROM ledger WHERE op = 'hand_over')")
        self.is_found("unsent", "neither an id nor a cause")

    def test_a_row_that_is_not_what_was_sent(self):
        self.doctor("UPDATE ledger SET session = CASE session WHEN 'SIDE' THEN 'SECOND' ELSE 'SIDE' END "
                    "WHERE seq = (%s)" % SCAN)
        self.is_found("unsent", "another session")

    def test_an_answer_with_another_result(self):
        self.doctor("UPDATE ledger SET answer = (SELECT answer FROM ledger WHERE op = 'check_in' AND reason IS NULL "
                    "LIMIT 1) WHERE seq = (%s)" % SCAN)
        self.is_found("changed", "was answered")

    def test_an_answer_with_another_status(self):
        self.doctor("UPDATE ledger SET reason = 'outside_hours', answer = NULL WHERE seq = (%s)" % SCAN)
        self.is_found("changed", "was answered ok")

    def test_a_repetition_that_was_answered_otherwise(self):
        ledger = self.ledger("client1")
        answered = next(line.split()[1] for line in ledger.read_text().splitlines() if line.startswith("A "))
        with ledger.open("a") as file:
            file.write("A %s %s .\n" % (answered, b"\x82\xa6status\xa7refused\xa6reason\xa5clock".hex()))
        self.is_found("changed", "was answered refused")

    def test_a_request_that_was_spooled_and_never_arrived(self):
        with self.ledger("client1").open("a") as file:
            file.write("I client1.r9/1 chaos/attendance 81a26f70a47363616e .\nN client1.r9/1 %s .\n" % ("ab" * 16))
        self.is_found("lost", "never arrived")
        self.assertEqual(self.problems(drained=False), [])

    def test_an_intent_that_was_cut_off_is_none(self):
        with self.ledger("client1").open("a") as file:
            file.write("I client1.r9/1 chaos/atten")
        self.assertEqual(self.problems(), [])

    def test_counters(self):
        for change in ("UPDATE counter SET persons = persons + 1 WHERE qualifier = 'checked_in'",
                       "DELETE FROM counter WHERE qualifier = 'seen' AND day = 2",
                       "UPDATE counter SET persons = persons - 1 WHERE qualifier = 'no_show'",
                       "UPDATE counter SET also = 'MA'"):
            with self.subTest(change):
                self.setUp()
                self.doctor(change)
                self.is_found("counter")

    def test_attended(self):
        for change in ("UPDATE attended SET persons = persons + 1", "UPDATE attended SET half = 1 - half",
                       "DELETE FROM attended WHERE minutes = (SELECT max(minutes) FROM attended)"):
            with self.subTest(change):
                self.setUp()
                self.doctor(change)
                self.is_found("attended")

    def test_visits(self):
        for change in ("UPDATE visit SET settled_ms = settled_ms + 60000 WHERE session = 'SIDE'",
                       "UPDATE visit SET flags = 0 WHERE flags <> 0", "UPDATE visit SET carried = 1 - carried",
                       "UPDATE visit SET assumed = 0 WHERE assumed = 1", "DELETE FROM visit WHERE session = 'SECOND'",
                       "UPDATE visit SET since = since + 1 WHERE since IS NOT NULL"):
            with self.subTest(change):
                self.setUp()
                self.doctor(change)
                self.is_found("visit")

    def test_persons_badges_and_devices(self):
        for kind, change in (("person", "UPDATE person SET first_day = 1 WHERE first_day = 2"),
                             ("person", "UPDATE person SET category = 'driver'"),
                             ("badge", "UPDATE badge SET state = 'issued'"),
                             ("badge", "UPDATE badge SET changed = changed + 1"),
                             ("device", "UPDATE device SET requests = requests + 1"),
                             ("device", "DELETE FROM device")):
            with self.subTest(change):
                self.setUp()
                self.doctor(change)
                self.is_found(kind)

    def test_published_figures(self):
        checker = self.checker()
        checker.check()
        self.assertEqual(len(self.reports), len(chaos.QUALIFIERS) + 1)
        for report in self.reports:
            self.assertEqual(checker.check_published(report), [])
            first, *rest = report["rows"]
            wrong = [{**report, "rows": [{**first, "low": first["low"] + 1}, *rest]}]
            if report["by"] == "country":
                wrong += [{**report, name: report[name] + 1} for name in ("total_high", "states_low", "support_low",
                                                                         "representatives_high")]
                wrong.append({**report, "rows": [row for row in report["rows"] if row["high"] == 0]})
            for other in wrong if report["total_high"] else ():
                self.assertTrue(checker.check_published(other), report["qualifier"])

    def test_what_a_door_was_told(self):
        with self.ledger("door").open("a") as file:
            file.write('["told", "door.r9", "BADGE", "SECOND", "in", true, null, false]\n')
        self.is_found("lost", "at the door")

    def test_a_scan_that_was_not_fed_to_the_door(self):
        self.doctor("UPDATE ledger SET room = 'door.r9' WHERE seq = (SELECT min(seq) FROM ledger WHERE room = 'door.r1')")
        self.is_found("unsent", "was fed to the door 0 times")

    def test_a_damaged_file(self):
        with open(self.path, "r+b") as file:
            file.seek(8 * 4096)
            file.write(b"\xff" * 40960)
        self.is_found("damaged")

    def columns(self, **changed):
        file = sqlite3.connect(self.path)
        names = [row[1] for row in file.execute("PRAGMA table_info(ledger)")]
        file.close()
        return ", ".join(changed.get(name, name) for name in names)


class Packed(unittest.TestCase):
    def test_every_type_that_maps_have(self):
        for text, value in (("c0", None), ("c2", False), ("c3", True), ("05", 5), ("ff", -1), ("cc80", 128),
                            ("cd0100", 256), ("ce00010000", 65536), ("cf0000000100000000", 1 << 32), ("d080", -128),
                            ("d3ffffffffffffffff", -1), ("a16b", "k"), ("d9016b", "k"), ("c40101", b"\1"),
                            ("920102", [1, 2]), ("81a16b01", {"k": 1}), ("dc00010a", [10])):
            self.assertEqual(packed.unpack(bytes.fromhex(text)), value)

    def test_what_is_cut_short_or_too_long(self):
        for text in ("", "a2", "82a16b01", "c1", "cd01", "0101"):
            with self.assertRaises(packed.Unreadable):
                packed.unpack(bytes.fromhex(text))


if __name__ == "__main__":
    unittest.main()
