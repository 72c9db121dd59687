"""A resolution that names nothing, or too much, is told to whoever typed it and never gets a number."""

import os
import subprocess
import unittest

from tests.clients import test_serve as programs

DEVICE = "0123456789abcdef" * 2


class ResolutionTest(programs.WithFolder):
    def resolve(self, *words):
        self.spool = os.path.join(self.folder, "spool")
        return subprocess.run([os.path.join(programs.BIN, "hudur-admin"), "resolve", *words, "--why", "found", "-e",
                               "meeting", "--spool", self.spool, "--timeout", "0.1", "--endpoint",
                               "ipc://%s/nobody" % self.folder], capture_output=True, text=True,
                              timeout=programs.PATIENCE)

    def assert_told(self, sentence, *words):
        result = self.resolve(*words)
        self.assertIn(sentence, result.stderr)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertFalse(os.path.exists(self.spool))

    def test_nothing_named(self):
        self.assert_told("What is settled?")

    def test_both_named(self):
        self.assert_told("either a ledger entry or --missing", "7", "--missing", DEVICE)

    def test_no_device_named(self):
        self.assert_told("a device has 32 hexadecimal digits", "--missing", "g" * 32)

    def test_one_named_is_kept_and_sent(self):
        for words in (("7",), ("--missing", DEVICE)):
            result = self.resolve(*words)
            self.assertEqual(result.returncode, 1)
            self.assertIn("The request is kept in " + self.spool, result.stderr)


if __name__ == "__main__":
    unittest.main()
