"""What was measured: printed as it comes, and added to a file that keeps earlier runs."""

import json
import os
import pathlib
import time


class Rows:
    """A row has a name, a value, a unit and, when it is to be reached, the least that is enough."""

    def __init__(self, path):
        self.path, self.rows = pathlib.Path(path), []
        self.run = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())

    def add(self, name, value, unit="", reach=None):
        row = {"run": self.run, "name": name, "value": float("%.6g" % value), "unit": unit}
        if reach is not None:
            row.update(reach=reach, reached=value >= reach)
        self.rows.append(row)
        print(show(row), flush=True)

    def write(self):
        """Adds them to the file, which is never half written."""
        fresh = self.path.with_name(self.path.name + ".new")
        lines = ",\n".join(json.dumps(row) for row in read(self.path) + self.rows)
        fresh.write_text("[\n%s\n]\n" % lines, encoding="utf-8")
        os.replace(fresh, self.path)


def read(path):
    """The rows of all runs so far."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def show(row):
    line = "%-28s %12.3f %-5s" % (row["name"], row["value"], row["unit"])
    if "reach" in row:
        line += " reach >= %g: %s" % (row["reach"], "reached" if row["reached"] else "MISSED")
    return line.rstrip()
