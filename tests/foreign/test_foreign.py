"""The meeting as a client in another language sees it: everything here knows only what PROTOCOL.md says."""

import os
import pathlib
import sys
import threading
import unittest

import msgpack
import zmq

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import meeting  # noqa: E402
from client import DIALECTS, PLAIN, Client, NoAnswer, Sent, now  # noqa: E402
from programs import Programs  # noqa: E402
from reference import Reference  # noqa: E402

REFERENCE = Reference()
MINUTE = 60_000


class Case(unittest.TestCase):
    role = "administrator"
    worker = True

    def setUp(self):
        self.programs = Programs(self.role, self.worker)
        self.addCleanup(self.programs.stop)
        if self.worker:
            self.client = self.connect()
            self.wait_for("main/events")

    def connect(self, dialect=PLAIN):
        client = Client(self.programs.endpoint, dialect, REFERENCE)
        self.addCleanup(client.close)
        return client

    def wait_for(self, service):
        client = self.connect()
        while not client.offered(service):
            pass

    def said(self, reply, status, reason=None):
        self.assertEqual((status, reason), (reply["status"], reply.get("reason")), reply)
        return reply

    def ok(self, reply):
        return self.said(reply, "ok")


class Meeting(Case):
    """The whole meeting in each dialect; at its end every operation of the reference was answered ok."""

    def test_whole_meeting_in_each_dialect(self):
        for number, (name, dialect) in enumerate(DIALECTS.items()):
            with self.subTest(dialect=name):
                client, event = self.connect(dialect), "meeting-%d" % number
                self.prepare(client, event)
                self.people(client, event)
                self.desk(client, event)
                self.doors(client, event)
                self.chair(client, event)
                self.organiser(client, event)
                self.tasks(client, event)
                self.ok(client.do("main/events", "close_event", event=event))
                self.said(self.scan(client, event, "PLENARY", "in"), "refused", "event_closed")
                listed = {(service.rpartition("/")[2], op) for service, op in REFERENCE.operations}
                self.assertEqual(listed, client.succeeded)

    def prepare(self, client, event):
        meeting.load(client, event)
        lines = self.ok(client.get("main/events", "list_events"))["events"]
        line = next(line for line in lines if line["event"] == event)
        self.assertEqual(("open", "MA", "اجتماع متخيل"), (line["state"], line["host"], line["name_ar"]))
        self.ok(client.get("main/events", "worker_status"))
        services = {row["service"] for row in self.ok(client.get("broker", "status"))["services"]}
        for service in ("registration", "checkin", "attendance", "people", "figures", "changes"):
            self.assertIn("%s/%s" % (event, service), services)
            self.assertTrue(client.offered("%s/%s" % (event, service)))
        self.assertFalse(client.offered(event + "/nothing"))

    def tasks(self, client, event):
        for op in ("backup", "verify"):
            told = self.ok(client.get("main/events", op, event=event))
            while told["stage"] in ("copying", "checking"):
                told = self.ok(client.get("main/events", op, event=event, task=told["task"]))
            self.assertEqual(told["stage"], "done", told)
        self.assertEqual(told["differences"], 0)

    def people(self, client, event):
        registration, people = event + "/registration", event + "/people"
        rows = [{"line": 2, "name": "Işık OĞLU", "entity": "TR", "category": "head", "level": "director"},
                {"line": 3, "name": "Rajae EL HARRANE", "arabic": "رجاء الهران", "entity": "maroc",
                 "gender": "female"},
                {"line": 4, "name": "Nobody", "entity": "Atlantis"},
                {"line": 5, "entity": "TR"},
                {"line": 6, "name": "فاطمة أحمد", "entity": "SESRIC", "category": "delegate", "language": "ar"},
                {"line": 7, "name": "Awa Invented", "entity": "Sénégal", "category": "delegate"}]
        done = self.ok(client.do(registration, "import", rows=rows, accredit=True, source="sample.csv"))
        self.assertEqual((4, 0, 2), (done["added"], done["unchanged"], done["bad"]))
        self.assertEqual([(4, "unknown_entity"), (5, "malformed")],
                         [(row["line"], row["reason"]) for row in done["rows"]])
        again = self.ok(client.do(registration, "import", rows=rows, accredit=True))
        self.assertEqual((0, 4, 2), (again["added"], again["unchanged"], again["bad"]))

        def find(**fields):
            return [line["person"] for line in self.ok(client.get(people, "find", **fields)).get("people", [])]
        self.light, self.rajae, self.fatima, self.awa = (find(text=text)[0] for text in
                                                         ("isik oglu", "ELHARRANE", "فاطمه احمد", "awa"))
        self.assertEqual([self.rajae], find(text="الهران"))
        self.assertEqual([self.fatima], find(entity="SESRIC"))
        self.assertEqual([], find(text="Atlantis"))
        roster = self.ok(client.get(people, "roster", since=0))
        self.assertEqual([self.light, self.rajae, self.fatima, self.awa], [line["person"] for line in roster["people"]])
        self.assertNotIn("people", self.ok(client.get(people, "roster", since=roster["next"])))
        self.walker = self.ok(client.do(registration, "register", name="Walk In", entity="MA", walk_in=True))["person"]
        self.said(client.do(event + "/checkin", "issue", person=10_000), "refused", "unknown_person")
        self.ok(client.do(registration, "amend", person=self.walker, why="misheard", name="Walker Inn"))
        self.assertEqual([self.walker], find(text="inn"))
        self.ok(client.do(registration, "accredit", person=self.walker))
        self.ok(client.do(registration, "cancel", person=self.awa, why="letter of the authority"))
        self.said(client.do(registration, "cancel", person=self.awa, why="again"), "refused", "cancelled")
        other = self.ok(client.do(registration, "replace", person=self.walker, why="fell ill", name="Second Choice"))
        self.assertEqual(self.walker, other["replaced"])
        self.second = other["person"]

    def desk(self, client, event):
        desk = event + "/checkin"
        first = self.ok(client.do(desk, "check_in", person=self.light, issue=True, identity_seen=True))
        self.assertEqual((1, False), (first["day"], first.get("already", False)))
        self.assertTrue(self.ok(client.do(desk, "check_in", badge=first["badge"]))["already"])
        self.said(client.do(desk, "check_in", person=self.awa), "refused", "cancelled")
        self.ok(client.do(desk, "undo_check_in", person=self.light, why="wrong line"))
        self.said(client.do(desk, "undo_check_in", person=self.light, why="again"), "refused", "not_done")
        self.ok(client.do(desk, "check_in", person=self.light))
        self.badge = self.ok(client.do(desk, "issue", person=self.rajae))["badge"]
        self.ok(client.do(desk, "hand_over", badge=self.badge, to="a colleague"))
        self.ok(client.do(desk, "check_in", badge=self.badge))
        blank = self.ok(client.do(desk, "issue_blanks", count=2))["badges"][0]["badge"]
        self.said(client.do(desk, "issue", person=self.fatima, badge=meeting.blank(event, 1)), "refused", "unknown_badge")
        self.ok(client.do(desk, "issue", person=self.fatima, badge=blank))
        self.said(client.do(desk, "issue", person=self.second, badge=blank), "refused", "badge_taken")
        new = self.ok(client.do(desk, "reissue", person=self.rajae, why="lost"))
        self.assertEqual(self.badge, new["revoked"])
        self.old, self.badge = self.badge, new["badge"]
        self.ok(client.do(desk, "revoke", badge=blank, why="withdrawn"))
        self.said(client.do(desk, "hand_over", badge=blank, to="anybody"), "refused", "revoked_badge")
        self.other = self.ok(client.do(desk, "check_in", person=self.second, issue=True))["badge"]

    def scan(self, client, event, session, direction, badge=None, **fields):
        return client.do(event + "/attendance", "scan", badge=badge or self.badge, session=session,
                         direction=direction, **fields)

    def doors(self, client, event):
        door = event + "/attendance"
        entered = self.ok(self.scan(client, event, "PLENARY", "in", door="east"))
        self.assertEqual((self.rajae, "MA"), (entered["person"], entered["entity"]))
        self.assertEqual("already_inside", self.ok(self.scan(client, event, "PLENARY", "in"))["flag"])
        self.said(self.scan(client, event, "PLENARY", "in", self.old), "refused", "revoked_badge")
        self.said(self.scan(client, event, "PLENARY", "in", "ما هذا؟"), "refused", "unknown_badge")
        self.said(self.scan(client, event, "NOWHERE", "in"), "refused", "unknown_session")
        self.said(self.scan(client, event, "HEADS", "in"), "refused", "not_admitted")
        self.assertEqual("moved", self.ok(self.scan(client, event, "WORKSHOP", "in"))["flag"])
        self.ok(self.scan(client, event, "WORKSHOP", "out"))
        self.assertEqual("out_without_in", self.ok(self.scan(client, event, "WORKSHOP", "out"))["flag"])
        self.ok(self.scan(client, event, "SEAT", "in"))
        self.said(self.scan(client, event, "SEAT", "in", self.other), "refused", "session_full")
        self.ok(self.scan(client, event, "SEAT", "out"))
        self.offline(client, event, door)

    def offline(self, client, event, door):
        """A door that was alone for a while: a scan, what it decided, and both again in a batch."""
        scan = client.write(door, "scan", badge=self.other, session="PLENARY", direction="in", at=now() - 10 * MINUTE)
        decided = client.write(door, "decided", scan=scan.id, badge=self.other, session="PLENARY", direction="in",
                               admitted=True, snapshot=now() - 20 * MINUTE, at=now() - 10 * MINUTE)
        late = client.write(door, "scan", badge=self.other, session="PLENARY", direction="out", at=now() - 5 * MINUTE)
        self.ok(client.ask(decided))
        batch = client.read(door, "scan_batch", requests=[{"id": sent.id, "map": sent.body[1]}
                                                           for sent in (scan, decided, late)])
        replies = self.ok(client.ask(batch))["replies"]
        self.assertEqual([scan.id, decided.id, late.id], [part["id"] for part in replies])
        parts = [msgpack.unpackb(part["map"], raw=False) for part in replies]
        for part in parts:
            REFERENCE.check_reply(door, "scan", part)
            self.ok(part)
        self.assertEqual([False, True, False], [part.get("repeated", False) for part in parts])

    def chair(self, client, event):
        door = event + "/attendance"
        self.ok(client.do(door, "amend_session", session="EXTRA", why="added at noon", type="roundtable", day=1,
                          starts=now() - 30 * MINUTE, ends=now() + 30 * MINUTE, title_fr="Table ronde"))
        self.said(client.do(door, "amend_session", session="EXTRA", why="typing error", starts=now(),
                            ends=now() - MINUTE), "refused", "end_before_start")
        self.ok(client.do(door, "open_session", session="EXTRA", time=now() - 20 * MINUTE))
        self.ok(client.do(door, "attest", person=self.light, session="EXTRA", source="paper", witness="The rapporteur",
                          why="no scanner at this door", since=now() - 20 * MINUTE, until=now() - 5 * MINUTE))
        self.ok(client.do(door, "clear", room="HALL", why="fire alarm"))
        self.ok(client.do(door, "close_session", session="EXTRA", why="the chair closed it"))

    def organiser(self, client, event):
        figures = event + "/figures"
        report = self.ok(client.get(figures, "figures", by="country", qualifier="checked_in"))
        self.assertEqual((event, "country", "checked_in"), (report["event"], report["by"], report["qualifier"]))
        self.assertEqual((3, 2, 3), (report["representatives_low"], report["states_low"], report["in_good_standing"]))
        self.assertEqual({"MA": 2, "TR": 1, "SN": 0}, {row["key"]: row["low"] for row in report["rows"]
                                                             if row.get("kind") == "state"})
        counted = self.ok(client.get(figures, "people", by="country", qualifier="checked_in", line="MA"))
        self.assertEqual({self.rajae, self.second}, {line["person"] for line in counted["people"]})
        counts = {row["flag"]: row["count"]
                  for row in self.ok(client.get(figures, "unresolved")).get("counts", [])}
        self.assertEqual((1, 1, 0), tuple(counts.get(flag, 0) for flag in
                                          ("unknown_badge", "revoked_badge", "missing_numbers")), counts)
        self.resolving(client, event)
        card = self.ok(client.get(event + "/people", "person", person=self.rajae))
        self.assertEqual("Rajae EL HARRANE", card["people"][0]["name"])
        self.assertIn("reissue", {entry["op"] for entry in card["history"]})
        self.snapshot(client, event)

    def resolving(self, client, event):
        figures, door = event + "/figures", event + "/attendance"
        row, = self.ok(client.get(figures, "unresolved", flag="revoked_badge"))["rows"]
        self.said(client.do(door, "resolve", ledger=10 ** 9, why="seen"), "refused", "unknown_entry")
        self.said(client.do(door, "resolve", ledger=1, why="seen"), "refused", "no_question")
        self.ok(client.do(door, "resolve", ledger=row["ledger"], why="the old badge was collected"))
        self.said(client.do(door, "resolve", ledger=row["ledger"], why="seen"), "refused", "already_done")
        self.assertNotIn("rows", self.ok(client.get(figures, "unresolved", flag="revoked_badge")))
        settled, = self.ok(client.get(figures, "unresolved", resolved=True))["rows"]
        self.assertEqual((row["ledger"], "the old badge was collected"), (settled["ledger"], settled["why"]))

    def snapshot(self, client, event):
        entries = list(self.follow(client, event, "changes", "entries"))
        self.assertEqual(sorted(entry["ledger"] for entry in entries), [entry["ledger"] for entry in entries])
        self.assertIn(("scan", "revoked_badge"), {(entry["op"], entry.get("reason")) for entry in entries})
        badges = {line["badge"]: line for line in self.follow(client, event, "badges", "badges")}
        self.assertEqual("revoked", badges[self.old]["state"])
        self.assertEqual(self.rajae, badges[self.badge]["person"])
        programme = self.ok(client.get(event + "/changes", "programme"))
        extra = next(line for line in programme["sessions"] if line["session"] == "EXTRA")
        self.assertLess(extra["opened"], extra["closed"])
        self.assertEqual(["2 days", "open"], ["%d days" % len(programme["days"]), programme["event"][0]["state"]])

    def follow(self, client, event, op, rows):
        """As "Following changes" says, a few at a time."""
        since, wait = 0, 0
        while wait == 0:
            page = self.ok(client.get(event + "/changes", op, since=since, limit=7))
            yield from page.get(rows, [])
            since, wait = page["next"], page["after_ms"]


