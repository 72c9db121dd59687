"""Thirty cycles of kills and stops in the programs' own time: nothing is lost and nothing is there twice."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import chaos  # noqa: E402

CYCLES, PATIENCE = 30, 110


class Chaos(unittest.TestCase):
    def chosen(self, seed):
        with tempfile.TemporaryDirectory() as folder:
            life = chaos.Life("bin", folder, seed)
            choices = [life.choose() for _ in range(50)]
            life.close()
        return [({program.name: killed for program, killed in faults.items()}, away) for faults, away in choices]

    def test_a_seed_chooses_the_same_again(self):
        self.assertEqual(self.chosen("1/0"), self.chosen("1/0"))
        self.assertNotEqual(self.chosen("1/0"), self.chosen("1/1"))

    def test_thirty_cycles_lose_and_double_nothing(self):
        done = subprocess.run(
            [sys.executable, HERE / "chaos.py", "--bin", os.environ.get("HUDUR_BIN", "build/bin"), "--cycles", str(CYCLES),
             "--seed", "30"], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        told = json.loads(done.stdout.splitlines()[-1])
        self.assertGreater(told.pop("acked"), CYCLES * 10)
        self.assertEqual(told, {"cycles": CYCLES, "lost": 0, "doubled": 0, "seed": 30})


if __name__ == "__main__":
    unittest.main()
