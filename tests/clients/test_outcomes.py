"""What a program says, and how it exits, when it did not do what it was asked to."""

import os
import signal
import subprocess
import time
import unittest

from tests.clients import test_serve as programs

MEETING = "schema/data/marrakech_2024.json"
EVENT = "oic-pesnet-4"
HEADER = "name,entity,category\n"


class OutcomesTest(programs.WithFolder):
    def run_program(self, name, *words, stdin="", stdout=subprocess.PIPE):
        return subprocess.run([os.path.join(programs.BIN, name), *words], input=stdin, stdout=stdout,
                              stderr=subprocess.PIPE, text=True, timeout=programs.PATIENCE,
                              env={**os.environ, "XDG_STATE_HOME": self.folder})

    def to_full(self, name, *words, stdin=""):
        with open("/dev/full", "w") as full:
            return self.run_program(name, *words, stdin=stdin, stdout=full)

    def nominations(self):
        path = os.path.join(self.folder, "nominations.csv")
        with open(path, "w") as file:
            file.write(HEADER + "Sample ONE,TR,delegate\nSample TWO,MA,delegate\n")
        return path

    def loaded(self):
        endpoint = self.serve(*programs.ANY).ready()[0]
        for words in (("load", MEETING), ("open", "-e", EVENT)):
            done = self.run_program("hudur-admin", *words, "--endpoint", endpoint)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.wait_for_event(endpoint)
        return endpoint

    def test_a_desk_does_not_begin_at_an_event_that_is_not_there(self):
        endpoint = self.serve(*programs.ANY).ready()[0]
        # a broker that has just started cannot know yet
        self.assertIn("unknown_event",
                      self.run_program("hudur-report", "programme", "-e", "nope", "--endpoint", endpoint).stderr)
        result = self.run_program("hudur-desk", "-e", "nope", "--endpoint", endpoint)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("unknown_event", result.stderr)

    def wait_for_event(self, endpoint):
        """A worker is ready before its readers have told every broker of every event."""
        deadline = time.monotonic() + programs.PATIENCE
        while self.run_program("hudur-report", "programme", "-e", EVENT, "--endpoint", endpoint).returncode != 0:
            self.assertLess(time.monotonic(), deadline)

    def test_a_desk_does_not_begin_where_its_role_may_not(self):
        self.loaded()
        self.serves[-1].end()
        endpoint = self.serve(*programs.ANY, "--local-role", "scanner").ready()[0]
        self.wait_for_event(endpoint)
        result = self.run_program("hudur-desk", "-e", EVENT, "--endpoint", endpoint, stdin="somebody\n")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("forbidden", result.stderr)

    def test_a_desk_begins_without_a_broker_and_says_so(self):
        result = self.run_program("hudur-desk", "-e", EVENT, "--endpoint", "ipc://%s/nobody" % self.folder,
                                  "--timeout", "0.1")
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertIn("did not answer within 0.1 s", result.stderr)
        self.assertIn("The desk begins all the same", result.stderr)

    def test_a_write_that_is_put_off_is_told_with_the_reason(self):
        endpoint = "ipc://%s/broker" % self.folder
        broker = subprocess.Popen([os.path.join(programs.BIN, "hudur-broker"), "--listen", endpoint, "--workers",
                                   "ipc://%s/workers" % self.folder, "--local-role", "administrator"])
        self.addCleanup(broker.wait)
        self.addCleanup(broker.terminate)
        words = ("register", "Sample ONE", "-e", EVENT, "--endpoint", endpoint, "--timeout", "1")
        result = self.run_program("hudur-admin", *words)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, r"did not do it within 1 s; busy: .* \(no_worker\) The request is kept in ")
        self.assertNotIn("hudur serve", result.stderr)
        broker.terminate()
        broker.wait()
        silent = self.run_program("hudur-admin", *words)
        self.assertIn("did not answer within 1 s; check that hudur serve runs", silent.stderr)

    def test_a_desk_begins_at_once_at_an_event_that_is_there(self):
        result = self.run_program("hudur-desk", "-e", EVENT, "--endpoint", self.loaded())
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_a_door_begins_by_its_list_where_the_broker_knows_no_such_event(self):
        words = ("-e", EVENT, "--session", "D1-06", "--drain", "0", "--endpoint")
        self.assertEqual(self.run_program("hudur-scan", *words, self.loaded()).returncode, 0)
        self.serves[-1].end()
        endpoint = self.serve(*programs.ANY, data=os.path.join(self.folder, "other")).ready()[0]
        self.assertIn("unknown_event",
                      self.run_program("hudur-report", "programme", "-e", EVENT, "--endpoint", endpoint).stderr)
        result = self.run_program("hudur-scan", *words, endpoint, stdin="XXXXXXXXXXXXXX\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("the door decides alone", result.stderr)
        self.assertIn("2 requests wait in the spool", result.stderr)  # the scan, and what was decided

    def test_an_answer_at_the_door_that_cannot_be_written_is_told(self):
        endpoint = self.loaded()
        result = self.to_full("hudur-scan", "-e", EVENT, "--session", "D1-06", "--endpoint", endpoint,
                              stdin="XXXXXXXXXXXXXX\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("NOT WRITTEN (No space left on device): NO XXXXXXXXXXXXXX", result.stderr)

    def test_help_that_cannot_be_written_is_no_success(self):
        for words in (("hudur", "--help"), ("hudur", "--version"), ("hudur", "--format", "json"),
                      ("hudur-admin", "--help"), ("hudur-admin", "import", "--help"), ("hudur-desk", "--help"),
                      ("hudur-scan", "--help"), ("hudur-scan", "--version"), ("hudur-serve", "--help"),
                      ("hudur-report", "figures", "--help"), ("hudur-report", "--version")):
            result = self.to_full(*words)
            self.assertEqual(result.returncode, 1, words)
            self.assertIn("could not be written", result.stderr)
            self.assertEqual(self.run_program(*words).returncode, 0, words)

    def test_an_import_that_was_answered_no_is_known_not_to_have_gone_in(self):
        serve = self.serve(*programs.ANY, "--local-role", "scanner")
        result = self.run_program("hudur-admin", "import", self.nominations(), "-e", EVENT,
                                  "--endpoint", serve.ready()[0])
        self.assertEqual(result.returncode, 1)
        self.assertIn("Lines 2 to 3 did not go in", result.stderr)
        self.assertNotIn("not known", result.stderr)
        serve.end(signal.SIGTERM)

    def test_of_an_import_without_answer_nothing_is_known(self):
        result = self.run_program("hudur-admin", "import", self.nominations(), "-e", EVENT, "--timeout", "0.1",
                                  "--endpoint", "ipc://%s/nobody" % self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertIn("It is not known whether lines 2 to 3 went in", result.stderr)

    def test_a_folder_is_no_meeting(self):
        result = self.run_program("hudur-admin", "load", "schema/data")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn("schema/data: cannot be read: Is a directory.", result.stderr)


if __name__ == "__main__":
    unittest.main()
