"""Too few open files for what is there are told of in one sentence at start; enough of them are taken in silence."""

import contextlib
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ.get("HUDUR_BUILD", "build")).resolve() / "bin"
MANY = 4096


class Program:
    """Ready, with so many open files allowed; what it says on standard error is in `said` once it has ended."""

    def __init__(self, name, soft, hard, *arguments):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([BIN / name, *arguments], stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)))
        self.endpoints = dict(line.split() for line in iter(self.process.stdout.readline, "ready\n") if line)

    def limit(self):
        limits = pathlib.Path("/proc/%d/limits" % self.process.pid).read_text()
        return int(re.search(r"Max open files +(\d+)", limits).group(1))

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=20)
        self.errors.seek(0)
        self.said = [line for line in self.errors if "may be open" in line]
        self.errors.close()


@contextlib.contextmanager
def running(*arguments):
    program = Program(*arguments)
    try:
        yield program
    finally:
        program.end()


class Limits(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name)
        self.broker = ("--listen", "ipc://%s/c" % folder.name, "--workers", "ipc://%s/w" % folder.name, "--heartbeat", "100")

    def worker(self, soft, hard):
        with running("hudur-broker", MANY, MANY, *self.broker) as broker:
            with running("hudur-worker", soft, hard, "--data", str(self.data), "--broker", broker.endpoints["workers"],
                         "--heartbeat", "100") as worker:
                limit = worker.limit()
        return limit, worker.said

    def test_a_broker_that_cannot_have_many_connections_says_so(self):
        with running("hudur-broker", 200, 200, *self.broker) as broker:
            pass
        self.assertEqual(len(broker.said), 1)
        self.assertIn("hudur-broker: only 200 files may be open, so clients and workers beyond about 136 are not let in; "
                      "raise the hard limit to 1088", broker.said[0])

    def test_a_broker_takes_what_it_may(self):
        with running("hudur-broker", 200, MANY, *self.broker) as broker:
            self.assertEqual(broker.limit(), MANY)
        self.assertEqual(broker.said, [])

    def test_a_worker_of_many_events_says_when_they_are_too_many(self):
        for i in range(300):
            (self.data / ("e%d.hudur" % i)).touch()
        said = self.worker(1024, 1024)[1]
        self.assertEqual(len(said), 1)
        self.assertIn("hudur-worker: only 1024 files may be open, too few for the 300 events in %s" % self.data, said[0])

    def test_a_worker_takes_what_it_may(self):
        limit, said = self.worker(256, 1024)
        self.assertEqual((limit, said), (1024, []))


if __name__ == "__main__":
    unittest.main()
