"""A desk on a terminal whose broker is killed: it finds, checks in and registers alone, is killed itself, and goes on."""

import os
import pathlib
import shutil
import signal
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "foreign")]

import meeting
from client import Client
from stage import PATIENCE, Clock, Stage, Terminal

BIN = os.environ.get("HUDUR_BIN", str(HERE.parent.parent / "build" / "bin"))
EVENT = "e1"
PEOPLE = ["Işık OĞLU", "فاطمة أحمد", "Rajae EL HARRANE", "Karim SAMPLE"]
SECRET = "sunflower seven"
NAMES = ["Işık", "isik", "فاطمة", "فاطمه", "HARRANE", "harrane", "Walker", "walker", "INVENTED"]


class DeskTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hudur-desk-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.here, self.elsewhere = ("ipc://%s/%s" % (self.folder, name) for name in ("here", "elsewhere"))
        self.clock = Clock(self.folder / "clock")
        self.clock.set(meeting.now())
        self.stage = Stage(BIN, self.folder, self.here, self.clock)
        self.addCleanup(self.stage.close)
        self.log = open(self.folder / "log", "w+b")
        self.addCleanup(self.log.close)
        (self.folder / "disk").mkdir()
        (self.folder / "stick").mkdir()
        self.key = self.folder / "stick" / "key"
        self.key.write_text(SECRET + "\n")
        self.broker = self.begin_broker(self.here)
        self.worker = self.begin_worker("data")
        self.client = self.connect(self.here)
        while not self.client.offered("main/events"):
            pass
        meeting.load(self.client, EVENT)
        for name in PEOPLE:
            self.ask("registration", "register", name=name, entity="TR", accredit=True)

    def begin_broker(self, endpoint):
        return self.stage.start("broker", "--listen", endpoint, "--workers", "ipc://%s/workers" % self.folder,
                                "--local-role", "administrator", stdout=self.log, stderr=self.log)

    def begin_worker(self, data):
        return self.stage.start("worker", "--data", self.folder / data, "--broker", "ipc://%s/workers" % self.folder,
                                stdout=self.log, stderr=self.log)

    def end_broker(self):
        self.stage.stop(self.broker, signal.SIGKILL)

    def connect(self, endpoint):
        client = Client(endpoint)
        self.addCleanup(client.close)
        return client

    def ask(self, service, op, client=None, **fields):
        reply = (client or self.client).do("%s/%s" % (EVENT, service), op, **fields)
        self.assertEqual("ok", reply["status"], reply)
        return reply

    def read(self, service, op, **fields):
        reply = self.client.get("%s/%s" % (EVENT, service), op, **fields)
        self.assertEqual("ok", reply["status"], reply)
        return reply

    def open_desk(self, *words, ready="Registration desk of", spool="desk.spool"):
        desk = Terminal(self.stage, "desk", "desk", "-e", EVENT, "--spool", self.folder / "disk" / spool, *words)
        self.desk = desk
        if ready:
            self.until(ready)
        return desk

    def kill_desk(self):
        self.stage.stop(self.desk.process, signal.SIGKILL)
        os.close(self.desk.master)

    def type(self, keys):
        self.desk.type(keys)

    def until(self, pattern):
        return self.desk.reader.until(pattern)[0]

    def wait_for_roster(self, count):
        """Until the desk itself says that it knows so many."""
        while True:
            self.type("/roster\r")
            found = self.until(r"(\d+) (?:person|people) in the roster|There is no roster")
            if found.group(1) == str(count):
                return

    def entries(self):
        found, since = [], 0
        while True:
            page = self.read("changes", "changes", since=since, limit=200)
            found += page.get("entries", [])
            if not page.get("entries"):
                return found
            since = page["next"]

    def on_disk(self):
        return {path: path.read_bytes() for path in (self.folder / "disk").iterdir()}

    def assert_no_name_on_disk(self):
        for path, held in self.on_disk().items():
            for name in NAMES:
                self.assertNotIn(name.encode(), held, path)
            self.assertNotIn(SECRET.encode(), held, path)
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)


