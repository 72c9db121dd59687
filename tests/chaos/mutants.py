#!/usr/bin/python3
"""
Builds the programs with one defect each and runs the tests that must notice it. Fails unless each is caught by each test
that the table names, and names them; also when a test fails without any defect, or when the table fits the text no more.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from defects import DEFECTS  # noqa: E402

ROOT = HERE.parents[1]
SOURCES = (".ci", "Makefile", "broker", "clients", "schema", "tests", "workers")
BUILT = ("gen", "lib", "obj", "packages", "packages.mk")
CYCLES, SEED, ROUNDS = 300, 1, 200
PATIENCE = 600


class Rotten(Exception):
    """The table, or the tree it is about, is not what it should be; the text is for a person."""


def text_with(defect, root):
    """{file: its text with the defect in it}."""
    texts = {}
    for name, old, new in defect.edits:
        text = texts.get(name) or (root / name).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise Rotten("%s: the text to change stands in %s %d times, not once:\n%s" % (
                defect.name, name, text.count(old), old))
        texts[name] = text.replace(old, new)
    return texts


def make(folder, *words):
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "--no-print-directory", "-C", str(folder), *words], env=environment, capture_output=True, text=True,
                          timeout=PATIENCE)
    return done.returncode, done.stdout + done.stderr


def build(defect, into):
    """A tree of its own, with what is built already; only what the defect touches is compiled again."""
    folder = into / re.sub(r"\W+", "-", defect.name)
    shutil.rmtree(folder, ignore_errors=True)
    for name in SOURCES:
        copy(ROOT / name, folder / name)
    for name in BUILT:
        copy(ROOT / "build" / name, folder / "build" / name)
    for name, text in text_with(defect, ROOT).items():
        (folder / name).write_text(text, encoding="utf-8")
    status, output = make(folder, "all")
    if status:
        raise Rotten("%s: it does not build any more:\n%s" % (defect.name, output))
    return folder


def copy(source, target):
    """With the times, by which make judges."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


# ---- what a test says: None when it passed, else what it noticed ----
def ask_test(folder, test):
    status, output = make(folder, "tested", "T=" + test[0])
    if status:
        raise Rotten("%s does not build:\n%s" % (test[0], output))
    status, output = make(folder, "test", "T=" + test[0], "CASE=" + test[1])
    counts = re.search(r"^(\d+) passed, (\d+) failed$", output, re.M)
    if not counts or counts.groups() == ("0", "0"):
        raise Rotten("%s %s did not run:\n%s" % (*test, output))
    return "%s %s" % test if int(counts.group(2)) else None


def last_of(output):
    """What it all came to. A program that could not run has no such line, and catches nothing."""
    for line in reversed(output.splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    raise Rotten("no summary in:\n" + output)


def first_problem(output):
    for line in output.splitlines():
        if re.match(r"\w[\w ]*: ", line) and not line.startswith(("chaos: ", "make: ")):
            return line
    return "it stopped"


def ask_chaos(folder, cycles):
    status, output = make(folder, "chaos", "CYCLES=%d" % cycles, "SEED=%d" % SEED)
    last = last_of(output)
    kept = re.search(r"kept in (\S+);", output)
    if kept:
        shutil.rmtree(kept.group(1), ignore_errors=True)
    if not status:
        return None
    return "in cycle %d: %s" % (last["cycles"], first_problem(output))


def ask_powerloss(folder):
    status, output = make(folder, "powerloss", "ROUNDS=%d" % ROUNDS)
    last = last_of(output)
    return "in %d rounds: %s" % (last["rounds"], first_problem(output)) if status else None


def has_powerloss():
    return re.search(r"^powerloss:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M) is not None


# ---- all of them ----
def tests_of(defect):
    """(name, what runs it) of all that must notice."""
    yield "make test", lambda folder: ask_test(folder, defect.test)
    if defect.chaos:
        yield "make chaos", lambda folder: ask_chaos(folder, CYCLES)
    if defect.powerloss and has_powerloss():
        yield "make powerloss", ask_powerloss


def try_one(defect, into):
    """How many tests did not notice."""
    folder = build(defect, into)
    print(defect.name, flush=True)
    missed = 0
    for name, ask in tests_of(defect):
        noticed = ask(folder)
        missed += noticed is None
        print("  %-15s %s" % (name, "caught: " + noticed if noticed else "NOT CAUGHT"), flush=True)
    if not defect.chaos:
        print("  %-15s cannot show it: a kill loses nothing that the kernel was given, and fails no write" % "make chaos")
    if defect.powerloss and not has_powerloss():
        print("  %-15s there is none in this tree" % "make powerloss")
    shutil.rmtree(folder)
    return missed


def check_sound(defects):
    """Without a defect everything must pass: else a broken test would seem to catch all."""
    for test in sorted({defect.test for defect in defects}):
        if ask_test(ROOT, test):
            raise Rotten("%s %s fails without any defect" % test)
    if any(defect.chaos for defect in defects) and ask_chaos(ROOT, 30):
        raise Rotten("chaos fails without any defect")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="only those whose name holds this")
    options = parser.parse_args()
    defects = [defect for defect in DEFECTS if options.only in defect.name]
    try:
        check_sound(defects)
        missed = sum(try_one(defect, ROOT / "build" / "mutants") for defect in defects)
    except (Rotten, subprocess.TimeoutExpired) as rotten:
        print("chaos-mutants: %s" % rotten)
        return 1
    print("%d defects, %s" % (len(defects), "%d tests did not notice" % missed if missed else "each caught"))
    return 1 if missed or not defects else 0


if __name__ == "__main__":
    sys.exit(main())