class Retry(Case):
    def setUp(self):
        super().setUp()
        meeting.load(self.client, "e1")
        self.person, self.badge = meeting.admit(self.client, "e1", "Invented Person")

    def scan(self, **fields):
        return self.client.write("e1/attendance", "scan", **{"badge": self.badge, "session": "PLENARY",
                                                             "direction": "in", **fields})

    def entries(self):
        return self.client.get("e1/changes", "changes", since=0, limit=200)["entries"]

    def same(self, first, again):
        self.assertTrue(again.pop("repeated"))
        self.assertFalse(first.get("repeated", False))
        for reply in (first, again):
            del reply["now"]
            reply.pop("detail", None)
        self.assertEqual(first, again)

    def test_accepted_scan_again(self):
        scan = self.scan()
        first, stored = self.ok(self.client.ask(scan)), len(self.entries())
        self.same(first, self.client.ask(scan))
        self.assertEqual(stored, len(self.entries()))

    def test_refused_scan_again_after_the_rules_changed(self):
        person = self.ok(self.client.do("e1/registration", "register", name="Not Yet"))["person"]
        badge = self.ok(self.client.do("e1/checkin", "issue", person=person))["badge"]
        scan = self.scan(badge=badge)
        first = self.said(self.client.ask(scan), "refused", "not_accredited")
        self.ok(self.client.do("e1/registration", "accredit", person=person))
        self.same(first, self.client.ask(scan))
        self.ok(self.client.do("e1/attendance", "scan", badge=badge, session="PLENARY", direction="in"))

    def test_same_id_with_other_bytes_is_a_conflict(self):
        scan, other = self.scan(), self.scan(direction="out")
        self.ok(self.client.ask(scan))
        other.body[0] = scan.id
        self.said(self.client.ask(other), "error", "conflict")
        self.assertTrue(self.client.ask(scan)["repeated"])

    def test_error_is_not_remembered(self):
        scan = self.scan()
        whole, scan.body[1] = scan.body[1], scan.body[1][:-1]
        self.said(self.client.ask(scan), "error", "malformed")
        scan.body[1] = whole
        self.assertNotIn("repeated", self.ok(self.client.ask(scan)))

    def test_many_unanswered_at_once_come_back_by_id(self):
        scans = [self.scan(direction="out" if n % 2 else "in") for n in range(16)]
        for scan in scans:
            self.client.send(scan)
        for scan in reversed(scans):
            self.ok(self.client.receive(scan))

    def test_answer_in_another_dialect_is_the_same(self):
        scan = self.scan()
        first = self.ok(self.client.ask(scan))
        for dialect in DIALECTS.values():
            again = self.connect(dialect).ask(scan)
            self.assertEqual(first["ledger"], again["ledger"])

    def test_each_part_of_a_batch_fails_alone(self):
        good, unknown, foreign = self.scan(), self.scan(badge="?"), self.client.read("e1/people", "find", text="x")
        torn = Sent("e1/attendance", "scan", [os.urandom(16), b"\xc1"])
        batch = self.client.read("e1/attendance", "scan_batch", requests=[
            {"id": part.id, "map": part.body[1]} for part in (good, unknown, foreign, torn)])
        replies = [msgpack.unpackb(part["map"]) for part in self.ok(self.client.ask(batch))["replies"]]
        self.assertEqual(["ok", "refused", "error", "error"], [reply["status"] for reply in replies])

    def test_device_clock_an_hour_off(self):
        self.ok(self.client.ask(self.scan(at=now() - 60 * MINUTE, offset=60 * MINUTE)))
        entry = self.entries()[-1]
        self.assertLess(abs(entry["at"] - entry["received"]), 5000)
        self.said(self.client.ask(self.scan(at=now() - 60 * 24 * 60 * MINUTE)), "refused", "outside_hours")

    def test_badge_is_read_in_any_spelling(self):
        spelled = " %s-%s-%s " % (self.badge[:2].lower(), self.badge[2:8].lower().replace("1", "l"), self.badge[8:])
        self.assertEqual(self.person, self.ok(self.client.ask(self.scan(badge=spelled)))["person"])
        other = meeting.blank("another-event", 1)
        self.said(self.client.ask(self.scan(badge=other)), "refused", "other_event")

    def test_missing_number_stands_under_unresolved_until_it_arrives(self):
        def missing():
            counts = self.client.get("e1/figures", "unresolved").get("counts", [])
            return sum(row["count"] for row in counts if row["flag"] == "missing_numbers")
        late = self.scan()
        self.ok(self.client.ask(self.scan(direction="out")))
        self.assertEqual(1, missing())
        self.ok(self.client.ask(late))
        self.assertEqual(0, missing())


