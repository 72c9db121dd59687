"""A guard against decay: a scan may not come to cost a tenth more instructions than was recorded."""

import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import instructions  # noqa: E402

BUILD = os.environ.get("HUDUR_BUILD", "build")
RECORD = pathlib.Path(__file__).with_name("instructions.txt")
MORE, LESS = 1.10, 0.95


def recorded():
    """Its last line: the figure, the compiler's and SQLite's version that it was counted with."""
    figure, compiler, sqlite = RECORD.read_text(encoding="utf-8").splitlines()[-1].split()
    return float(figure), compiler, sqlite


class Cost(unittest.TestCase):
    def test_a_scan_costs_no_more_instructions_than_recorded(self):
        figure, compiler, sqlite = recorded()
        try:
            found, said = instructions.count(BUILD)
        except instructions.Unable as e:
            self.skipTest(str(e))
        if (said["compiler"], said["sqlite"]) != (compiler, sqlite):
            self.skipTest("recorded with compiler %s and SQLite %s; here they are %s and %s"
                          % (compiler, sqlite, said["compiler"], said["sqlite"]))
        now = instructions.per_scan(found, said)
        print("%.0f instructions a scan, %.0f recorded" % (now, figure), end=" ")
        self.assertLess(now, figure * MORE,
                        "a scan costs more than it did: see `%s --parts` for where" % os.path.relpath(instructions.__file__))
        if now < figure * LESS:
            print("\nnote: a scan has become cheaper: lower the recorded figure in %s to %.0f" % (os.path.relpath(RECORD), now))


class Counting(unittest.TestCase):
    """Of callgrind's format."""

    def test_what_a_function_calls_is_not_its_own(self):
        lines = ["ob=(1) /x/bench", "fl=(1) a.c", "fn=(1) outer", "3 10", "+1 5", "cob=(2) /lib/libsqlite3.so.0",
                 "cfi=(2) b.c", "cfn=(2) inner", "calls=2 7", "+1 900", "* 1", "", "ob=(2)", "fl=(2)", "fn=(2)", "7 400", "fe=(1)",
                 "-2 50", "", "ob=(3) /lib/libc.so.6", "fn=(3) memcpy", "1 7"]
        found = instructions.costs(lines)
        self.assertEqual(found[("/x/bench", "a.c")], 16)
        self.assertEqual(found[("/lib/libsqlite3.so.0", "b.c")], 400)
        self.assertEqual(found[("/lib/libsqlite3.so.0", "a.c")], 50)
        self.assertEqual(instructions.per_scan(found, {"scans": 2}), 233)


if __name__ == "__main__":
    unittest.main()
