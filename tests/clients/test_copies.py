"""hudur admin backup, verify and restore: copies of an event that goes on, through the real programs."""

import json
import os
import sqlite3
import subprocess
import threading
import unittest

from tests.clients import test_serve as programs

MEETING = "schema/data/marrakech_2024.json"
EVENT = "oic-pesnet-4"


def rows(path, sql):
    database = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


def change(path, sql):
    database = sqlite3.connect(path)
    with database:
        database.execute(sql)
    database.close()


class CopiesTest(programs.WithFolder):
    def admin(self, *words, status=0):
        done = subprocess.run([os.path.join(programs.BIN, "hudur"), "admin", *words], capture_output=True, text=True,
                              timeout=programs.PATIENCE, env={**os.environ, "XDG_STATE_HOME": self.folder})
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stdout + done.stderr

    def begin(self, data=None):
        self.serve(*programs.ANY, data=data)
        self.endpoint = self.serves[-1].ready()[0]

    def loaded(self):
        self.begin()
        self.ask("load", MEETING)
        self.ask("open", "-e", EVENT)
        self.ask("register", "Sample ONE", "--entity", "TR", "--accredit", "-e", EVENT)

    def ask(self, *words, status=0):
        return self.admin(*words, "--endpoint", self.endpoint, status=status)

    def backup(self, *words):
        return json.loads(self.ask("backup", "-e", EVENT, "--format", "json", *words))

    def live(self, data=None):
        return os.path.join(data or self.data, EVENT + ".hudur")

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_a_copy_is_made_while_people_are_registered(self):
        self.loaded()
        over = threading.Event()
        count = [0]

        def register():
            while not over.is_set():
                count[0] += 1
                self.ask("register", "Sample %d" % count[0], "--entity", "MA", "-e", EVENT)

        busy = threading.Thread(target=register)
        busy.start()
        try:
            programs.until(lambda: count[0] > 3, "somebody registered")
            told = [self.backup(), self.backup("--to", self.path("mine.hudur"))]
        finally:
            over.set()
            busy.join()
        for one in told:
            self.assertEqual(one["stage"], "done")
            self.assertEqual(rows(one["file"], "SELECT count(*), max(seq) FROM ledger"),
                             [(one["ledger"], one["ledger"])])
            copied = rows(one["file"], "SELECT seq, hex(id), op, person FROM ledger ORDER BY seq")
            self.assertEqual(copied, rows(self.live(), "SELECT seq, hex(id), op, person FROM ledger WHERE seq <= %d "
                                                       "ORDER BY seq" % one["ledger"]))
        self.assertEqual(told[1]["file"], self.path("mine.hudur"))
        kept = sorted(os.listdir(os.path.join(self.data, "backups")))
        self.assertEqual(len(kept), 2)
        self.assertTrue(all(name.startswith(EVENT + ".2") and name.endswith(".hudur") for name in kept), kept)

    def test_a_file_that_is_there_is_not_written_over(self):
        self.loaded()
        with open(self.path("mine"), "w") as file:
            file.write("something else")
        self.assertIn("is there already", self.ask("backup", "-e", EVENT, "--to", self.path("mine"), status=1))
        self.assertIn("worker's machine", self.ask("backup", "-e", EVENT, "--to", self.path("no/mine"), status=1))
        with open(self.path("mine")) as file:
            self.assertEqual(file.read(), "something else")
        self.assertEqual([name for name in os.listdir(self.folder) if "partial" in name], [])

    def test_an_event_and_a_copy_verify_and_what_differs_is_said(self):
        self.loaded()
        copy = self.backup()["file"]
        self.assertIn("all is well", self.admin("verify", copy))
        self.assertIn("event " + EVENT, self.admin("verify", copy))
        self.assertIn("all is well", self.admin("verify", copy, "--timeout", "5"))
        self.assertEqual(json.loads(self.ask("verify", "-e", EVENT, "--format", "json"))["differences"], 0)
        for path in (copy, self.live()):
            change(path, "UPDATE person SET category = 'press'")
        said = self.admin("verify", copy, status=1)
        self.assertIn("person 1: `category` is not what the ledger comes to", said)
        self.assertIn("NOT WHOLE: 1 thing differs\n", said)
        self.assertIn("person 1: `category`", self.ask("verify", "-e", EVENT, status=1))
        self.assertIn("cannot be read", self.admin("verify", self.path("nothing"), status=1))
        self.assertIn(self.folder + " cannot be read: it is a folder", self.admin("verify", self.folder, status=1))
        self.assertIn("failed: the copy is not whole", self.ask("backup", "-e", EVENT, status=1))

    def test_a_copy_is_restored_whole_or_not_at_all(self):
        self.loaded()
        copy = self.backup()["file"]
        self.ask("register", "Sample LATER", "--entity", "MA", "-e", EVENT)
        self.assertIn("end the worker", self.admin("restore", copy, "--data", self.data, "--replace", status=1))
        self.serves[-1].end()
        self.assertIn("--replace", self.admin("restore", copy, "--data", self.data, status=1))
        self.assertEqual(rows(self.live(), "SELECT count(*) FROM person"), [(2,)])
        said = self.admin("restore", copy, "--data", self.data, "--replace")
        kept = [line.split()[-1] for line in said.splitlines() if "is kept as" in line]
        self.assertEqual(rows(self.live(), "SELECT count(*) FROM person"), [(1,)])
        self.assertIn("2 persons", self.admin("verify", kept[0]))
        self.begin()
        self.assertEqual(json.loads(self.ask("verify", "-e", EVENT, "--format", "json"))["persons"], 1)
        self.ask("register", "Sample AGAIN", "--entity", "MA", "-e", EVENT)

    def test_a_copy_is_restored_into_another_folder(self):
        self.loaded()
        copy = self.backup()["file"]
        self.serves[-1].end()
        other = self.path("other")
        self.admin("restore", copy, "--data", other)
        self.begin(data=other)
        self.assertIn("Sample ONE", self.ask("find", "Sample", "-e", EVENT))

    def test_a_copy_that_is_not_whole_is_not_restored(self):
        self.loaded()
        copy = self.backup()["file"]
        self.serves[-1].end()
        change(copy, "DELETE FROM ledger WHERE seq = 2")
        said = self.admin("restore", copy, "--data", self.path("other"), status=1)
        self.assertIn("is not whole", said)
        self.assertIn("3 follows 1", said)
        self.assertEqual(os.listdir(self.path("other")), [])
        self.assertIn(self.folder + " cannot be read: it is a folder", self.admin("restore", self.folder, "--data", self.path("other"),
                                                               status=1))


if __name__ == "__main__":
    unittest.main()
