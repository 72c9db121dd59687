"""`make bench-peers`: our durable scans beside PostgreSQL's and Redis', in turns, and our SQL read by PostgreSQL."""

import argparse
import contextlib
import pathlib
import shutil
import signal
import sys
import tempfile

from tests.bench.peers import queries
from tests.bench.peers.ours import Ours
from tests.bench.peers.postgres import Postgres
from tests.bench.peers.redis import Redis
from tests.bench.peers.rows import Rows
from tests.bench.peers.server import Failed, Servant

TURNS, SECONDS = 3, 4
VS_POSTGRES_REACH = 5


def end(number, _frame):
    """A signal unwinds, so that everything is stopped and removed; a second one does not hinder that."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def folder_in(build, stack):
    """A folder that is removed at the end; servers with another name pass through it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-peers.", dir=build))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o711)
    return folder


def check_queries(postgres):
    """Whether all is as it must be."""
    queries.make_tables(postgres)
    count, refused = queries.prepare_all(postgres)
    wrong = list(queries.judge(refused, queries.EXCEPTIONS))
    print("%d of %d shared queries are prepared by PostgreSQL" % (count - len(refused), count))
    for name in sorted(refused):
        print("  %s: %s" % (name, queries.EXCEPTIONS.get(name, refused[name])))
    for sentence in wrong:
        print("bench-peers: " + sentence, file=sys.stderr)
    return not wrong


def measure(ours, postgres, redis):
    """The best of three turns of each; the machine's speed drifts, so all take turns."""
    sides = {"durable": ours.scans, "postgres": lambda: postgres.scans(SECONDS),
             "pipelined": lambda: postgres.pipelined(SECONDS), "batched": ours.batches, "redis": redis.entries}
    rates = {name: [] for name in sides}
    for _ in range(TURNS):
        for name, side in sides.items():
            rates[name].append(side())
    postgres.check()
    redis.check()
    return {name: max(values) for name, values in rates.items()}


def tell(rows, best):
    rows.add("durable_scans_per_s", best["durable"], "1/s")
    rows.add("postgres_scans_per_s", best["postgres"], "1/s")
    rows.add("vs_postgres", best["durable"] / best["postgres"], reach=VS_POSTGRES_REACH)
    rows.add("postgres_pipelined_per_s", best["pipelined"], "1/s")
    rows.add("vs_postgres_pipelined", best["durable"] / best["pipelined"])
    rows.add("batched_scans_per_s", best["batched"], "1/s")
    rows.add("redis_entries_per_s", best["redis"], "1/s")
    rows.add("batch_vs_redis", best["batched"] / best["redis"])


def play(build):
    with contextlib.ExitStack() as stack:
        folder, servant = folder_in(build, stack), Servant()
        postgres = stack.enter_context(Postgres(folder / "postgres", servant))
        portable = check_queries(postgres)
        ours = stack.enter_context(Ours(folder / "ours", build))
        redis = stack.enter_context(Redis(folder / "redis", servant, ours.size))
        print("PostgreSQL %s, Redis %s, a scan of %d bytes" % (postgres.version(), redis.version(), ours.size))
        delays = postgres.prepare()
        print("commit_delay: %s; %d us is kept" % (
            ", ".join("%d us %.0f/s" % pair for pair in delays.items()), postgres.delay), flush=True)
        rows = Rows(build / "bench-peers.json")
        tell(rows, measure(ours, postgres, redis))
        rows.write()
    return portable


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--build", type=pathlib.Path, default="build", help="where the programs are")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        return 0 if play(words.parse_args().build.resolve()) else 1
    except Failed as failure:
        print("bench-peers: %s" % failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
