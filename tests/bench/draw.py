#!/usr/bin/python3
"""Draws the curves of build/bench.json: rate and latency against load, cost and rate against a meeting's size."""

import json
import math
import sys
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 960, 740
PANEL_WIDTH, PANEL_HEIGHT = 352, 220
COLUMNS, ROWS = (84, 560), (88, 450)

STYLE = """
svg { --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #d9dee3; --a: #0969da; --b: #bc4c00; --c: #1a7f37; --d: #8250df; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --grid: #30363d; --a: #58a6ff; --b: #f0883e; --c: #3fb950; --d: #bc8cff; }
}
.paper { fill: var(--paper); }
text { fill: var(--ink); font: 12px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
.title { font-size: 14px; font-weight: 600; }
.head { font-size: 18px; font-weight: 600; }
.soft { fill: var(--soft); }
.grid { stroke: var(--grid); stroke-width: 1; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.dash { stroke-dasharray: 5 4; }
.a { stroke: var(--a); } .b { stroke: var(--b); } .c { stroke: var(--c); } .d { stroke: var(--d); }
.dot { fill: var(--paper); stroke-width: 2; }
"""


class Logarithmic:
    """Between 1, 2 or 5 times a power of ten, or, with `at`, between and at the values themselves."""

    def __init__(self, values, at=False):
        nice = [digit * 10.0 ** power for power in range(-6, 10) for digit in (1, 2, 5)]
        self.low = min(values) if at else max(each for each in nice if each <= min(values) * 1.0001)
        self.high = max(values) if at else min(each for each in nice if each >= max(values) * 0.9999 and each > self.low)
        inside = [each for each in nice if self.low <= each <= self.high]
        decades = [each for each in inside if ("%e" % each).startswith("1")]
        self.marks = sorted(set(values)) if at else (
            sorted({self.low, self.high, *decades}) if len(decades) > 2 else inside)

    def place(self, value):
        return math.log(value / self.low) / math.log(self.high / self.low)

    def ticks(self):
        return self.marks


class Linear:
    """From nothing to a round number above the values."""

    def __init__(self, values):
        step = 10.0 ** math.floor(math.log10(max(values)))
        while max(values) / step < 4:
            step /= 2
        self.step, self.count = step, math.ceil(max(values) / step - 1e-9)

    def place(self, value):
        return value / (self.step * self.count)

    def ticks(self):
        return [self.step * i for i in range(self.count + 1)]


def short(value):
    """1000 is 1k, and so on."""
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= size and value % (size / 10) == 0:
            return "%g%s" % (value / size, unit)
    return "%g" % value


def text(x, y, words, kind="", anchor="start", more=""):
    return '<text x="%g" y="%g" class="%s" text-anchor="%s"%s>%s</text>' % (x, y, kind, anchor, more, escape(words))


def axes(left, top, across, up, across_name, up_name):
    for value in up.ticks():
        y = top + PANEL_HEIGHT * (1 - up.place(value))
        yield '<line class="grid" x1="%g" y1="%g" x2="%g" y2="%g"/>' % (left, y, left + PANEL_WIDTH, y)
        yield text(left - 8, y + 4, short(value), "soft", "end")
    for value in across.ticks():
        x = left + PANEL_WIDTH * across.place(value)
        yield '<line class="grid" x1="%g" y1="%g" x2="%g" y2="%g"/>' % (x, top, x, top + PANEL_HEIGHT)
        yield text(x, top + PANEL_HEIGHT + 17, short(value), "soft", "middle")
    yield text(left + PANEL_WIDTH / 2, top + PANEL_HEIGHT + 36, across_name, "soft", "middle")
    x, y = left - 56, top + PANEL_HEIGHT / 2
    yield text(x, y, up_name, "soft", "middle", ' transform="rotate(-90 %g %g)"' % (x, y))


def line(places, kind):
    yield '<polyline class="line %s" points="%s"/>' % (kind, " ".join("%.1f,%.1f" % place for place in places))
    if "dash" not in kind:
        for place in places:
            yield '<circle class="dot %s" cx="%.1f" cy="%.1f" r="3.2"/>' % (kind, *place)


def legend(left, top, lines):
    x = left
    for name, _, kind in lines:
        yield '<line class="line %s" x1="%g" y1="%g" x2="%g" y2="%g"/>' % (kind, x, top - 14, x + 18, top - 14)
        yield text(x + 23, top - 10, name, "soft")
        x += 23 + 6.6 * len(name) + 16


def panel(left, top, title, points, across, up, lines):
    """`across` and `up`: (key or scale, name); `lines`: (name, key, kind of line)."""
    key, across_name = across
    scale, up_name = up
    lines = [each for each in lines if any(point.get(each[1]) for point in points)]
    x_scale = Logarithmic([point[key] for point in points], at=True)
    y_scale = scale([point[each[1]] for each in lines for point in points if point.get(each[1])])
    yield text(left, top - 34, title, "title")
    yield from legend(left, top, lines)
    yield from axes(left, top, x_scale, y_scale, across_name, up_name)
    for _, value, kind in lines:
        yield from line([(left + PANEL_WIDTH * x_scale.place(point[key]),
                          top + PANEL_HEIGHT * (1 - y_scale.place(point[value])))
                         for point in points if point.get(value)], kind)


def picture(entries):
    """The SVG for what bench.json holds."""
    found = {entry["name"]: entry for entry in entries}
    load, size = found["load"]["points"], [dict(point) for point in found["size"]["points"]]
    for point in size:
        for name in ("country", "attended"):
            point[name + "_s"] = point[name + "_ms"] / 1000
    in_flight, scans = ("in_flight", "requests on the way at once"), ("scans", "scans in the meeting of 100,000 people")
    yield ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" '
           'aria-label="Rate and latency against load; cost and rate against size">' % (WIDTH, HEIGHT, WIDTH, HEIGHT))
    yield "<style>%s</style>" % STYLE
    yield '<rect class="paper" width="%d" height="%d" rx="8"/>' % (WIDTH, HEIGHT)
    yield text(COLUMNS[0], 34, "Durable scans on %d processors" % found["processors"]["value"], "head")
    yield from panel(COLUMNS[0], ROWS[0] + 10, "Rate against load", load, in_flight, (Logarithmic, "a second"),
                     [("durable scans", "scans_per_s", "a"), ("bare echo", "echo_per_s", "b dash")])
    yield from panel(COLUMNS[1], ROWS[0] + 10, "Latency against load", load, in_flight, (Logarithmic, "milliseconds"),
                     [("scan, median", "p50_ms", "a"), ("99 of 100", "p99_ms", "c"), ("echo, median", "echo_p50_ms", "b dash")])
    yield from panel(COLUMNS[0], ROWS[1] + 10, "Cost against size", size, scans, (Logarithmic, "seconds"),
                     [("country", "country_s", "a"), ("attended", "attended_s", "c"), ("as of the past", "as_of_s", "d"),
                      ("restart", "restart_s", "b")])
    yield from panel(COLUMNS[1], ROWS[1] + 10, "Rate against size", size, scans, (Linear, "scans a second"),
                     [("durable scans, 64 connections × 16", "scans_per_s", "a")])
    yield "</svg>"


def main():
    if len(sys.argv) != 3:
        print("usage: draw.py BENCH.json OUT.svg", file=sys.stderr)
        return 2
    try:
        with open(sys.argv[1], encoding="utf-8") as file:
            entries = json.load(file)
    except OSError as e:
        print("%s cannot be read: %s. `make bench` writes it." % (sys.argv[1], e.strerror), file=sys.stderr)
        return 1
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write("\n".join(picture(entries)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
