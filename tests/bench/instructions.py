#!/usr/bin/python3
"""Instructions a scan: `bench cost`, whose input is the same each time, under callgrind. Counted is what this project's
code and SQLite's execute. The C library's memory functions differ by processor, libsodium's digests too, so neither is
in it."""

import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PATIENCE = 120
COUNTED = re.compile(r"/bench$|libsqlite3\.so")


class Unable(Exception):
    """It cannot be counted here, and why."""


def costs(lines):
    """Instructions by (object, source file), without those of what is called: callgrind's own format, see its manual."""
    names = {}
    found = collections.Counter()
    where = source = ""
    after_call = False

    def name(kind, text):
        number, _, rest = text.partition(" ")
        if rest:
            names[kind, number] = rest
        return names.get((kind, number), rest)

    for line in lines:
        key, _, text = line.rstrip("\n").partition("=")
        if key == "ob":
            where = name("ob", text)
        elif key in ("fl", "fi", "fe"):
            source = name("fl", text)
        elif key in ("cob", "cfl", "cfi"):
            name("ob" if key == "cob" else "fl", text)
        elif key == "calls":
            after_call = True
        elif line.startswith(("+", "-", "*")) or line[:1].isdigit():
            if not after_call:
                found[where, source] += int(line.split()[1])
            after_call = False
    return found


def count(build):
    """What was counted by (object, source file), and what the program said of itself."""
    valgrind = shutil.which("valgrind")
    if not valgrind:
        raise Unable("valgrind is not installed")
    with tempfile.TemporaryDirectory(prefix="hudur-callgrind-") as folder:
        out = pathlib.Path(folder, "out")
        done = subprocess.run([valgrind, "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=cost_scans",
                               "--callgrind-out-file=%s" % out, pathlib.Path(build, "tests/bench/bench"), "cost"],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode:
            raise Unable("callgrind failed: " + (done.stderr.splitlines() or ["without a word"])[-1])
        with out.open(encoding="utf-8", errors="replace") as lines:
            return costs(lines), json.loads(done.stdout.splitlines()[-1])


def per_scan(found, said):
    return sum(n for (where, _), n in found.items() if COUNTED.search(where)) / said["scans"]


def parts(found):
    """Where it goes, the most first: this project's by source file, others' by object."""
    sums = collections.Counter()
    for (where, source), n in found.items():
        own = where.endswith("/bench")
        sums[pathlib.Path(where).name, "/".join(pathlib.Path(source).parts[-2:]) if own else ""] += n
    return [(where, source, n) for (where, source), n in sums.most_common()]


def main():
    try:
        found, said = count(sys.argv[1] if len(sys.argv) > 1 else "build")
    except (Unable, subprocess.TimeoutExpired) as e:
        print(e)
        return 1
    print("%.0f" % per_scan(found, said))
    if "--parts" in sys.argv:
        for where, source, n in parts(found):
            print("%8.0f  %-22s %s" % (n / said["scans"], where, source))
    return 0


if __name__ == "__main__":
    sys.exit(main())
