"""A broker that answers but has not met the event's worker since it began: a door that knows the event goes on alone."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from scene import EVENT, Door, Scene  # noqa: E402

AT_ONCE_MS = 30 + 50  # what is left of the patience, and the verdict


class AbsentTest(Scene):
    def without_worker(self):
        """A new broker, long enough beside a worker of other events to say that there is no such event."""
        for program in reversed(self.programs.running):
            program.end()
        self.programs.running = []
        self.programs.start("hudur-broker", "--listen", self.programs.endpoint, "--workers", self.programs.workers,
                            "--local-role", "administrator").line("ready")
        self.programs.start("hudur-worker", "--name", "other", "--data", self.programs.folder + "/other", "--broker",
                            self.programs.workers)
        while self.client.get(EVENT + "/changes", "badges", since=0).get("reason") != "unknown_event":
            pass

    def test_a_door_begins_and_works_until_the_worker_is_back(self):
        badges = [self.admit("Sample %d" % n)[1] for n in range(6)]
        door = Door(self, "door")
        self.assertFalse(door.scan(badges[0])[0]["offline"])
        self.assertEqual(door.end(), 0)
        self.without_worker()
        door = Door(self, "door")
        door.says("The event's worker is away; the door decides alone")
        took = []
        for badge in badges[1:]:
            answer, ms = door.scan(badge)
            self.assertTrue(answer["offline"] and answer["admitted"], answer)
            took.append(ms)
        print("no worker, ms: " + " ".join("%.0f" % ms for ms in took))
        self.assertLess(min(took), AT_ONCE_MS)
        self.programs.start("hudur-worker", "--data", self.programs.folder + "/data", "--broker", self.programs.workers)
        self.wait_for(EVENT + "/attendance")
        self.assertEqual(door.end(), 0)
        self.assertEqual(self.rows("SELECT op, count(*) FROM ledger WHERE op IN ('scan', 'decided') GROUP BY op"),
                         [("decided", 5), ("scan", 6)])

    def test_a_spool_without_answers_keeps_the_scans_of_a_door_that_has_the_list(self):
        _, badge = self.admit("Sample")
        other = Door(self, "other")
        self.assertFalse(other.scan(badge)[0]["offline"])
        self.assertEqual(other.end(), 0)
        self.without_worker()
        door = Door(self, "new", "PLENARY", 300, None, "--snapshot", "%s.%s.list" % (other.spool, EVENT))
        self.assertTrue(door.scan(badge)[0]["admitted"])
        self.programs.start("hudur-worker", "--data", self.programs.folder + "/data", "--broker", self.programs.workers)
        self.wait_for(EVENT + "/attendance")
        self.assertEqual(door.end(), 0)
        self.assertEqual(self.rows("SELECT op, count(*) FROM ledger WHERE op IN ('scan', 'decided') GROUP BY op"),
                         [("decided", 1), ("scan", 2)])

    def test_a_door_that_knows_nothing_of_the_event_does_not_begin(self):
        self.without_worker()
        door = Door(self, "door")
        self.assertIn("unknown_event", door.says("cannot start"))
        self.assertEqual(door.process.wait(10), 1)


if __name__ == "__main__":
    unittest.main()
