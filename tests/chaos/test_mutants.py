"""The table of defects fits the text as it stands, so that it cannot rot until somebody builds the mutants."""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import mutants  # noqa: E402
from defects import DEFECTS, Defect  # noqa: E402


class Table(unittest.TestCase):
    def test_every_defect_changes_a_text_that_stands_there_once(self):
        for defect in DEFECTS:
            with self.subTest(defect.name):
                for name, text in mutants.text_with(defect, mutants.ROOT).items():
                    self.assertNotEqual(text, (mutants.ROOT / name).read_text(encoding="utf-8"))

    def test_every_test_that_must_notice_is_there(self):
        for defect in DEFECTS:
            folder, name = defect.test[0].split("/")
            text = (mutants.ROOT / "tests" / folder / ("test_%s.c" % name)).read_text(encoding="utf-8")
            self.assertIn(defect.test[1], text)

    def test_a_text_that_is_not_there_or_twice_is_told(self):
        for old in ("no such text anywhere", "struct"):
            with self.assertRaises(mutants.Rotten):
                mutants.text_with(Defect("wrong", [("workers/batch.c", old, "")], None), mutants.ROOT)


if __name__ == "__main__":
    unittest.main()
