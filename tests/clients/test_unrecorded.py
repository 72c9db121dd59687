"""A door whose own disk takes no more says of each scan that it is not recorded, and at the end of how many."""

import json
import os
import resource
import subprocess
import unittest

from tests.clients import test_serve as programs

MEETING = "schema/data/marrakech_2024.json"
EVENT = "oic-pesnet-4"
CODES = ["XXXXXXXXXXXXXX", "YYYYYYYYYYYYYY", "ZZZZZZZZZZZZZZ", "WWWWWWWWWWWWWW"]


class UnrecordedTest(programs.WithFolder):
    def begin(self, form):
        endpoint = self.serve(*programs.ANY).ready()[0]
        for words in (("load", MEETING), ("open", "-e", EVENT)):
            subprocess.run([os.path.join(programs.BIN, "hudur-admin"), *words, "--endpoint", endpoint], check=True,
                           env={**os.environ, "XDG_STATE_HOME": self.folder}, stdout=subprocess.DEVNULL)
        door = subprocess.Popen(
            [os.path.join(programs.BIN, "hudur-scan"), "-e", EVENT, "--session", "D1-06",
             "--endpoint", endpoint, "--patience", "5000", "--format", form],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            restore_signals=False,  # SIGXFSZ stays ignored, so that a file that may not grow is an error
            env={**os.environ, "XDG_STATE_HOME": self.folder})
        self.addCleanup(lambda: door.poll() is None and door.kill())
        return door

    def scan(self, door, code):
        door.stdin.write(code + "\n")
        door.stdin.flush()
        return door.stdout.readline()

    def end(self, door):
        said = door.communicate(timeout=programs.PATIENCE)[1]
        return door.returncode, said

    def full(self, door, full):
        """A limit on every file's size stands for the full disk."""
        limits = resource.prlimit(door.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(door.pid, resource.RLIMIT_FSIZE, (0 if full else limits[1], limits[1]))

    def scans_with_a_full_disk_between(self, door):
        lines = [self.scan(door, CODES[0])]
        self.full(door, True)
        lines += [self.scan(door, code) for code in CODES[1:3]]
        self.full(door, False)
        return lines + [self.scan(door, CODES[3])]

    def test_json_and_the_closing_line_say_it(self):
        door = self.begin("json")
        answers = [json.loads(line) for line in self.scans_with_a_full_disk_between(door)]
        self.assertEqual([answer.get("recorded") for answer in answers], [True, False, False, True], answers)
        status, said = self.end(door)
        self.assertEqual(status, 1, said)
        self.assertEqual(said.count("NOT RECORDED: the scan could not be kept"), 2, said)
        self.assertIn("hudur-scan: 4 scans, 2 of them decided here, 2 of them NOT RECORDED; 0 requests wait", said)

    def test_csv_has_a_column_for_it(self):
        door = self.begin("csv")
        column = door.stdout.readline().rstrip().split(",").index("recorded")
        cells = [line.rstrip().split(",")[column] for line in self.scans_with_a_full_disk_between(door)]
        self.assertEqual(cells, ["true", "false", "false", "true"])

    def test_a_door_that_kept_all_does_not_speak_of_it(self):
        door = self.begin("json")
        self.assertIs(json.loads(self.scan(door, CODES[0])).get("recorded"), True)
        status, said = self.end(door)
        self.assertEqual(status, 0, said)
        self.assertIn("hudur-scan: 1 scan, 0 of them decided here; 0 requests wait", said)


if __name__ == "__main__":
    unittest.main()