class Hostile(Case):
    """Whatever comes in, there is an `error` or silence, and the next in line is served."""

    def tearDown(self):
        self.ok(self.client.get("main/events", "list_events"))
        self.assertEqual([0, 0], self.programs.stop())

    def map(self, bytes_, service="main/events"):
        return self.client.ask(Sent(service, "list_events", [os.urandom(16), bytes_]))

    def test_every_truncation_of_a_request(self):
        meeting.load(self.client, "e1")
        whole = self.client.write("e1/attendance", "scan", badge="x", session="PLENARY", direction="in").body[1]
        for size in range(len(whole)):
            self.said(self.map(whole[:size], "e1/attendance"), "error", "malformed")

    def test_maps_that_are_none(self):
        for bytes_ in (b"", b"\x90", b"\xc0", b"\xc1", b"\x80\x80", b"\xdf\xff\xff\xff\xff", b"\x81\xa2op\xdb\xff\xff\xff\xff",
                       b"\x81\xa2op\xdd\xff\xff\xff\xff", b"\x81\xa2op\xc6\xff\xff\xff\xff", os.urandom(65536)):
            self.said(self.map(bytes_), "error", "malformed")

    def test_nested_bomb(self):
        for bytes_ in (b"\x91" * 150, b"\x91" * 65536, b"\xdd\x00\x00\xff\xff" * 13000,
                       b"\x82\xa2op\xablist_events\xa1x" + b"\x91" * 5 + b"\xc0"):
            self.said(self.map(bytes_), "error", "malformed")

    def test_fields_of_a_wrong_kind(self):
        good = {"op": "list_events", "cursor": "a"}
        for wrong in ({"op": b"list_events"}, {"op": 1}, {"op": ["list_events"]}, {"op": None}, {"cursor": b"a"},
                      {"cursor": 7}, {"cursor": "a" * 65}, {"cursor": "a\0b"}, {"cursor": "\x85"}, {"cursor": None}):
            self.said(self.map(msgpack.packb({**good, **wrong})), "error", "malformed")
        self.said(self.map(b"\x82\xa2op\xablist_events\xa6cursor\xa2\xc3\x28"), "error", "malformed")
        self.said(self.map(b"\x82\xa2op\xablist_events\xa2op\xablist_events"), "error", "malformed")
        self.ok(self.map(msgpack.packb({**good, "added in a later version": [{"x": 1.5}]})))

    def test_write_without_its_stamp(self):
        meeting.load(self.client, "e1")
        for key in ("device", "seq", "at"):
            fields = {"op": "accredit", "person": 1, "device": b"d" * 16, "seq": 1, "at": now()}
            del fields[key]
            self.said(self.map(msgpack.packb(fields), "e1/registration"), "error", "malformed")

    def test_event_whose_first_load_was_refused_does_not_begin(self):
        backwards = [{"day": 1, "date": "2024-02-29", "starts": now(), "ends": now() - 1}]
        self.said(self.client.do("main/events", "load", event="e1", days=backwards), "refused", "end_before_start")
        self.said(self.client.do("main/events", "open_event", event="e1"), "refused", "not_done")
        meeting.load(self.client, "e1")

    def test_larger_than_allowed(self):
        self.said(self.map(b"\x80" * 65537), "error", "too_large")
        self.said(self.map(b"\x80" * 131072), "error", "too_large")
        # Beyond that the connection is closed unanswered; another one is served.
        huge = self.connect()
        huge.send(Sent("main/events", "list_events", [os.urandom(16), b"\x80" * (1 << 20)]))
        self.ok(self.client.get("main/events", "list_events"))

    def test_wrong_frames_are_counted_and_dropped(self):
        before = self.client.get("broker", "status")["malformed"]
        id_, map_ = os.urandom(16), msgpack.packb({"op": "status"})
        wrong = ([b"MDPC02"], [b"MDPC02", b"\x01"], [b"MDPC02", b"\x01", b"broker"], [b""], [b"", b"", b"MDPC02"],
                 [b"MDPC02", b"\x02", b"broker", id_, map_], [b"MDPC03", b"\x01", b"broker", id_, map_],
                 [b"MDPC02", b"\x01", b"", id_, map_],
                 [b"MDPC01", b"broker"], [b"MDPW02", b"\x01", b"e1/attendance"], [b"MDPW02", b"\x05"])
        for frames in wrong:
            self.client.raw(frames)
        self.assertEqual(before + len(wrong), self.client.get("broker", "status")["malformed"])

    def test_service_with_a_name_too_long_to_be_offered(self):
        self.said(self.client.do("x" * 200 + "/people", "find", text="a"), "error", "unknown_event")

    def test_body_that_is_not_id_and_map(self):
        id_, map_ = os.urandom(16), msgpack.packb({"op": "status"})
        for body in ([id_], [id_, map_, b"more"], [id_[:15], map_], [b"", map_]):
            self.client.raw([b"MDPC02", b"\x01", b"main/events"] + body)
            frames = self.client.frames_back()
            self.assertEqual([b"MDPC02", b"\x03", b"main/events", body[0]], frames[:4])
            self.said(msgpack.unpackb(frames[4]), "error", "malformed")

    def test_unknown_event_service_and_operation(self):
        meeting.load(self.client, "e1")
        patient = self.insist
        self.said(patient("nowhere/attendance", "scan"), "error", "unknown_event")
        self.said(patient("EVENT WITH SPACES/attendance", "scan"), "error", "unknown_event")
        self.said(patient("e1/nothing", "scan"), "error", "unknown_event")
        self.said(patient("e1/attendance", "dance"), "error", "unsupported")
        self.said(patient("e1/attendance", "check_in"), "error", "unsupported")
        self.said(patient("broker", "dance"), "error", "unsupported")

    def insist(self, service, op):
        """A broker that started just now says busy, for a worker may still come."""
        sent = self.client.read(service, op)
        reply = self.client.ask(sent)
        while reply["status"] == "busy":
            threading.Event().wait(reply["retry_ms"] / 1000)
            reply = self.client.ask(sent)
        return reply


