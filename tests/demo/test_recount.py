"""The recount means by every word what the published figures mean: a small meeting with all that the demonstration lacks."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "foreign")]
import meeting  # noqa: E402
import recount  # noqa: E402
from client import Client, now  # noqa: E402
from programs import BIN, Programs  # noqa: E402

EVENT, MINUTE = "recounted", 60_000


class Recount(unittest.TestCase):
    def setUp(self):
        self.programs = Programs()
        self.addCleanup(self.programs.stop)
        self.client = Client(self.programs.endpoint)
        self.addCleanup(self.client.close)
        while not self.client.offered("main/events"):
            pass
        self.began = now() - 180 * MINUTE
        meeting.load(self.client, EVENT)
        self.load(entities=[{"entity": "XX", "kind": "state"}, {"entity": "SY", "kind": "state"}],
                  standings=[{"entity": "SY", "standing": "member"},
                             {"entity": "SY", "standing": "suspended", "since": self.began - 10**10}],
                  rooms=[{"room": "C"}],
                  sessions=[self.session("LONG", 0, 120), self.session("SUITE", 120, 130, continues="LONG"),
                            self.session("END", 130, 140, continues="SUITE")])

    def session(self, code, starts, ends, **more):
        return {"session": code, "type": "panel", "counts": True, "day": 1, "room": "C", **more,
                "starts": self.began + starts * MINUTE, "ends": self.began + ends * MINUTE}

    def load(self, **parts):
        self.do("main/events", "load", event=EVENT, **parts)

    def do(self, service, op, **fields):
        reply = self.client.do(service if "/" in service else "%s/%s" % (EVENT, service), op, **fields)
        self.assertEqual("ok", reply["status"], reply)
        return reply

    def admit(self, name, **fields):
        return meeting.admit(self.client, EVENT, name, **fields)

    def sits(self, badge, minutes):
        """In LONG, from its beginning."""
        for direction, at in (("in", 0), ("out", minutes)):
            self.do("attendance", "scan", badge=badge, session="LONG", direction=direction, at=self.began + at * MINUTE)

    def figures(self, *words):
        done = subprocess.run([BIN / "hudur", "report", "figures", "-e", EVENT, "--format", "json", *words], check=True,
                              capture_output=True, env=dict(os.environ, HUDUR_ENDPOINT=self.programs.endpoint))
        return json.loads(done.stdout)

    def both(self):
        published = recount.published(self.figures)
        path = pathlib.Path(self.programs.folder, "data", EVENT + ".hudur")
        return published, recount.counted(path)

    def agree(self, **numbers):
        published, counted = self.both()
        self.assertEqual([], recount.differences(published, counted))
        for key, number in numbers.items():
            self.assertEqual((number, number), counted["headline", key.replace("_", " ")], key)
        return counted

    def test_who_was_withdrawn_stays_where_he_was(self):
        person, badge = self.admit("Called Home")
        self.sits(badge, 100)
        self.do("registration", "cancel", person=person, why="called home")
        counted = self.agree(registered=0, representatives=1, total=1)
        self.assertEqual((1, 1), counted["session", "LONG"])

    def test_by_video_is_registered_and_never_here(self):
        _, badge = self.admit("By Video", remote=True)
        self.sits(badge, 100)
        self.agree(registered=1, registered_states=1, representatives=0, total=0)

    def test_walk_ins_and_who_did_not_come(self):
        self.admit("From The Street", walk_in=True)
        self.do("registration", "register", name="Absent", accredit=True)
        self.do("registration", "register", name="Never Accepted")
        counted = self.agree(nominated_in_all=2)
        self.assertEqual((1, 1), counted["headline", "walk-ins in all"])
        self.assertEqual((1, 1), counted["headline", "no-shows in all"])

    def test_no_entity_is_a_line(self):
        person = self.do("registration", "register", name="Of Nobody", accredit=True)["person"]
        self.do("checkin", "check_in", person=person)
        counted = self.agree(not_stated_persons=1, total=1)
        self.assertEqual((1, 1), counted["country", "not_stated"])

    def test_a_state_without_good_standing_observes(self):
        self.admit("Of Nowhere", entity="XX")
        self.admit("Suspended", entity="SY")
        self.admit("Observer", entity="BA")
        self.agree(observer_persons=3, observer_entities=3, in_good_standing=3, representatives=0)

    def test_support_and_second_representations(self):
        self.admit("An Interpreter", category="interpreter")
        person, badge = self.admit("Two Letters", entity="SESRIC", also="SN")
        self.do("registration", "accredit", person=person, also=True)
        self.sits(badge, 100)
        counted = self.agree(support=1, total=2, institution_persons=1, member_states=1, registered_states=1)
        self.assertEqual((1, 1), counted["session states", "LONG"])

    def test_half_is_of_what_was_planned_of_all_parts(self):
        _, short = self.admit("Sixty Minutes")
        _, enough = self.admit("Seventy Minutes", entity="MA")
        self.sits(short, 60)
        self.sits(enough, 70)
        self.do("attendance", "close_session", session="LONG", time=self.began + 80 * MINUTE)
        counted = self.agree()
        self.assertEqual((1, 1), counted["session", "LONG"])
        self.assertEqual((1, 1), counted["session states", "LONG"])

    def test_a_cleared_room_is_left(self):
        """Who entered is certain until the clearing, and no OUT makes it longer."""
        _, early = self.admit("Cleared Late")
        _, late = self.admit("Back After It")
        for badge in (early, late):
            self.do("attendance", "scan", badge=badge, session="LONG", direction="in", at=self.began)
        self.do("attendance", "clear", room="C", time=self.began + 60 * MINUTE)
        self.do("attendance", "scan", badge=early, session="LONG", direction="out", at=self.began + 80 * MINUTE)
        self.do("attendance", "scan", badge=late, session="LONG", direction="in", at=self.began + 90 * MINUTE)
        counted = self.agree()
        self.assertEqual((0, 1), counted["session", "LONG"])

    def test_who_was_seen_was_there(self):
        """30 minutes scanned, and 50 that somebody vouches for, of which 10 overlap: 70 of 140."""
        person, badge = self.admit("Seen Once")
        self.sits(badge, 30)
        seen, badge = self.admit("Seen Late")
        self.do("attendance", "scan", badge=badge, session="LONG", direction="in", at=self.began)
        paper, _ = self.admit("On Paper", entity="MA")
        short, _ = self.admit("Seen Shortly")
        for who, since, until in ((person, 20, 70), (seen, 60, 71), (paper, 0, 120), (short, 0, 60), (short, 50, 65)):
            self.do("attendance", "attest", person=who, session="LONG", source="eyes", witness="A Chair", why="seen",
                    since=self.began + since * MINUTE, until=self.began + until * MINUTE)
        counted = self.agree()
        self.assertEqual((3, 3), counted["session", "LONG"])

    def test_a_corrected_standing_holds(self):
        self.admit("Of Senegal", entity="SN")
        self.load(standings=[{"entity": "SN", "standing": "observer"}], entities=[{"entity": "MA", "kind": "other"}])
        self.agree(in_good_standing=1, observer_persons=1, representatives=0)


if __name__ == "__main__":
    unittest.main()
