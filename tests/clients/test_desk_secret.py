"""The passphrase of a desk: what is typed unseen, and a key that comes from a file."""

import array
import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time
import unittest

from tests.clients import test_serve as programs


class SecretTest(programs.WithFolder):
    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, *words):
        return [os.path.join(programs.BIN, "hudur-desk"), "-e", "e1", "--endpoint", "ipc://%s/nobody" % self.folder,
                "--timeout", "0.1", "--spool", self.path("spool"), "--roster", self.path("roster"), *words]

    # ---- the terminal ----

    def begin(self, ignored=()):
        """The desk on a terminal of its own, where Ctrl-C is a signal, at its question."""
        self.master, self.terminal = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, self.terminal)

        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):  # whatever this test inherited
                signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

        self.desk = subprocess.Popen(self.command(), stdin=self.terminal, stdout=self.terminal, stderr=self.terminal,
                                     preexec_fn=take_terminal)
        self.addCleanup(lambda: self.desk.poll() is None and self.desk.kill())
        self.assertTrue(self.echoes())
        self.until("Passphrase: ")
        self.assertFalse(self.echoes())

    def echoes(self):
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def until(self, text):
        told, deadline = b"", time.monotonic() + programs.PATIENCE
        while text.encode() not in told:
            self.assertTrue(select.select([self.master], [], [], deadline - time.monotonic())[0], told)
            told += os.read(self.master, 65536)

    def test_ctrl_c_ends_the_desk_and_leaves_the_terminal_as_it_was(self):
        self.begin()
        os.write(self.master, b"sun\x03")
        self.assertEqual(self.desk.wait(programs.PATIENCE), -signal.SIGINT)
        self.assertTrue(self.echoes())

    def test_what_ends_the_desk_leaves_the_terminal_as_it_was(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            self.begin()
            self.desk.send_signal(number)
            self.assertEqual(self.desk.wait(programs.PATIENCE), -number)
            self.assertTrue(self.echoes())

    def test_what_is_ignored_ends_neither_the_desk_nor_the_line(self):
        self.begin(ignored=[signal.SIGHUP])
        os.write(self.master, b"sun")
        self.desk.send_signal(signal.SIGHUP)
        os.write(self.master, b"flower\n")
        self.until("The same again: ")
        os.write(self.master, b"sunflower\n")
        self.until("> ")

    def test_a_terminal_that_is_stopped_and_goes_on_is_asked_still(self):
        self.begin()
        self.desk.send_signal(signal.SIGSTOP)
        os.waitpid(self.desk.pid, os.WUNTRACED)
        self.desk.send_signal(signal.SIGCONT)
        os.write(self.master, b"sunflower\n")
        self.until("The same again: ")
        os.write(self.master, b"sunflower\n")
        self.until("Registration desk of e1")
        self.desk.terminate()
        self.assertEqual(self.desk.wait(programs.PATIENCE), 0)
        self.assertEqual(self.run_with("sunflower").returncode, 0)

    # ---- the key ----

    def run_with(self, key):
        with open(self.path("key"), "w") as file:
            file.write(key)
        return subprocess.run(self.command("--roster-key", self.path("key")), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=programs.PATIENCE)

    def test_a_key_is_read_to_its_end(self):
        os.mkfifo(self.path("pipe"))
        desk = subprocess.Popen(self.command("--roster-key", self.path("pipe")), stdin=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        with open(self.path("pipe"), "wb", buffering=0) as pipe:
            for part in (b"sun", b"flower\n"):
                pipe.write(part)
                programs.until(lambda: not unread(pipe), "the desk takes the key's beginning")
        self.assertEqual(desk.wait(programs.PATIENCE), 0)
        self.assertEqual(self.run_with("sunflower").returncode, 0)

    def test_a_key_that_is_too_long_is_refused(self):
        told = self.run_with("k" * 1025)
        self.assertEqual(told.returncode, 1)
        self.assertIn("has more than 1024 bytes", told.stderr)
        self.assertFalse(os.path.exists(self.path("roster")))
        self.assertEqual(self.run_with("k" * 1024).returncode, 0)
        self.assertEqual(self.run_with("k" * 1024 + "\r\n").returncode, 0)  # the line's end does not belong to it
        self.assertEqual(self.run_with("k" * 1024 + "\nk").returncode, 1)


def unread(pipe):
    held = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, held)
    return held[0]


if __name__ == "__main__":
    unittest.main()
