"""The load in short: every request is answered once, ok or busy, and nothing is dropped. How fast is not judged here."""

import json
import os
import pathlib
import resource
import subprocess
import unittest

BUILD = pathlib.Path(os.environ.get("HUDUR_BUILD", "build")).resolve()
PATIENCE = 100


def overload(*options, files=None):
    def limit():
        if files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    return subprocess.run([BUILD / "tests/load/overload", "--unjudged", "--people", "2000", *options, BUILD],
                          capture_output=True, text=True, timeout=PATIENCE, preexec_fn=limit, check=False)


class Load(unittest.TestCase):
    def counts(self, *options):
        done = overload(*options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        counts = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual(counts["sent"], counts["ok"] + counts["busy"])
        self.assertGreater(counts["ok"], 0)
        return counts

    def test_ten_times_the_connections_are_all_answered(self):
        counts = self.counts("--seconds", "3")
        self.assertEqual(counts["connections"], 640)

    def test_what_no_queue_can_hold_is_told_busy_and_done_later(self):
        """More on the way than may wait for one service."""
        self.assertGreater(self.counts("--seconds", "1", "--in-flight", "40")["busy"], 0)

    def test_too_few_open_files_are_said(self):
        done = overload("--seconds", "1", files=1024)
        self.assertEqual(done.returncode, 1)
        self.assertIn("640 connections need 1984 open files and the limit is 1024; raise it with: ulimit -Hn 1984",
                      done.stderr)


if __name__ == "__main__":
    unittest.main()