class OfflineDesk(DeskTest):
    def test_cut_off_killed_and_back(self):
        self.open_desk("--roster-key", self.key, "--actor", "desk-1")
        self.wait_for_roster(len(PEOPLE))
        self.type("/stock 4\r")
        self.until(r"OK  4 blanks in stock\r")
        self.end_broker()
        self.until(r"OFFLINE  ")
        blanks = [self.find_and_check_in("isik", "Işık OĞLU"), self.find_and_check_in("فاطمه", "فاطمة أحمد")]
        self.type("/new\r" + "Walker INVENTED\rTR\r\rdelegate\r")
        blanks.append(self.until(r"KEPT  Walker INVENTED \(TR\): kept in the spool, will be sent \(3 waiting\)  "
                                 r"give blank ([0-9A-Z]{14})\r").group(1))
        self.assertEqual(3, len(set(blanks)))
        self.assert_no_name_on_disk()
        self.kill_desk()
        self.assert_no_name_on_disk()

        self.meanwhile_elsewhere()
        self.clock.set(self.clock.now + 20 * 60000)
        self.open_desk("--roster-key", self.key, "--actor", "desk-1", ready=r"3 requests kept before")
        self.type("walker")
        self.until(r" -  Walker INVENTED \(TR\)  walk-in, kept  badge " + blanks[2])
        self.type("\x15el harrane")
        self.until(r"\[offline, roster 20 min old\][^#]*#3 Rajae EL HARRANE")
        self.type("\x15/stock\r")
        self.until(r"1 blank in stock")

        self.broker = self.begin_broker(self.here)
        self.until(r"BACK  The broker answers\. 3 kept requests are sent\.\r")
        done = [self.until(r"(OK|DONE ALREADY|NEW|NO|DOUBLE\?|ELSEWHERE TOO)  ([^\r\n]*)\r") for _ in range(6)]
        told = {}
        for line in done:
            told.setdefault(line.group(1), []).append(line.group(2))
        self.assertEqual({"OK": 2, "DONE ALREADY": 1, "NEW": 1, "DOUBLE?": 1, "ELSEWHERE TOO": 1},
                         {word: len(lines) for word, lines in told.items()}, told)
        self.assertRegex(told["DONE ALREADY"][0], r"#1 Işık OĞLU \(TR\)  checked in day 1  badge \w+  \(was kept")
        self.assertRegex(told["ELSEWHERE TOO"][0], r"#1 Işık OĞLU .*checked in .* by desk-2, meanwhile$")
        self.assertRegex(told["DOUBLE?"][0], r"#6 Walker INVENTED \(TR\) may be #5 Invented Walker \(TR\): registered "
                                             r".* by desk-2, meanwhile; checked in .* by desk-2, meanwhile")
        self.once(blanks)
        self.assertEqual(0, self.desk.close())

    def find_and_check_in(self, typed, name):
        self.type(typed)
        self.until(r"\[offline, roster less than a minute old\][^#]* 1  #\d+ " + name)
        self.type("\r")
        return self.until(r"KEPT  #\d+ %s \(TR\): kept in the spool, will be sent \(\d waiting\)  "
                          r"give blank ([0-9A-Z]{14})\r" % name).group(1)

    def meanwhile_elsewhere(self):
        """Another desk, at a broker that this one does not reach."""
        self.broker = self.begin_broker(self.elsewhere)
        client = self.connect(self.elsewhere)
        while not client.offered(EVENT + "/checkin"):
            pass
        self.ask("registration", "register", client, name="Invented Walker", entity="TR", accredit=True, check_in=True,
                 actor="desk-2")
        self.ask("checkin", "check_in", client, person=1, issue=True, actor="desk-2")
        self.end_broker()

    def once(self, blanks):
        """What was typed is in the ledger once, also after one more death, and each blank is bound to one person."""
        for again in (False, True):
            if again:
                self.kill_desk()
                self.open_desk("--roster-key", self.key)
                self.wait_for_roster(6)
            self.client = self.connect(self.here)
            while not self.client.offered(EVENT + "/changes"):
                pass
            entries = self.entries()
            done = [(entry["op"], entry.get("person")) for entry in entries if "reason" not in entry]
            self.assertEqual([1, 2, 3, 4, 5, 6], [person for op, person in done if op == "register"])
            self.assertEqual([1, 1, 2, 5, 6], sorted(person for op, person in done if op == "check_in"))
            badges = {line["badge"]: line for line in self.read("changes", "badges", since=0)["badges"]}
            self.assertEqual([(None, "blank"), (2, "handed_over"), (6, "handed_over")],
                             [(badges[code].get("person"), badges[code]["state"]) for code in blanks])
        self.assert_no_name_on_disk()


