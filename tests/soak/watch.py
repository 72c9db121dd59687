"""Resident memory and open files of processes over time, and whether they grow: a leak must not hide in the noise."""

import os
import statistics

# A process that keeps half a KiB more for every hundred requests leaks. What the worker does keep of a ledger entry, its
# id and a passage, comes to less than half of that under the load that soak.py makes.
KIB_PER_HUNDRED = 0.5
# Less than this in all is a table that has grown by half once.
KIB_IN_ALL = 64
# What fills once, such as a reader's cache of the event's file, comes to no more.
KIB_ONCE = 4096
# A file more at the end of the half than at its beginning, by the line through all samples.
FILES = 1.0
SETTLED = 0.5  # the first part of the run, which is not judged: caches fill, tables double
PEAKS = 15     # parts of the rest, of each of which the most counts: what comes and goes with a question is no slope
STRETCH = 3    # peaks over which a slope is taken, of which the middle one counts: a leak grows in each, a cache fills once


def resident_kib(pid):
    """Exact, unlike /proc/PID/status, which is behind by up to 64 pages a processor."""
    with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as rollup:
        return next(int(line.split()[1]) for line in rollup if line.startswith("Rss:"))


def open_files(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def slope(points):
    """Of the line through (x, y) by least squares; 0 when all x are one."""
    count = len(points)
    if count < 2:
        return 0.0
    x_mean = sum(x for x, _ in points) / count
    y_mean = sum(y for _, y in points) / count
    spread = sum((x - x_mean) ** 2 for x, _ in points)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / spread if spread else 0.0


class Watched:
    """One process: samples of (seconds, its requests so far, resident KiB, open files)."""

    def __init__(self, name, pid, requests):
        self.name, self.pid, self.requests = name, pid, requests
        self.samples = []

    def sample(self, seconds):
        self.samples.append((seconds, self.requests(), resident_kib(self.pid), open_files(self.pid)))
        return self.samples[-1]

    def judged(self):
        end = self.samples[-1][0]
        return [sample for sample in self.samples if sample[0] >= end * SETTLED]

    def peaks(self):
        """(requests, resident KiB) where it was largest, in each part."""
        judged = self.judged()
        size = max(1, len(judged) // PEAKS)
        return [max(((requests, kib) for _, requests, kib, _ in judged[n:n + size]), key=lambda point: point[1])
                for n in range(0, len(judged), size)]

    def slope(self):
        """KiB for each request."""
        peaks = self.peaks()
        stretches = [peaks[n:n + STRETCH + 1] for n in range(max(1, len(peaks) - STRETCH))]
        return statistics.median(slope(stretch) for stretch in stretches)

    def verdict(self):
        """(KiB per hundred requests, files over the judged part, whether that is no slope)."""
        judged = self.judged()
        kib = 100 * self.slope()
        files = slope([(seconds, count) for seconds, _, _, count in judged]) * (judged[-1][0] - judged[0][0])
        in_all = kib * (judged[-1][1] - judged[0][1]) / 100
        peaks = [kib_then for _, kib_then in self.peaks()]
        level = (kib < KIB_PER_HUNDRED or in_all < KIB_IN_ALL) and peaks[-1] - peaks[0] < KIB_ONCE
        return kib, files, level and files < FILES

    def line(self):
        kib, files, level = self.verdict()
        return "%-16s %+8.3f KiB per 100 requests (%d of them), %+6.2f files: %s" % (
            self.name, kib, self.judged()[-1][1] - self.judged()[0][1], files, "level" if level else "IT GROWS")
