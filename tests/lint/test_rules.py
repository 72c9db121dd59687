"""Each rule of rules.py finds what it is there for, and the tree breaks none."""

import pathlib
import subprocess
import tempfile
import unittest

from tests.lint import rules

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Rules(unittest.TestCase):
    def found(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
            return list(rules.breaches(folder))

    def test_the_tree_breaks_no_rule(self):
        self.assertEqual(list(rules.breaches(ROOT)), [])

    def test_programs_never_include_each_other(self):
        self.assertTrue(self.found("broker/core.c", '#include "workers/store.h"\n'))
        self.assertTrue(self.found("clients/lib/a.c", '#include "broker/core.h"\n'))
        self.assertTrue(self.found("schema/a.c", '#include "workers/store.h"\n'))
        self.assertFalse(self.found("broker/core.c", '#include "schema/mdp.h"\n#include "broker/core.h"\n'))

    def test_libraries_stay_in_their_files(self):
        for header in ("zmq.h", "sqlite3.h", "msgpack.h"):
            self.assertTrue(self.found("workers/people.c", "#include <%s>\n" % header))
        self.assertFalse(self.found("schema/wire.c", "#include <zmq.h>\n"))

    def test_what_may_include_a_library_does(self):
        for header, files in rules.ONLY_IN.items():
            for name in files:
                included = [target for _, target in rules.includes((ROOT / name).read_text(encoding="utf-8"))]
                self.assertIn(header, included, name)

    def test_banned_functions(self):
        self.assertTrue(self.found("schema/a.c", "int f(char *a) { return atoi(a); }\n"))
        self.assertFalse(self.found("schema/a.c", '/* atoi(a) */ const char *f = "atoi(a)";\n'))
        self.assertFalse(self.found("schema/a.c", "gmtime_r(&t, &tm);\n"))

    def test_banned_functions_do_not_compile(self):
        def compiles(call):
            program = "#include <unistd.h>\nvoid f(char *a); void f(char *a) { (void)a; %s; }\n" % call
            return subprocess.run(["gcc", "-std=c11", "-D_GNU_SOURCE", "-include", ROOT / "schema" / "banned.h", "-Werror",
                                   "-fsyntax-only", "-x", "c", "-"], input=program.encode(), cwd=ROOT,
                                  capture_output=True, check=False).returncode == 0
        self.assertTrue(compiles("(void)snprintf(a, 2, \"x\")"))
        for call in ("strcpy(a, a)", "strcat(a, a)", "sprintf(a, a)", "strtok(a, a)", "gmtime(0)", "localtime(0)",
                     "ctime(0)", "atoi(a)", "atof(a)", "alloca(1)", "rand()", "system(a)", "popen(a, a)"):
            self.assertFalse(compiles(call), call)

    def test_sizes(self):
        self.assertTrue(self.found("schema/a.c", "int a;\n" * 601))
        self.assertFalse(self.found("schema/a.c", "int a;\n" * 600))


if __name__ == "__main__":
    unittest.main()