class DeskWithoutWorker(DeskTest):
    """The broker answers, but has not met the worker of this event since it began: the roster knows better."""

    def test_begins_alone_and_keeps_what_is_typed(self):
        self.open_desk("--roster-key", self.key)
        self.wait_for_roster(len(PEOPLE))
        self.assertEqual(0, self.desk.close())
        for name in ("desk.spool", "desk.spool-wal", "desk.spool-shm"):  # a spool that had no answer yet
            (self.folder / "disk" / name).unlink(missing_ok=True)
        self.end_broker()
        self.stage.stop(self.worker)
        self.broker = self.begin_broker(self.here)
        other = self.begin_worker("other data")
        self.client = self.connect(self.here)
        while self.client.get(EVENT + "/people", "find", text="is").get("reason") != "unknown_event":
            pass
        self.open_desk("--roster-key", self.key, ready="The desk begins all the same: names are searched in its roster")
        self.until("Registration desk of")
        self.type("isik")
        self.until(r"\[offline, roster [^\]]*\][^#]* 1  #\d+ " + PEOPLE[0])
        self.type("\r")
        self.until(r"KEPT  #\d+ %s" % PEOPLE[0])
        self.stage.stop(other)
        self.begin_worker("data")
        self.until(r"BACK  The broker answers\. 1 kept request is sent\.\r")
        self.until(r"OK  #\d+ %s .*\(was kept, now confirmed\)" % PEOPLE[0])


class KilledDesk(DeskTest):
    """Killed while it works, again and again: what it had told as kept is done once, and no blank is given twice."""

    ROUNDS = 5

    def test_killed_at_any_instant(self):
        self.open_desk("--roster-key", self.key)
        self.wait_for_roster(len(PEOPLE))
        self.type("/stock %d\r" % (4 * self.ROUNDS))
        self.until(r"OK  \d+ blanks in stock\r")
        self.end_broker()
        self.until("OFFLINE  ")
        given = {}
        for number in range(self.ROUNDS):
            for guest in ("Kept %d" % number, "Also kept %d" % number):
                self.walk_in(guest)
                given[guest] = self.until(r"KEPT  %s \(TR\): .*give blank ([0-9A-Z]{14})\r" % guest).group(1)
            self.type("/new\rLost or kept %d\rTR\r\r" % number)
            self.until("category")
            self.type("delegate\r")
            self.kill_desk()  # in the midst of keeping it
            self.open_desk("--roster-key", self.key, ready=None)
            self.kept = int(self.until(r"(\d+) requests? kept before (?:is|are) sent first").group(1))
        self.assertEqual(2 * self.ROUNDS, len(set(given.values())))
        self.broker = self.begin_broker(self.here)
        self.wait_until_sent(given)
        people = self.read("people", "find", text="kept", limit=100)["people"]
        names = [line["name"] for line in people]
        self.assertEqual(len(names), len(set(names)), names)
        badges = {line["name"]: line["badge"] for line in people}
        self.assertEqual(given, {name: badge for name, badge in badges.items() if name in given})
        self.assertEqual(len(badges), len(set(badges.values())))
        self.assertTrue(all(line["checked_in"] == 1 for line in people))
        self.assertEqual(0, self.desk.close())

    def walk_in(self, name):
        self.type("/new\r%s\rTR\r\rdelegate\r" % name)

    def wait_until_sent(self, given):
        """Every one that was kept is told as done; a second start finds nothing to do twice."""
        self.until(r"BACK  The broker answers\. %d kept requests are sent\.\r" % self.kept)
        for _ in given:
            self.until(r"OK  #\d+ (?:Also kept|Kept) \d \(TR\)")
        self.client = self.connect(self.here)
        while not self.client.offered(EVENT + "/people"):
            pass
        self.assertEqual(0, self.desk.close())
        self.open_desk("--roster-key", self.key)
        self.wait_for_roster(len(PEOPLE) + len(self.read("people", "find", text="kept", limit=100)["people"]))


