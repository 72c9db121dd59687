"""The first badge at a door that begins without a network: it waits as long as any other, not until the door gives up."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from scene import Door, Scene  # noqa: E402

PATIENCE_MS = 300
AT_MOST_MS = PATIENCE_MS + 900  # the program's start, and half of it on a machine that is busy


class FirstTest(Scene):
    def test_a_badge_typed_before_the_door_began_is_answered_within_the_patience(self):
        _, badge = self.admit("Sample")
        door = Door(self, "door")
        self.assertFalse(door.scan(badge)[0]["offline"])
        self.assertEqual(door.end(), 0)
        self.programs.running[0].end()
        took = []
        for _ in range(3):
            door = Door(self, "door", "PLENARY", PATIENCE_MS, None, "--drain", "0")
            door.type(badge)
            came, answer = door.answer()
            took.append((came - door.began) * 1000)
            self.assertTrue(answer["offline"] and answer["admitted"], answer)
            self.assertIn("does not answer", door.says("the door decides alone"))
            self.assertEqual(door.end(), 0)
        print("first badge without a broker, ms: " + " ".join("%.0f" % ms for ms in took))
        self.assertGreater(min(took), PATIENCE_MS)
        self.assertLess(min(took), AT_MOST_MS)


if __name__ == "__main__":
    unittest.main()
