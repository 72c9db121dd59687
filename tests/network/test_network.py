"""Cables cut, mute, lossy and late: a door notices within seconds, goes on, and afterwards every scan is there once."""

import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import land as ground  # noqa: E402
from land import Door, Land, run  # noqa: E402

NOTICED = 6.0    # seconds
CUT_FOR = 4.0    # longer than a client lets a broker be silent
AT_ONCE = 3.0    # for a verdict, whatever the network does, on a machine that is busy with other tests
WHY_NOT = ground.why_not()


class Network(unittest.TestCase):
    def setUp(self):
        if WHY_NOT:
            self.skipTest("did not run: no network namespaces here: " + WHY_NOT)

    def land(self, cables=1, brokers=1):
        land = Land(cables)
        self.addCleanup(land.close)
        land.open(brokers)
        return land

    def joined(self, brokers=1):
        """A door that gets its answers over cables, one for each broker."""
        land = self.land(brokers, brokers)
        land.far = [land.relay(number, "10.%d.0.1" % number, "127.0.0.1") for number in range(brokers)]
        door = Door(land, brokers)
        self.assertFalse(door.scan()[0])
        return land, door

    def steady(self, seen, within=AT_ONCE):
        self.assertLess(max(took for _, _, took in seen), within, "a verdict was long in coming")

    def agree(self, land, door):
        """What the door was told, and what it decided, is what the event's file holds, each once."""
        status = door.program.close_input()
        self.assertEqual(status, 0, door.program.said())
        self.assertIn(" 0 requests wait in the spool", door.program.said())
        rows = land.ledger()
        self.assertEqual(len({row[0] for row in rows}), len(rows), "an id is there twice")
        scans = [(badge, direction) for _, op, badge, direction, _, _ in rows if op == "scan"]
        self.assertEqual(scans, [(answer["badge"], answer["direction"]) for answer in door.answers])
        decided = [(badge, direction) for _, op, badge, direction, _, _ in rows if op == "decided"]
        self.assertEqual(decided, [(answer["badge"], answer["direction"]) for answer in door.answers
                                   if answer["offline"]])

    def part(self, land, door, place, *rules):
        land.cut(place, *rules)
        self.assertLess(door.scan_until(True, NOTICED), NOTICED)
        self.steady(door.scan_for(CUT_FOR))
        land.heal(place)
        self.assertLess(door.scan_until(False, NOTICED), NOTICED)
        self.agree(land, door)

    def test_partition(self):
        land, door = self.joined()
        self.part(land, door, land.door_place, ("input", "iifname cable0 drop"), ("output", "oifname cable0 drop"))

    def test_requests_do_not_arrive(self):
        land, door = self.joined()
        self.part(land, door, land.hall, ("input", "iifname cable0 drop"))

    def test_answers_do_not_arrive(self):
        land, door = self.joined()
        self.part(land, door, land.hall, ("output", "oifname cable0 drop"))

    def test_half_open(self):
        """The far end is gone and says nothing: its cable is out when it dies, and its resets are lost later."""
        land, door = self.joined()
        run("ip", "-n", land.hall, "link", "set", "cable0", "down")
        self.assertLess(door.scan_until(True, NOTICED), NOTICED)
        land.far[0].kill()
        land.programs.remove(land.far[0])
        land.cut(land.door_place, ("input", "iifname cable0 tcp flags & rst == rst drop"))
        land.start(land.hall, sys.executable, ground.HERE / "relay.py", "10.0.0.1", ground.RELAYED, "127.0.0.1",
                   ground.PORT).until("ready")
        run("ip", "-n", land.hall, "link", "set", "cable0", "up")
        self.assertLess(door.scan_until(False, NOTICED), NOTICED)
        self.agree(land, door)

    def test_a_third_is_lost(self):
        land, door = self.joined()
        lossy = ("input", "iifname cable0 numgen random mod 100 < 30 drop")
        land.cut(land.door_place, lossy)
        land.cut(land.hall, lossy)
        seen = door.scan_for(2 * CUT_FOR)
        self.steady(seen)
        self.assertTrue(any(offline for _, offline, _ in seen), "nothing was lost")
        land.heal(land.door_place)
        land.heal(land.hall)
        self.assertLess(door.scan_until(False, NOTICED), NOTICED)
        self.agree(land, door)

    def test_lost_and_out_of_order(self):
        land = self.land(cables=0)
        tunnel = land.start(land.hall, sys.executable, ground.HERE / "tunnel.py", land.hall, "10.9.0.1/24",
                            land.door_place, "10.9.0.2/24", 30, 30, 1)
        tunnel.until("ready")
        land.relay(0, "10.9.0.1", "127.0.0.1")
        door = Door(land)
        self.assertFalse(door.scan()[0])
        tunnel.process.send_signal(signal.SIGUSR1)
        self.assertEqual(tunnel.line(), "bad")
        self.assertLess(door.scan_until(True, NOTICED), NOTICED)
        self.steady(door.scan_for(2 * CUT_FOR))
        tunnel.process.send_signal(signal.SIGUSR1)
        self.assertRegex(tunnel.line(), r"^good after [1-9]\d* were dropped and [1-9]\d* late$")
        self.assertLess(door.scan_until(False, NOTICED), NOTICED)
        self.agree(land, door)

    def test_the_other_broker_is_found(self):
        land, door = self.joined(brokers=2)
        land.cut(land.door_place, ("input", "iifname cable0 drop"), ("output", "oifname cable0 drop"))
        self.assertLess(door.scan_until(True, NOTICED), NOTICED)
        self.assertLess(door.scan_until(False, NOTICED), NOTICED)
        land.heal(land.door_place)
        land.cut(land.door_place, ("input", "iifname cable1 drop"), ("output", "oifname cable1 drop"))
        self.assertLess(door.scan_until(True, NOTICED), NOTICED)
        self.assertLess(door.scan_until(False, NOTICED), NOTICED)
        land.heal(land.door_place)
        self.agree(land, door)


if __name__ == "__main__":
    unittest.main()