class LockedDesk(DeskTest):
    """The passphrase: typed twice for a new roster, wrong, right, and what cannot be opened."""

    def setUp(self):
        super().setUp()
        self.roster = self.folder / "disk" / "roster"

    def test_passphrase_on_the_terminal(self):
        self.open_desk("--roster", self.roster, ready="Passphrase: ")
        self.type(SECRET + "\r")
        self.until("The same again: ")
        self.type("other\r")
        self.until("They differ.")
        self.until("Passphrase: ")
        self.type(SECRET + "\r")
        self.until("The same again: ")
        self.type(SECRET + "\r")
        self.until("Registration desk of")
        self.wait_for_roster(len(PEOPLE))
        self.assertEqual(0, self.desk.close())
        self.assert_no_name_on_disk()
        self.end_broker()
        self.open_desk("--roster", self.roster, ready="Passphrase: ")
        self.type("moonflower\r")
        self.until("cannot be used: the passphrase is not the one it was written with, or the file is damaged")
        self.until("Passphrase: ")
        self.type(SECRET + "\r")
        self.until("%d people in the roster" % len(PEOPLE))
        self.until("Registration desk of")
        self.find("isik", "Işık OĞLU")

    def find(self, typed, name):
        self.type(typed)
        self.until(r"\[offline, roster [^\]]*\][^#]* 1  #\d+ " + name)

    def test_what_cannot_be_opened_is_left_alone(self):
        self.open_desk("--roster", self.roster, "--roster-key", self.key)
        self.wait_for_roster(len(PEOPLE))
        self.assertEqual(0, self.desk.close())
        held = self.roster.read_bytes()
        self.end_broker()
        self.open_desk("--roster", self.roster, ready="Passphrase: ")
        for _ in range(3):
            self.type("moonflower\r")
            self.until("cannot be used")
        self.until("The roster is kept in memory only")
        self.until("Registration desk of")
        self.kill_desk()
        self.assert_does_not_begin("cannot be used: it is the roster of another event", "-e", "e2")
        self.assertEqual(held, self.roster.read_bytes())
        self.roster.write_bytes(held[:-1])
        self.assert_does_not_begin("cannot be used: the passphrase")
        self.roster.write_bytes(b"a foreign file")
        self.assert_does_not_begin("it is not a file of a desk's")
        self.assertEqual(b"a foreign file", self.roster.read_bytes())

    def assert_does_not_begin(self, why, *words):
        self.open_desk("--roster", self.roster, "--roster-key", self.key, *words, ready=why)
        self.until("The desk does not begin")
        self.assertEqual(1, self.desk.process.wait(PATIENCE))
        self.kill_desk()

    def test_without_a_secret_nothing_of_the_roster_is_on_the_disk(self):
        self.open_desk(ready="The roster is kept in memory only")
        self.until("Registration desk of")
        self.wait_for_roster(len(PEOPLE))
        self.end_broker()
        self.until("OFFLINE  ")
        self.find("فاطمه", "فاطمة أحمد")
        self.assertEqual(["desk.spool", "desk.spool-shm", "desk.spool-wal", "desk.spool.lock"],
                         sorted(path.name for path in self.on_disk()))
        self.assert_no_name_on_disk()


if __name__ == "__main__":
    unittest.main()
