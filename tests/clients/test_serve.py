"""hudur and hudur serve from outside: the real programs, killed and stopped."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

BIN = os.environ.get("HUDUR_BIN", "build/bin")
PATIENCE = 20


def hudur(*arguments, **options):
    return subprocess.run([os.path.join(BIN, "hudur"), *arguments], capture_output=True, text=True,
                          timeout=PATIENCE, **options)


def until(condition, what):
    """Processes of others cannot be waited for, only looked at."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("not in time: " + what)
        select.select([], [], [], 0.01)


def is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Serve:
    def __init__(self, data, *arguments, **options):
        self.process = subprocess.Popen(
            [os.path.join(BIN, "hudur-serve"), "--data", data, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        self.errors = []
        self.reader = threading.Thread(target=lambda: self.errors.extend(self.process.stderr))
        self.reader.start()

    def ready(self):
        """The endpoints it printed."""
        lines = []
        for line in self.process.stdout:
            if line == "ready\n":
                return [line.split()[1] for line in lines]
            lines.append(line)
        self.reader.join()
        raise AssertionError("never ready: " + "".join(self.errors))

    def child(self, name):
        """The process id of a child, 0 while it is not there."""
        try:
            with open("/proc/%d/task/%d/children" % (self.process.pid, self.process.pid)) as file:
                children = [int(pid) for pid in file.read().split()]
        except FileNotFoundError:
            return 0
        for pid in children:
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as file:
                    program = file.read().split(b"\0")[0].decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if os.path.basename(program) == name and is_alive(pid):
                return pid
        return 0

    def another(self, name, old):
        until(lambda: self.child(name) not in (0, old), "another " + name)
        return self.child(name)

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.wait()

    def wait(self):
        self.process.wait(PATIENCE)
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return self.process.returncode


def connects(endpoint):
    host, port = endpoint[len("tcp://"):].rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), 1).close()
        return True
    except OSError:
        return False


class WithFolder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="serve-")
        self.data = os.path.join(self.folder, "data")
        self.serves = []

    def tearDown(self):
        for serve in self.serves:
            if serve.process.poll() is None:
                serve.end(signal.SIGKILL)
        shutil.rmtree(self.folder)

    def serve(self, *arguments, data=None, **options):
        serve = Serve(data or self.data, *arguments, **options)
        self.serves.append(serve)
        return serve

    def refused(self, serve, *parts):
        self.assertEqual(serve.wait(), 1)
        text = "".join(serve.errors)
        for part in parts:
            self.assertIn(part, text)
        return text


ANY = ("--listen", "tcp://127.0.0.1:*")