class Roles(Case):
    role = "scanner"

    def test_scanner_may_not_do_the_desks_work(self):
        for service, op in (("main/events", "open_event"), ("main/events", "load")):
            self.said(self.client.do(service, op, event="e1"), "error", "forbidden")
        plain = self.client.do("main/events", "load", event="e1")
        wrong = self.client.do("main/events", "load", event=7, sessions="none")
        self.said(wrong, "error", "forbidden")
        self.assertEqual(plain["detail"], wrong["detail"])
        self.ok(self.client.get("main/events", "list_events"))


class Nobody(Case):
    role = None

    def setUp(self):
        self.programs = Programs(None)
        self.addCleanup(self.programs.stop)

    def test_broker_without_a_local_role_lets_nobody_do_anything(self):
        client = self.connect()
        self.said(client.get("main/events", "list_events"), "error", "forbidden")


class EchoWorker(threading.Thread):
    """A worker of RFC 18 that knows nothing of Hudur: it takes a request, waits to be told, and says it back."""

    def __init__(self, endpoint, service):
        super().__init__(daemon=True)
        self.endpoint, self.service = endpoint, service
        self.taken, self.go, self.over = [], threading.Semaphore(0), False
        self.start()

    def run(self):
        context = zmq.Context()
        socket = context.socket(zmq.DEALER)
        socket.linger = 0
        socket.connect(self.endpoint)
        socket.send_multipart([b"MDPW02", b"\x01", self.service])
        pending = []
        while not self.over:
            if socket.poll(20):
                frames = socket.recv_multipart()
                if frames[:2] == [b"MDPW02", b"\x02"]:
                    assert frames[3] == b"", frames
                    self.taken.append(frames[4:])
                    pending.append(frames[2:])
            if pending and self.go.acquire(blocking=False):
                socket.send_multipart([b"MDPW02", b"\x04"] + pending.pop(0))
            socket.send_multipart([b"MDPW02", b"\x05"])
        socket.send_multipart([b"MDPW02", b"\x06"])
        socket.close(linger=200)
        context.term()

    def end(self):
        self.over = True
        self.join()


