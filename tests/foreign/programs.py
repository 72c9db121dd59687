"""Starts the real broker and worker in a folder of their own, on endpoints that the system chooses."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading

BIN = pathlib.Path(os.environ.get("HUDUR_BIN", pathlib.Path(__file__).resolve().parents[2] / "build" / "bin"))
PATIENCE = 10


class Program:
    """One running program; its output is read as it comes, so that it never blocks on a full pipe."""

    def __init__(self, name, *arguments):
        self.process = subprocess.Popen([BIN / name, *map(str, arguments)], stdin=subprocess.DEVNULL, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.lines, self.ended, self.changed = [], False, threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def line(self, start):
        """The rest of the first line that starts so."""
        def found():
            return next((line for line in self.lines if line.startswith(start)), None)
        with self.changed:
            self.changed.wait_for(lambda: found() is not None or self.ended, PATIENCE)
            assert found() is not None, "no line %r in %r" % (start, self.lines)
            return found()[len(start):].strip()

    def end(self):
        """Asks it to end; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.reader.join()
            self.process.stdout.close()
        return status


class Programs:
    """A broker and, unless it is told not to, a worker."""

    def __init__(self, role="administrator", worker=True):
        self.folder = tempfile.mkdtemp(prefix="hudur-foreign-")
        self.running = []
        try:
            broker = self.start("hudur-broker", "--listen", "tcp://127.0.0.1:*",
                                "--workers", "ipc://%s/workers" % self.folder,
                                *(["--local-role", role] if role else []))
            self.endpoint = broker.line("listening ")
            self.workers = broker.line("workers ")
            broker.line("ready")
            if worker:
                self.start("hudur-worker", "--data", self.folder + "/data", "--broker", self.workers)
        except BaseException:
            self.stop()
            raise

    def start(self, name, *arguments):
        self.running.append(Program(name, *arguments))
        return self.running[-1]

    def stop(self):
        """Ends all of them, the last first; their exit statuses."""
        statuses = [program.end() for program in reversed(self.running)]
        self.running = []
        shutil.rmtree(self.folder, ignore_errors=True)
        return statuses