class ServeTest(WithFolder):
    def test_ready_and_orderly_end(self):
        serve = self.serve(*ANY, "--listen", "ipc://%s/clients" % self.folder)
        endpoints = serve.ready()
        self.assertEqual(len(endpoints), 2)
        self.assertTrue(connects(endpoints[0]))
        self.assertEqual(endpoints[1], "ipc://%s/clients" % self.folder)
        self.assertEqual(os.stat(os.path.join(self.data, "run")).st_mode & 0o777, 0o700)
        children = [serve.child("hudur-broker"), serve.child("hudur-worker")]
        self.assertTrue(all(children))
        self.assertEqual(serve.end(), 0)
        self.assertFalse(any(map(is_alive, children)))
        self.assertEqual(serve.errors, [])

    def test_interrupt_ends_it_too(self):
        serve = self.serve(*ANY)
        serve.ready()
        self.assertEqual(serve.end(signal.SIGINT), 0)

    def test_killed_children_are_started_again_at_the_same_port(self):
        serve = self.serve(*ANY)
        endpoint = serve.ready()[0]
        for name in ("hudur-broker", "hudur-worker") * 2:
            old = serve.child(name)
            os.kill(old, signal.SIGKILL)
            serve.another(name, old)
            until(lambda: connects(endpoint), "the same port")
        self.assertEqual(serve.end(), 0)
        self.assertIn("hudur-worker: it was ended by signal 9; it is started again.", "".join(serve.errors))

    def test_stopped_children_are_killed_after_ten_seconds(self):
        serve = self.serve(*ANY)
        endpoint = serve.ready()[0]
        old = {name: serve.child(name) for name in ("hudur-broker", "hudur-worker")}
        stopped = time.monotonic()
        for pid in old.values():
            os.kill(pid, signal.SIGSTOP)
        for name, pid in old.items():
            serve.another(name, pid)
            self.assertFalse(is_alive(pid))
        self.assertGreaterEqual(time.monotonic() - stopped, 9.9)
        self.assertLess(time.monotonic() - stopped, 15)
        until(lambda: connects(endpoint), "the same port")
        self.assertEqual(serve.end(), 0)

    def test_stopped_and_continued_child_lives(self):
        serve = self.serve(*ANY)
        serve.ready()
        old = serve.child("hudur-broker")
        os.kill(old, signal.SIGSTOP)
        os.kill(old, signal.SIGCONT)
        self.assertEqual(serve.child("hudur-broker"), old)
        os.kill(old, signal.SIGSTOP)
        self.assertEqual(serve.end(), 0)  # a stopped one ends in order as well

    def test_children_go_with_a_killed_serve(self):
        serve = self.serve(*ANY)
        serve.ready()
        children = [serve.child("hudur-broker"), serve.child("hudur-worker")]
        serve.end(signal.SIGKILL)
        until(lambda: not any(map(is_alive, children)), "the children's end")
        again = self.serve(*ANY)  # nothing is left in its way
        again.ready()
        self.assertEqual(again.end(), 0)

    def test_what_it_prints_as_json_and_csv(self):
        serve = self.serve(*ANY, "--format", "json")
        listening = json.loads(serve.process.stdout.readline())
        self.assertEqual(list(listening), ["listening"])
        self.assertTrue(connects(listening["listening"]))
        self.assertEqual(json.loads(serve.process.stdout.readline()), {"ready": True})
        self.assertEqual(serve.end(), 0)
        serve = self.serve(*ANY, "--format=csv")
        rows = [serve.process.stdout.readline().strip().split(",") for _ in range(3)]
        self.assertEqual(serve.end(), 0)
        self.assertEqual([row[0] for row in rows], ["word", "listening", "ready"])
        self.assertRegex(rows[1][1], r"^tcp://127\.0\.0\.1:\d+$")

    def test_second_serve_on_a_folder_is_refused(self):
        serve = self.serve(*ANY)
        serve.ready()
        text = self.refused(self.serve(*ANY), "another hudur serve is running on " + self.data)
        self.assertEqual(len(text.splitlines()), 1)

    def test_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            text = self.refused(self.serve("--listen", "tcp://127.0.0.1:%d" % port), "in use",
                                "hudur-broker cannot run")
        self.assertEqual(text.count("in use"), 1)

    def test_folder_that_cannot_be_used(self):
        with open(self.data, "w"):
            pass
        text = self.refused(self.serve(*ANY), self.data, "Not a directory")
        self.assertEqual(len(text.splitlines()), 1)
        self.refused(self.serve(data=os.path.join(self.folder, "none", "data")), "No such file or directory")
        self.refused(self.serve(data=""), "cannot be used")

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_folder_without_permission(self):
        os.mkdir(self.data, 0o500)
        self.refused(self.serve(*ANY), self.data, "Permission denied")

    def test_deep_and_strange_folders(self):
        deep = os.path.join(self.folder, "d" * 100, "e" * 100)
        os.makedirs(deep)
        odd = os.path.join(self.folder, "@odd")
        for data, options in ((deep, {}), ("@odd", {"cwd": self.folder})):
            if not os.path.isabs(BIN):
                options = {}
                data = odd if data == "@odd" else data
            serve = self.serve(*ANY, data=data, **options)
            serve.ready()
            self.assertEqual(serve.end(), 0)

    def test_wrong_arguments(self):
        for wrong in (["--listen"], ["--frobnicate"], ["left over"]):
            result = hudur("serve", "--data", self.data, *wrong)
            self.assertEqual(result.returncode, 2, wrong)
            self.assertEqual(len(result.stderr.splitlines()), 1)
        self.refused(self.serve("--listen", "tcp://0.0.0.0:1"), "hudur-broker cannot run")
        self.refused(self.serve(*ANY, "--local-role", "king"), "hudur-broker cannot run")
        self.refused(self.serve(*ANY, "--name", "No Such"), "hudur-worker cannot run")


class HudurTest(unittest.TestCase):
    def test_help_lists_the_commands(self):
        for way in ("--help", "-h", "help"):
            result = hudur(way)
            self.assertEqual(result.returncode, 0)
            for command in ("serve", "admin", "desk", "scan", "report"):
                self.assertRegex(result.stdout, r"(?m)^  %s +\w" % command)

    def test_version(self):
        self.assertRegex(hudur("--version").stdout, r"^hudur \d+\.\d+\.\d+\n$")
        version = hudur("--version").stdout.split()[1]
        for program in ("broker", "worker", "serve", "admin", "desk", "scan", "report"):
            said = subprocess.run([os.path.join(BIN, "hudur-" + program), "--version"], capture_output=True,
                                  text=True, timeout=PATIENCE).stdout
            self.assertEqual(said, "hudur-%s %s\n" % (program, version))

    def test_format(self):
        said = json.loads(hudur("--format", "json").stdout)
        self.assertIn("serve", [line["command"] for line in said["commands"]])
        self.assertEqual(hudur("--format=csv", "help").stdout.splitlines()[0], "command,sentence")
        wrong = hudur("--format", "xml")
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        # it goes on to the command, whose words it must not disturb
        wrong = hudur("--format", "xml", "admin", "events")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("hudur-admin: --format xml", wrong.stderr)
        self.assertTrue(hudur("--format=json", "serve", "--help").stdout.startswith("usage: hudur serve"))
        self.assertIn("no command --format", hudur("--format").stderr)

    def test_command_gets_its_arguments(self):
        self.assertTrue(hudur("serve", "--help").stdout.startswith("usage: hudur serve"))
        self.assertTrue(hudur("help", "serve").stdout.startswith("usage: hudur serve"))

    def test_unknown_commands(self):
        for wrong in ("frobnicate", "", "../bin/serve", "serve/../serve", "-x", "Serve"):
            result = hudur(wrong)
            self.assertEqual(result.returncode, 2, wrong)
            self.assertIn("there is no command", result.stderr)
        self.assertEqual(hudur().returncode, 2)


if __name__ == "__main__":
    unittest.main()