class ForeignWorker(Case):
    worker = False

    def setUp(self):
        super().setUp()
        self.echo = EchoWorker(self.programs.workers, b"echo")
        self.addCleanup(self.echo.end)
        self.wait_for("echo")

    def test_one_request_at_a_time(self):
        client = self.connect()
        bodies = [[os.urandom(16), b"any bytes", b"any number of frames"][:2] for _ in range(3)]
        for body in bodies:
            client.raw([b"MDPC02", b"\x01", b"echo"] + body)
        services = self.status(client)["services"]
        self.assertEqual([2], [row["waiting"] for row in services if row["service"] == "echo"])
        self.assertLessEqual(len(self.echo.taken), 1)
        for body in bodies:
            self.echo.go.release()
            self.assertEqual([b"MDPC02", b"\x03", b"echo"] + body, client.frames_back())
        self.assertEqual(bodies, self.echo.taken)

    def test_served_in_each_dialect(self):
        for dialect in DIALECTS.values():
            client, body = self.connect(dialect), [os.urandom(16), b"\x80"]
            self.echo.go.release()
            client.raw(dialect.request(b"echo", body))
            self.assertEqual((b"echo", body), dialect.reply(client.frames_back()))

    def test_service_goes_with_its_worker(self):
        self.echo.end()
        client = self.connect()
        while client.offered("echo"):
            pass
        self.assertNotIn("echo", {row["service"] for row in self.status(client).get("services", [])})

    def status(self, client):
        """Asked on the connection of the requests: the broker has seen them before."""
        return self.ok(client.get("broker", "status"))


class Discovery(Case):
    def test_mmi_service_in_each_dialect(self):
        for dialect in DIALECTS.values():
            client = self.connect(dialect)
            self.assertTrue(client.offered("main/events"))
            self.assertFalse(client.offered("nothing"))

    def test_mmi_service_gives_an_id_back(self):
        id_ = os.urandom(16)
        self.client.raw([b"MDPC02", b"\x01", b"mmi.service", id_, b"main/events"])
        self.assertEqual([b"MDPC02", b"\x03", b"mmi.service", id_, b"200"], self.client.frames_back())

    def test_req_socket(self):
        socket = self.client.context.socket(zmq.REQ)
        socket.linger = 0
        socket.connect(self.programs.endpoint)
        id_ = os.urandom(16)
        socket.send_multipart([b"MDPC01", b"broker", id_, msgpack.packb({"op": "status"})])
        self.assertTrue(socket.poll(5000))
        frames = socket.recv_multipart()
        self.assertEqual([b"MDPC01", b"broker", id_], frames[:3])
        self.ok(msgpack.unpackb(frames[3]))
        socket.close()


if __name__ == "__main__":
    unittest.main()
