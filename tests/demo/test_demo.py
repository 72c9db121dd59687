"""The demonstration tells the truth: it counts whom the sample says, and fails when a counter lies."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
BIN = os.environ.get("HUDUR_BIN", str(HERE.parent.parent / "build" / "bin"))
COMMAND = [sys.executable, str(HERE / "demo.py"), "--bin", BIN]
ONLY_DELEGATE = "sample-056"  # of the Gambia


def play(*options):
    done = subprocess.run([*COMMAND, *options], capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Demo(unittest.TestCase):
    def test_61_representatives_from_27_member_states(self):
        status, out, errors = play()
        self.assertEqual(status, 0, errors)
        self.assertIn("61 representatives from 27 member states", out)
        self.assertIn("61 représentants de 27 États membres", out)
        self.assertIn("no participation figure for Marrakech", out)
        self.assertLess(out.index("SAMPLE DATA"), out.index("61 representatives"))
        self.assertIn(" 0 differ", out)
        self.assertIn("simulated", out)

    def test_without_one_more_only_delegate_26(self):
        status, out, errors = play("--without", ONLY_DELEGATE)
        self.assertEqual(status, 0, errors)
        self.assertIn("60 representatives from 26 member states", out)

    def test_a_wrong_counter_is_found(self):
        status, out, errors = play("--plant")
        self.assertNotEqual(status, 0)
        self.assertIn("not what the ledger says", errors)
        self.assertNotIn(" 0 differ", out)

    def test_stays_up_until_it_is_told_to_end(self):
        with tempfile.TemporaryDirectory() as folder:
            endpoint = "ipc://%s/endpoint" % folder
            process = subprocess.Popen([*COMMAND, "--stay", "--endpoint", endpoint], stdout=subprocess.PIPE)
            said = ""
            while "report unresolved" not in said:
                line = process.stdout.readline().decode()
                self.assertTrue(line, said)
                said += line
            clock = next(word.split("=")[1] for word in said.split() if word.startswith("HUDUR_CLOCK="))
            done = subprocess.run([BIN + "/hudur", "report", "statement", "-e", "oic-pesnet-4"], capture_output=True,
                                  check=False, env=dict(os.environ, HUDUR_ENDPOINT=endpoint, HUDUR_CLOCK=clock))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("61 representatives from 27 member states", done.stdout.decode())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(60), 0)
            process.stdout.close()


if __name__ == "__main__":
    unittest.main()
