"""A worker on a disk that is full: desks go on, the rest waits, and all goes on by itself when there is room."""

import json
import os
import signal
import subprocess
import threading
import unittest

from tests.clients import test_serve as programs

MEETING = "schema/data/marrakech_2024.json"
EVENT = "oic-pesnet-4"
MIB = 1 << 20


class ServeOnSmallDisk(programs.Serve):
    """In a mount namespace of its own, gone with the process; from outside it is seen by /proc."""

    def __init__(self, data, size, *arguments):
        os.mkdir(data)
        script = "mount -t tmpfs -o size=%d,mode=0700 small \"$1\" && shift && exec \"$@\"" % size
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", data,
             os.path.join(programs.BIN, "hudur-serve"), "--data", data, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.data = "/proc/%d/root%s" % (self.process.pid, data)
        self.errors = []
        self.reader = threading.Thread(target=lambda: self.errors.extend(self.process.stderr))
        self.reader.start()

    def path(self, name):
        return os.path.join(self.data, name)

    def fill(self):
        disk = os.statvfs(self.data)
        with open(self.path("ballast"), "wb") as file:
            os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize)

    def clear(self):
        os.unlink(self.path("ballast"))


def may_mount():
    with_folder = "mkdir -p \"$0\" && mount -t tmpfs small \"$0\""
    probe = ["unshare", "--mount", "--propagation", "private", "sh", "-c", with_folder, "/tmp"]
    try:
        return subprocess.run(probe, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


class DiskTest(programs.WithFolder):
    def ask(self, *words, status=0, patience=programs.PATIENCE, home="desk"):
        done = subprocess.run([os.path.join(programs.BIN, "hudur-admin"), *words, "-e", EVENT, "--endpoint",
                               self.endpoint, "--timeout", str(patience)], capture_output=True, text=True,
                              timeout=2 * programs.PATIENCE,
                              env={**os.environ, "XDG_STATE_HOME": os.path.join(self.folder, home)})
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def person(self, name):
        told = self.ask("register", name, "--entity", "TR", "--accredit", "--format", "json")
        return str(json.loads(told.stdout)["person"])

    def test_a_full_disk_stops_no_desk_and_goes_on_by_itself(self):
        if not may_mount():
            self.skipTest("did not run: only root can have a small disk")
        serve = ServeOnSmallDisk(self.data, 32 * MIB, *programs.ANY, "--reserve", "4")
        self.serves.append(serve)
        self.endpoint = serve.ready()[0]
        self.ask("load", MEETING)
        self.ask("open")
        people = [self.person("Sample %d" % i) for i in range(3)]
        self.assertEqual(os.stat(serve.path("reserve")).st_size, 4 * MIB)
        serve.fill()
        # SQLite's files have some room of their own, which a few more requests use up
        for i in range(300):
            done = self.ask("register", "Sample LATE %d" % i, "--entity", "TR", status=None, patience=2,
                            home="late")
            if not os.path.exists(serve.path("reserve")):
                break
        self.assertEqual(done.returncode, 1)
        self.assertIn("(disk_full)", done.stderr)
        self.assertFalse(os.path.exists(serve.path("reserve")))
        for person in people:
            self.ask("check-in", person, "--issue")
        self.assertIn("Make room and begin again", self.ask("backup", status=1).stderr)
        self.assertEqual(json.loads(self.ask("verify", "--format", "json").stdout)["differences"], 0)
        serve.clear()
        programs.until(lambda: os.path.exists(serve.path("reserve")), "the reserve is made again")
        self.person("Sample AFTERWARDS")
        self.assertEqual(json.loads(self.ask("verify", "--format", "json").stdout)["differences"], 0)
        self.assertEqual(serve.end(signal.SIGTERM), 0)
        said = "".join(serve.errors)
        self.assertEqual(said.count("the disk is full: only check-ins and scans are taken"), 1, said)
        self.assertEqual(said.count("there is room on the disk again"), 1, said)


if __name__ == "__main__":
    unittest.main()
