"""A server that is measured: started in a folder of its own, waited for, ended with whoever measures."""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import threading

PATIENCE = 60  # seconds that a server may take to start or to stop


class Failed(Exception):
    """Something did not do what it must; the text is for a person."""


def run(words, **how):
    """Runs a command to its end; what it printed."""
    done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          **how)
    if done.returncode:
        raise Failed("%s ended with %d: %s" % (pathlib.Path(words[0]).name, done.returncode,
                                               (done.stderr or done.stdout).strip()))
    return done.stdout


def program(name, *folders):
    """Where a Debian package has put it; the newest version's."""
    found = [path for pattern in folders for path in pathlib.Path("/").glob(pattern) if (path / name).exists()]
    path = max(found, key=lambda path: float(path.parent.name)) / name if found else shutil.which(name)
    if not path:
        raise Failed("there is no %s; `make bench-peers` installs it" % name)
    return str(path)


class Servant:
    """As whom servers run: not as root, which PostgreSQL refuses. Whoever is not root runs them itself."""

    def __init__(self):
        self.name = None
        if os.geteuid() == 0:
            known = {entry.pw_name for entry in pwd.getpwall()}
            self.name = "postgres" if "postgres" in known else "nobody"

    def folder(self, path):
        """Makes a folder that is the servant's."""
        os.mkdir(path, 0o700)
        if self.name:
            entry = pwd.getpwnam(self.name)
            os.chown(path, entry.pw_uid, entry.pw_gid)
        return str(path)

    def words(self, path, *more):
        """What to put before a command that works in `path`. Root's own folder may be closed to others: the servant is
        then given the one right to pass, rather than another disk."""
        if not self.name:
            return ["setpriv", *more]
        entry = pwd.getpwnam(self.name)
        become = ["setpriv", "--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups", *more]
        if subprocess.run([*become, "test", "-w", path], check=False).returncode == 0:
            return become
        return [*become, "--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]


class Server:
    """One process. What it prints is read as it comes, so that it never blocks on a full pipe."""

    def __init__(self, name, words, **how):
        self.name, self.lines, self.ended = name, [], False
        self.changed = threading.Condition()
        self.process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, **how)
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

    def says(self, wanted):
        """The rest of the first line that holds this."""
        def found():
            return next((line for line in self.lines if wanted in line), None)
        with self.changed:
            self.changed.wait_for(lambda: found() is not None or self.ended, PATIENCE)
            if found() is None:
                raise Failed("%s did not start: %s" % (self.name, "\n".join(self.lines[-5:])))
            return found().partition(wanted)[2].strip()

    def stop(self, number=signal.SIGTERM):
        """Asks it to end, and makes it."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.reader.join()
        self.process.stdout.close()
