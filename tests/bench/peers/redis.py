"""Redis: a server of its own, and redis-benchmark beside it."""

import csv
import os
import pathlib
import shutil

from tests.bench.peers.server import Failed, Server, program, run

HERE = pathlib.Path(__file__).resolve().parent
READY = "ready to accept connections"
CONNECTIONS, PIPELINED, ENTRIES = 64, 16, 204800  # as many as scans.c sends in a turn


class Redis:
    """Open it with `with`. An entry carries as many bytes as a scan's map has."""

    def __init__(self, folder, servant, size):
        self.folder, self.size, self.stored = servant.folder(folder), size, 0
        self.words = servant.words(self.folder, "--pdeathsig", "TERM")
        self.socket, self.server = os.path.join(self.folder, "redis.sock"), None

    def __enter__(self):
        settings = shutil.copy(HERE / "redis.conf", self.folder)
        self.server = Server("Redis", [*self.words, program("redis-server"), settings, "--dir", self.folder,
                                       "--unixsocket", self.socket], cwd="/")
        try:
            self.server.says(READY)
            if self.ask("PING") != "PONG":
                raise Failed("Redis does not answer PING")
        except BaseException:
            self.server.stop()
            raise
        return self

    def __exit__(self, *failure):
        self.server.stop()

    def ask(self, *words):
        return run([program("redis-cli"), "-s", self.socket, *words]).strip()

    def version(self):
        return self.server.says("Redis version=").split(",")[0]

    def entries(self):
        """Entries a second."""
        told = run([program("redis-benchmark"), "-s", self.socket, "-c", CONNECTIONS, "-P", PIPELINED, "-n", ENTRIES,
                    "--csv", "XADD", "scans", "*", "scan", "x" * self.size])
        self.stored += ENTRIES
        return read_benchmark(told)

    def check(self):
        """Everything that was answered is in the stream."""
        stored = int(self.ask("XLEN", "scans"))
        if stored != self.stored:
            raise Failed("Redis answered %d entries and holds %d" % (self.stored, stored))


def read_benchmark(told):
    """How many a second, as `redis-benchmark --csv` prints it."""
    rows = list(csv.DictReader(told.splitlines()))
    if len(rows) != 1 or not float(rows[0].get("rps") or 0):
        raise Failed("redis-benchmark does not tell a rate:\n" + told)
    return float(rows[0]["rps"])
