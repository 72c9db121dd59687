"""Our own side: the real broker and worker, and scans.c beside them."""

import os
import pathlib
import subprocess

from tests.bench.peers.server import Failed, Server

ALONE = ["setpriv", "--pdeathsig", "TERM"]


class Ours:
    """Open it with `with`. `size`: bytes of a scan's map."""

    def __init__(self, folder, build):
        self.folder, self.build = str(folder), pathlib.Path(build)
        self.running, self.driver, self.size = [], None, 0
        os.mkdir(folder, 0o700)

    def __enter__(self):
        try:
            broker = self._start("hudur-broker", "--listen", "tcp://127.0.0.1:*", "--local-role", "administrator",
                                 "--workers", "ipc://%s/workers" % self.folder)
            endpoint = broker.says("listening ")
            self._start("hudur-worker", "--data", self.folder + "/data", "--name", "bench",
                        "--broker", "ipc://%s/workers" % self.folder).says("ready")
            self.driver = subprocess.Popen([self.build / "tests/bench/peers/scans", endpoint], text=True,
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.size = int(self._hear("ready"))
        except BaseException:
            self.__exit__(None)
            raise
        return self

    def _start(self, name, *arguments):
        self.running.append(Server(name, [*ALONE, self.build / "bin" / name, *arguments]))
        return self.running[-1]

    def __exit__(self, *failure):
        if self.driver:
            self.driver.kill() # it has nothing to lose
            self.driver.communicate()
        for server in reversed(self.running):
            server.stop()

    def _hear(self, wanted):
        word, _, rest = self.driver.stdout.readline().partition(" ")
        if word != wanted:
            raise Failed("our side was not measured; what scans.c said is above")
        return rest

    def _measure(self, what):
        self.driver.stdin.write(what + "\n")
        self.driver.stdin.flush()
        return float(self._hear("rate"))

    def scans(self):
        """Scans a second, each its own request; scans.c looks into every answer."""
        return self._measure("scans")

    def batches(self):
        """Scans a second, 64 to a request."""
        return self._measure("batches")
