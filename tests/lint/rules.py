#!/usr/bin/python3
"""The house rules that a compiler cannot see: who may include what, banned names, sizes. Prints each breach."""

import pathlib
import re
import sys

PARTS = ("schema", "broker", "workers", "clients")
# The files that may touch a library: everybody else goes through them.
ONLY_IN = {
    "zmq.h": {"schema/wire.c", "broker/main.c", "workers/link.c", "clients/lib/dealer.c"},
    "sqlite3.h": {"workers/driver_sqlite.h", "clients/lib/spool.c", "clients/lib/spool_rejected.c", "schema/disk_full.c"},
    "workers/driver_sqlite.h": {"workers/driver_sqlite.c", "workers/driver_query.c", "workers/driver_rows.c", "workers/driver_watch.c",
                                "workers/driver_copy.c", "workers/driver_log.c"},
    "msgpack.h": {"schema/message.c", "schema/mdp.c"},
}
BANNED = re.compile(r"(?<![\w.>])(strcpy|strncpy|strcat|strncat|sprintf|vsprintf|gets|strtok|gmtime|localtime|asctime"
                    r"|ctime|atoi|atol|atof|atoll|stpcpy|stpncpy|mktemp|tmpnam|alloca|rand|srand|system|popen)\s*\(")
LINES = 600


def code_of(text):
    """The text with comments and strings blanked, lines kept."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
    return re.sub(pattern, lambda found: re.sub(r"[^\n]", " ", found.group()), text, flags=re.S)


def includes(text):
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r'\s*#\s*include\s+[<"]([^>"]+)[>"]', line)
        if found:
            yield number, found.group(1)


def file_breaches(name, text):
    part = name.split("/")[0]
    for number, included in includes(text):
        target = included.split("/")[0]
        if part in PARTS and target in PARTS and target not in (part, "schema"):
            yield number, "%s may include schema and itself, not %s" % (part, included)
        if part in PARTS and included in ONLY_IN and name not in ONLY_IN[included]:
            yield number, "%s belongs in %s alone" % (included, ", ".join(sorted(ONLY_IN[included])))
        if included.startswith("."):
            yield number, "write %s from the root" % included
    if name != "schema/banned.h":
        for number, line in enumerate(code_of(text).splitlines(), 1):
            for found in BANNED.finditer(line):
                yield number, "%s is banned, see schema/banned.h" % found.group(1)
    lines = text.splitlines()
    if len(lines) > LINES:
        yield len(lines), "over %d lines: split it by noun" % LINES


def breaches(root):
    root = pathlib.Path(root)
    for folder in PARTS + ("tests",):
        for path in sorted((root / folder).rglob("*.[ch]")):
            name = path.relative_to(root).as_posix()
            for number, sentence in file_breaches(name, path.read_text(encoding="utf-8")):
                yield "%s:%d: %s" % (name, number, sentence)


def main():
    found = list(breaches(sys.argv[1] if len(sys.argv) > 1 else "."))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
