"""The test runner believes no test that crashed, hung, left its processes behind or ran nothing."""

import importlib.machinery
import importlib.util
import os
import pathlib
import tempfile
import time
import unittest

PATH = pathlib.Path(__file__).resolve().parent.parent / "run"
LOADER = importlib.machinery.SourceFileLoader("runner", str(PATH))
runner = importlib.util.module_from_spec(importlib.util.spec_from_loader("runner", LOADER))
LOADER.exec_module(runner)

GOOD = "[==========] Running 2 test(s).\n[ RUN      ] a\n[       OK ] a\n[ RUN      ] b\n[       OK ] b\n" \
       "[==========] 2 test(s) run.\n[  PASSED  ] 2 test(s).\n"
BAD = "[==========] Running 2 test(s).\n[ RUN      ] a\n[       OK ] a\n[ RUN      ] b\n[  FAILED  ] b\n" \
      "[==========] 2 test(s) run.\n[  PASSED  ] 1 test(s).\n[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] b\n"


class Runner(unittest.TestCase):
    def run_script(self, body):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "test_script")
            path.write_text("#!/bin/sh\n" + body, encoding="utf-8")
            path.chmod(0o700)
            _, passed, failed, _, _, _ = runner.run(str(path), "")
            return passed, failed

    def test_counts_cmocka(self):
        self.assertEqual(runner.count_cmocka(GOOD), (2, [], 0))
        self.assertEqual(runner.count_cmocka(BAD), (1, ["b"], 0))

    def test_counts_unittest(self):
        self.assertEqual(runner.count_unittest("Ran 3 tests in 0.1s\n\nOK\n"), (3, [], 0))
        self.assertEqual(runner.count_unittest("FAIL: test_x (a.B)\nRan 3 tests in 0.1s\n\nFAILED (failures=1)\n"),
                         (2, ["test_x"], 0))

    def test_a_skip_is_no_pass(self):
        said = "test_x (a.B) ... skipped 'did not run: no room'\nRan 3 tests in 0.1s\n\nOK (skipped=3)\n"
        self.assertEqual(runner.count_unittest(said), (0, [], 3))
        self.assertEqual(runner.reasons(said), ["did not run: no room"])
        self.assertEqual(runner.count_cmocka(GOOD.replace("[       OK ] b", "[  SKIPPED ] b")), (1, [], 1))

    def test_what_a_passing_test_notes_is_heard(self):
        self.assertEqual(runner.notes("test_x (a.B) ... 7 counted\nnote: lower it to 7\nok\n"), ["lower it to 7"])

    def test_a_case_that_never_ended_is_a_failure(self):
        self.assertEqual(len(runner.count_cmocka(GOOD.split("[ RUN      ] b")[0])[1]), 1)

    def test_a_crash_after_all_cases_is_a_failure(self):
        passed, failed = self.run_script("cat <<'END'\n%sEND\nkill -SEGV $$\n" % GOOD)
        self.assertEqual((passed, len(failed)), (2, 1))

    def test_running_nothing_is_a_failure(self):
        self.assertEqual(self.run_script("exit 0\n"), (0, ["(no case ran)"]))

    def test_a_sanitizers_report_is_a_failure(self):
        _, failed = self.run_script("cat <<'END'\n%sEND\necho leak >$TMPDIR/sanitizer.1\n" % GOOD)
        self.assertEqual(failed, ["(1 reports of a sanitizer)"])

    def test_what_hangs_is_killed_with_its_children(self):
        limit, runner.TIMEOUT = runner.TIMEOUT, 1
        try:
            with tempfile.NamedTemporaryFile("r") as note:
                _, failed = self.run_script("sleep 600 &\necho $! >%s\nwait\n" % note.name)
                child = int(note.read())
        finally:
            runner.TIMEOUT = limit
        self.assertEqual(failed, ["(no end within 1 s)"])
        deadline = time.monotonic() + 5
        while alive(child) and time.monotonic() < deadline:
            pass
        self.assertFalse(alive(child))


def alive(process):
    """A zombie that waits for init to take it is dead."""
    try:
        os.kill(process, 0)
        return pathlib.Path("/proc/%d/stat" % process).read_text(encoding="ascii").rsplit(")")[-1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


if __name__ == "__main__":
    unittest.main()
