"""The picture: every value at its place, and what is missing left out."""

import pathlib
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import draw  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
ENTRIES = [
    {"name": "durable_ratio", "value": 0.5, "unit": ""},
    {"name": "load", "points": [
        {"in_flight": n, "scans_per_s": 50 * n, "p50_ms": n / 10, "p99_ms": n / 4, "echo_per_s": 90 * n, "echo_p50_ms": n / 20}
        for n in (1, 32, 1024)]},
    {"name": "size", "points": [
        {"scans": n, "country_ms": 9, "attended_ms": n / 500, "as_of_s": n / 1e5 if n < 1e6 else None, "restart_s": n / 1e6,
         "scans_per_s": 40000} for n in (1000, 100000, 1000000)]},
    {"name": "processors", "value": 2, "unit": ""},
]


class Picture(unittest.TestCase):
    def setUp(self):
        self.svg = xml.etree.ElementTree.fromstring("\n".join(draw.picture(ENTRIES)))
        self.lines = [[tuple(map(float, place.split(","))) for place in found.get("points").split()]
                      for found in self.svg.iter(SVG + "polyline")]

    def test_each_curve_is_a_line_inside_its_panel(self):
        self.assertEqual(len(self.lines), 10)
        for places in self.lines:
            for x, y in places:
                self.assertTrue(any(left <= x <= left + draw.PANEL_WIDTH for left in draw.COLUMNS), x)
                self.assertTrue(any(top <= y - 10 <= top + draw.PANEL_HEIGHT for top in draw.ROWS), y)

    def test_scales_are_logarithmic(self):
        (x1, y1), (x2, y2), (x3, y3) = self.lines[0]
        self.assertAlmostEqual(x2 - x1, x3 - x2, delta=0.2)
        self.assertAlmostEqual(y1 - y2, y2 - y3, delta=0.2)

    def test_a_value_that_is_missing_is_no_point(self):
        self.assertEqual(sorted(map(len, self.lines)), [2] + [3] * 9)

    def test_axes_say_what_they_are(self):
        words = [found.text for found in self.svg.iter(SVG + "text")]
        for wanted in ("requests on the way at once", "milliseconds", "seconds", "1k", "100k", "1M", "scans a second"):
            self.assertIn(wanted, words)

    def test_both_themes_have_their_colours(self):
        style = self.svg.find(SVG + "style").text
        self.assertIn("prefers-color-scheme: dark", style)
        light, dark = style.split("@media", 1)
        for name in ("--paper", "--ink", "--soft", "--grid", "--a", "--b", "--c", "--d"):
            self.assertIn(name + ":", light)
            self.assertIn(name + ":", dark)


if __name__ == "__main__":
    unittest.main()
