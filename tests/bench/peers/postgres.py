"""PostgreSQL: a cluster of its own, and pgbench beside it."""

import os
import pathlib
import re
import signal

from tests.bench.peers.server import Failed, Server, program, run

HERE = pathlib.Path(__file__).resolve().parent
BIN = "usr/lib/postgresql/*/bin"
READY = "database system is ready to accept connections"
CONNECTIONS, THREADS, PIPELINE = 64, 2, 16
PEOPLE, OPENS = 25600, 1709200800000  # as many people as scans.c has; any instant
PATH_MAX = 107 - len("/.s.PGSQL.5432")  # unix(7)
DELAYS = (0, 50, 200, 1000)  # microseconds that a commit may wait for others


class Postgres:
    """Open it with `with`."""

    def __init__(self, folder, servant):
        if len(str(folder)) > PATH_MAX:
            raise Failed("%s is too long for a unix socket; build in a folder with a shorter name" % folder)
        self.folder = servant.folder(folder)
        self.words = servant.words(self.folder, "--pdeathsig", "QUIT")
        self.server, self.delay, self.number, self.stored = None, 0, 0, 0
        self.environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PGHOST": self.folder, "PGUSER": "bench"}

    def __enter__(self):
        run([*self.words, program("initdb", BIN), "--auth=trust", "--username=bench", "--locale=C", "--encoding=UTF8",
             "--pgdata", self.folder], env=self.environment, cwd="/")
        with open(os.path.join(self.folder, "postgresql.conf"), "a", encoding="utf-8") as settings:
            settings.write((HERE / "postgresql.conf").read_text(encoding="utf-8"))
        self.server = Server("PostgreSQL", [*self.words, program("postgres", BIN), "-D", self.folder],
                             env=self.environment, cwd="/")
        try:
            self.server.says(READY)
            run([program("pg_isready", BIN)], env=self.environment)
        except BaseException:
            self.server.stop(signal.SIGQUIT)
            raise
        return self

    def __exit__(self, *failure):
        self.server.stop(signal.SIGQUIT if failure[0] else signal.SIGINT)

    def psql(self, script, database="postgres", **variables):
        """Runs a script, a path or text, up to its first error; what it printed, unaligned."""
        given = [word for name, value in variables.items() for word in ("-v", "%s=%s" % (name, value))]
        what = ["-f", script] if isinstance(script, pathlib.Path) else ["-c", script]
        return run([program("psql", BIN), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, *given, *what],
                   env=self.environment)

    def version(self):
        return self.psql("SHOW server_version").split()[0]

    def prepare(self):
        """The function and its crowd; checked, then warmed up with each commit_delay in turns; the best stays."""
        self.psql(HERE / "scan.sql")
        self.psql(HERE / "crowd.sql", people=PEOPLE, opens=OPENS)
        self.psql(HERE / "scan_check.sql")
        self.psql("VACUUM ANALYZE")
        rates = dict.fromkeys(DELAYS, 0)
        for self.delay in DELAYS * 2:
            rates[self.delay] = max(rates[self.delay], self.scans(2))
        self.delay = max(rates, key=rates.get)
        self.psql("CHECKPOINT")
        return rates

    def scans(self, seconds):
        """Scans a second, each a transaction."""
        return self._pgbench(HERE / "scan.pgbench", seconds, 1)

    def pipelined(self, seconds):
        """The same, 16 sent at once, which PostgreSQL makes one transaction."""
        path = pathlib.Path(self.folder, "pipelined.pgbench")
        text = (HERE / "scan.pgbench").read_text(encoding="utf-8")
        path.write_text("\\startpipeline\n%s\\endpipeline\n" % (text * PIPELINE), encoding="utf-8")
        return self._pgbench(path, seconds, PIPELINE)

    def _pgbench(self, script, seconds, scans):
        self.number += 100000000  # above all that any client has used
        told = run([program("pgbench", BIN), "-n", "-M", "prepared", "-c", CONNECTIONS, "-j", THREADS, "-T", seconds,
                    "-D", "n=%d" % self.number, "-D", "each=%d" % (PEOPLE // CONNECTIONS), "-D", "opens=%d" % OPENS,
                    "-f", script, "postgres"],
                   env={**self.environment, "PGOPTIONS": "-c commit_delay=%d" % self.delay})
        transactions, rate = read_pgbench(told)
        self.stored += transactions * scans
        return rate * scans

    def check(self):
        """Everything that was answered is in the ledger, and was let in."""
        stored = self.psql("SELECT count(*) FILTER (WHERE reason IS NULL), count(*) FROM ledger").strip()
        if stored != "%d|%d" % (self.stored, self.stored):
            raise Failed("PostgreSQL answered %d scans and holds (let in|all) %s" % (self.stored, stored))


def read_pgbench(told):
    """Transactions, and how many a second, as pgbench prints them; none of them may have failed."""
    done, failed, rate = (re.search("^%s([\\d.]+)" % start, told, re.M) for start in (
        "number of transactions actually processed: ", "number of failed transactions: ", "tps = "))
    if not (done and failed and rate) or int(failed.group(1)):
        raise Failed("pgbench does not tell of a run without failures:\n" + told)
    return int(done.group(1)), float(rate.group(1))
