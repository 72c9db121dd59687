"""Clocks that are wrong: a device a day off, a server set back an hour or a year ahead. Real programs, simulated clocks."""

import os
import pathlib
import signal
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from scene import EVENT, HOUR, Clock, Door, Scene, now  # noqa: E402

DAY, YEAR, MINUTE = 24 * HOUR, 365 * 24 * HOUR, 60_000


class TimeTest(Scene):
    def setUp(self):
        handle, path = tempfile.mkstemp(prefix="hudur-clock-")
        os.close(handle)
        self.addCleanup(os.unlink, path)
        self.clock = Clock(path, now())
        self.skews = {}
        super().setUp()

    def door(self, name, skew, **more):
        clock = Clock(os.path.join(self.folder, name + ".clock"), self.clock.at + skew)
        self.skews[name] = (clock, skew)
        return Door(self, name, clock=clock, **more)

    def step(self, minutes):
        """Time passes, for everybody."""
        self.clock.set(self.clock.at + minutes * MINUTE)
        for clock, _ in self.skews.values():
            clock.set(clock.at + minutes * MINUTE)

    def minutes(self):
        """{person: (low, high)} of the plenary."""
        figure = self.get("figures", "people", qualifier="attended", session="PLENARY", minutes=1)
        return {line["person"]: (line["low"], line["high"]) for line in figure.get("people", [])}

    def test_a_device_a_day_off_moves_no_interval(self):
        badges = [self.admit("Sample %d" % n)[1] for n in range(3)]
        doors = [self.door("ahead", DAY), self.door("behind", -DAY), self.door("year", YEAR)]
        for door, badge in zip(doors, badges):
            answer = door.scan(badge)[0]
            self.assertEqual((answer["admitted"], answer["offline"], answer["flag"]), (True, False, None))
        self.step(45)
        self.broker(signal.SIGKILL)
        for door, badge in zip(doors, badges):
            door.turn("out")
            answer = door.scan(badge)[0]
            self.assertEqual((answer["admitted"], answer["offline"], answer["flag"]), (True, True, None))
            self.assertLess(abs(answer["list_age_ms"] - 45 * MINUTE), 2 * MINUTE)
        self.broker_again()
        for door in doors:
            self.assertEqual(door.end(), 0)
        self.step(5)
        self.assertEqual(self.minutes(), {1: (45, 45), 2: (45, 45), 3: (45, 45)})
        self.assertNotIn("conflict", [row["flag"] for row in self.get("figures", "unresolved").get("counts", [])])

    def test_a_device_a_day_off_that_never_was_online_moves_no_interval(self):
        """Nothing is sent before its clock was compared, and then what waited goes with what was measured."""
        self.moves_no_interval({"ahead": DAY, "behind": -DAY})

    def test_a_device_whose_battery_was_empty_moves_no_interval(self):
        """It was online once, with its clock right, and was then started alone."""
        for name in ("ahead", "behind"):
            door = self.door(name, 0)
            door.turn("out")
            self.assertFalse(door.scan(self.admit("Sample")[1])[0]["offline"])
            self.assertEqual(door.end(), 0)
        self.moves_no_interval({"ahead": DAY, "behind": -DAY})

    def moves_no_interval(self, skews):
        badges = {name: self.admit(name)[1] for name in skews}
        self.broker(signal.SIGKILL)
        for name, skew in skews.items():
            door = self.door(name, skew)
            self.assertTrue(door.scan(badges[name])[0]["offline"])
            door.kill()
        self.step(45)
        doors = [Door(self, name, clock=self.skews[name][0]) for name in skews]
        for door, badge in zip(doors, badges.values()):
            door.turn("out")
            self.assertTrue(door.scan(badge)[0]["offline"])
        self.broker_again()
        for door in doors:
            self.assertEqual(door.end(), 0)
        self.step(5)
        self.assertEqual(sorted(self.minutes().values()), [(45, 45), (45, 45)])
        self.assertEqual(self.rows("SELECT DISTINCT abs(clock_offset) / %d FROM ledger WHERE op = 'decided'" %
                                   (abs(skews["ahead"]) - MINUTE)), [(1,)])

    def test_a_door_whose_clock_is_set_goes_on_sending(self):
        """Resending and giving up follow the monotonic clock; within the device, order is by number."""
        badge = self.admit("Sample")[1]
        door = self.door("door", 0)
        self.assertFalse(door.scan(badge)[0]["offline"])
        self.broker(signal.SIGKILL)
        clock, _ = self.skews["door"]
        door.turn("out")
        clock.set(clock.at - DAY)
        self.assertTrue(door.scan(badge)[0]["offline"])
        clock.set(clock.at + YEAR)
        self.broker_again()
        began = time.monotonic()
        while self.rows("SELECT count(*) FROM ledger WHERE op = 'decided'") == [(0,)]:
            self.assertLess(time.monotonic() - began, 15, "the backlog waits for a clock")
        clock.set(clock.at - YEAR + DAY)
        self.assertEqual(door.end(), 0)
        self.step(5)
        self.assertEqual(self.inside(), [])  # who went out by a clock of yesterday is out all the same

    def told(self):
        """The time by the broker and by the worker."""
        return [self.client.get(service, op, **fields)["now"] for service, op, fields in (
            ("broker", "status", {}), (EVENT + "/figures", "figures", {"qualifier": "checked_in"}))]

    def test_a_server_set_back_while_people_are_inside_moves_no_interval(self):
        """Each door's own passage out, the other's, and one both of whose passages came after."""
        badges = [self.admit("Sample %d" % n)[1] for n in range(4)]
        same, other = self.door("same", 0), self.door("other", 0)
        for badge in badges[:2]:
            self.assertFalse(same.scan(badge)[0]["offline"])
        self.step(30)
        self.assertEqual(self.told(), [self.clock.at] * 2)
        self.clock.set(self.clock.at - HOUR)
        for door, badge in zip((same, other), badges[2:]):
            self.assertFalse(door.scan(badge)[0]["offline"])  # its answer is what the doors compare their clocks with
        self.step(15)
        for door, mine in zip((same, other), (badges[::2], badges[1::2])):
            door.turn("out")
            for badge in mine:
                self.assertFalse(door.scan(badge)[0]["offline"])
        self.step(5)
        self.assertEqual((self.inside(), self.get("figures", "unresolved").get("counts", [])), ([], []))
        self.assertEqual(self.minutes(), {1: (45, 45), 2: (45, 45), 3: (15, 15), 4: (15, 15)})
        self.assertEqual(self.told(), [self.clock.at + HOUR] * 2)
        self.clock.set(self.clock.at + HOUR)
        self.assertEqual(self.told(), [self.clock.at] * 2)
        for program, name in zip(self.programs.running, ("broker", "worker")):
            program.line("hudur-%s: the clock was set back by 60 min" % name)
        self.assertEqual([door.end() for door in (same, other)], [0, 0])

    def printed(self):
        report = self.get("figures", "figures", qualifier="checked_in")
        return report["as_of"], report["ledger"], report["total_high"]

    def check_printed(self, printed):
        for as_of, ledger, total in printed:
            report = self.get("figures", "figures", qualifier="checked_in", as_of=as_of)
            self.assertEqual((report["ledger"], report["total_high"]), (ledger, total))

    def admitted_under(self, skew, printed):
        self.clock.set(self.clock.at + skew)
        for _ in range(3):
            self.admit("Sample %d" % len(printed))
            printed.append(self.printed())
            self.step(1)

    def test_a_server_set_back_or_ahead_expires_and_reorders_nothing(self):
        badge = self.admit("Sample")[1]
        door = self.door("door", 0)
        self.assertFalse(door.scan(badge)[0]["offline"])
        printed = [self.printed()]
        self.step(1)
        scan = self.client.write("doors/attendance", "scan", badge=badge, session="PLENARY", direction="in")
        first = self.client.ask(scan)
        for skew in (0, -HOUR, HOUR, YEAR, -YEAR):
            self.admitted_under(skew, printed)
            again = self.client.ask(scan)
            self.assertEqual((again["repeated"], again["ledger"]), (True, first["ledger"]))
            held = HOUR if skew == -HOUR else 0  # set back by less than a day, the server goes on by the old time
            self.assertLess(abs(again["now"] - held - self.clock.at), MINUTE)
            self.assertFalse(door.scan(badge)[0]["offline"], "the door lost its server over a clock")
        self.check_printed(printed)
        self.assertEqual([total for _, _, total in printed], list(range(1, len(printed) + 1)))
        received = [row[0] for row in self.rows("SELECT received FROM ledger ORDER BY seq")]
        self.assertEqual(received, sorted(received))
        self.assertEqual(door.end(), 0)
        self.assertEqual(self.inside(), [1])


if __name__ == "__main__":
    unittest.main()
