"""hudur admin rejected: what the service answered with an error is kept, and shown on request."""

import json
import os
import signal
import subprocess
import unittest

from tests.clients import test_serve as programs


class RejectedTest(programs.WithFolder):
    def admin(self, *words):
        return subprocess.run([os.path.join(programs.BIN, "hudur-admin"), *words], capture_output=True, text=True,
                              timeout=programs.PATIENCE, env={**os.environ, "XDG_STATE_HOME": self.folder})

    def listed(self, *words):
        result = self.admin("rejected", "--format", "json", *words)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return json.loads(result.stdout)["rejected"]

    def test_an_error_is_listed_with_what_it_was_about(self):
        serve = self.serve(*programs.ANY, "--local-role", "scanner")
        endpoint = serve.ready()[0]
        self.assertEqual(self.listed(), [])
        refused = self.admin("open", "-e", "e1", "--endpoint", endpoint)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("forbidden", refused.stderr)
        serve.end(signal.SIGTERM)
        (line,) = self.listed()
        self.assertEqual((line["service"], line["op"], line["reason"]), ("main/events", "open_event", "forbidden"))
        self.assertTrue(line["detail"])
        self.assertGreater(line["at"], 1_500_000_000_000)
        self.assertEqual(line["spool"], os.path.join(self.folder, "hudur", "hudur-admin.spool"))
        self.assertEqual(self.listed("--spool", line["spool"]), [line])
        table = self.admin("rejected").stdout
        self.assertIn("main/events", table)
        self.assertIn("open_event", table)

    def test_what_is_no_spool_is_said(self):
        for path, part in (("/nonexistent/x", "unable to open"), ("Makefile", "Makefile cannot be used")):
            result = self.admin("rejected", "--spool", path)
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn(part, result.stderr)
        self.assertEqual(self.admin("rejected", "everything").returncode, 2)
        self.assertEqual(self.admin("rejected").stdout, "None.\n")


if __name__ == "__main__":
    unittest.main()
