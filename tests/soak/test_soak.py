"""The soak can see: a leak of the smallest size that it must notice, and a file that stays open. In short, for real."""

import os
import pathlib
import random
import re
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from watch import Watched, slope  # noqa: E402

BIN = os.environ.get("HUDUR_BIN", "build/bin")
PATIENCE = 50


def watched(kib=0.0, files=0.0, requests=270000, samples=180):
    """Half an hour as the rule sees it: pages come and go, a visitor's connection too; and so much more at the end."""
    dice, process = random.Random(1), Watched("x", 0, None)
    for n in range(2 * samples):
        share = n / (2 * samples)
        process.samples.append((share * 1800, int(share * 2 * requests),
                                50000 + dice.randrange(0, 200, 4) + int(kib * share * 2 * requests / 100) // 4 * 4,
                                30 + dice.randrange(2) + int(files * share)))
    return process


class Rule(unittest.TestCase):
    def test_a_line_is_found(self):
        self.assertEqual(slope([(x, 3 * x + 1) for x in range(10)]), 3)
        self.assertEqual(slope([(1, 5), (1, 6)]), 0)
        self.assertEqual(slope([(1, 5)]), 0)

    def test_noise_is_level(self):
        self.assertTrue(watched().verdict()[2])

    def test_what_a_question_takes_and_gives_back_is_level(self):
        process, dice = watched(), random.Random(2)
        process.samples = [(s, r, kib + 4500 * (dice.randrange(3) > 0), f) for s, r, kib, f in process.samples]
        self.assertTrue(process.verdict()[2], process.line())
        process.samples = [(s, r, kib + r // 100, f) for s, r, kib, f in process.samples]
        self.assertFalse(process.verdict()[2], process.line())

    def test_what_fills_once_is_level_and_what_leaks_beside_it_is_seen(self):
        for kib, once, level in ((0.2, 600, True), (1, 600, False), (0.2, 50000, False)):
            process = watched(kib=kib)
            process.samples = [(s, r, kib + once * (s > 1350), f) for s, r, kib, f in process.samples]
            self.assertEqual(process.verdict()[2], level, process.line())

    def test_a_kib_in_a_hundred_requests_is_seen(self):
        kib, _, level = watched(kib=1).verdict()
        self.assertFalse(level)
        self.assertAlmostEqual(kib, 1, delta=0.2)
        self.assertIn("IT GROWS", watched(kib=1).line())

    def test_what_the_ledger_needs_is_level(self):
        self.assertTrue(watched(kib=0.2).verdict()[2])

    def test_of_few_requests_what_they_come_to_is_judged(self):
        self.assertTrue(watched(requests=6000, kib=0.8).verdict()[2])
        self.assertFalse(watched(requests=6000, kib=2).verdict()[2])

    def test_two_files_in_half_an_hour_are_seen(self):
        self.assertFalse(watched(files=4).verdict()[2])

    def test_what_fills_in_the_first_half_is_not_judged(self):
        process = watched()
        process.samples[:180] = [(s, r, kib - 30000 + 160 * n, f)
                                 for n, (s, r, kib, f) in enumerate(process.samples[:180])]
        self.assertTrue(process.verdict()[2])


class Short(unittest.TestCase):
    def soak(self, *options):
        done = subprocess.run([sys.executable, HERE / "soak.py", "--bin", BIN, "--minutes", "0.15", "--history", "500",
                               *options], capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.stderr, "")
        return done

    def test_a_planted_leak_is_measured_as_large_as_it_is(self):
        """So large that nothing that a program needs to warm up can hide it or stand for it."""
        done = self.soak("--leak", "400")
        self.assertEqual(done.returncode, 1)
        found = re.search(r"^hudur-worker +\+(\d+\.\d+) KiB per 100 requests .*IT GROWS$", done.stdout, re.M)
        self.assertTrue(found, done.stdout)
        self.assertGreater(float(found.group(1)), 250)
        self.assertLess(float(found.group(1)), 600)
        self.assertRegex(done.stdout.splitlines()[-1], r"^soak: 0\.\d minutes, \d+ requests, growing: .*hudur-worker")

    def test_every_request_is_answered(self):
        out = self.soak().stdout
        sent, answered = re.search(r"^(\d+) requests were sent and (\d+) answered", out, re.M).groups()
        self.assertEqual(sent, answered)
        self.assertGreater(int(sent), 1000)
        for name in ("hudur-serve", "hudur-broker", "hudur-worker", "door north", "door south", "desk"):
            self.assertRegex(out, r"(?m)^%s .* files: " % name)


if __name__ == "__main__":
    unittest.main()
