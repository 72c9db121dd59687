"""Reads the reference part of PROTOCOL.md, so that every reply can be held against what the page says of it."""

import pathlib
import re
from collections import namedtuple

PAGE = pathlib.Path(__file__).resolve().parents[2] / "schema" / "PROTOCOL.md"
Operation = namedtuple("Operation", "service op access roles fields result")
Field = namedtuple("Field", "needed type")
LIMITS = re.compile(r"(-?\d+)(?: to (-?\d+)| or more)")


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


class Reference:
    def __init__(self, text=None):
        self.operations, self.messages, self.words, self.reasons = {}, {}, {}, {}
        text = text or PAGE.read_text(encoding="utf-8")
        rows, words, kind, name = {}, {}, None, None
        for line in text[text.index("<!-- reference:"):].splitlines():
            if head := re.match(r"##+ (Service|Message|Vocabulary|Reasons|Operations)(?: `?([^`]+)`?)?$", line):
                kind, name = head.groups()
                rows = self.messages.setdefault(name, {}) if kind == "Message" else {}
                words = self.words.setdefault(name, set()) if kind == "Vocabulary" else set()
            elif line.startswith("| `"):
                row = cells(line)
                key = row[0].strip("`")
                if kind == "Service":
                    self.operations[name, key] = Operation(name, key, row[1], row[2], link(row[3]), link(row[4]))
                elif kind == "Message":
                    rows[key] = Field(row[1] == "yes", row[2])
                elif kind == "Vocabulary":
                    words.add(key)
                elif kind == "Reasons":
                    self.reasons[key] = row[1].strip("`")

    def check_reply(self, service, op, reply):
        """Raises AssertionError where a reply is not what the page promises."""
        head = self.messages["reply"]
        result = {}
        if reply.get("status") == "ok":
            kind, _, local = service.rpartition("/")
            general = "broker" if not kind else ("WORKER/" if local == "events" else "EVENT/") + local
            result = self.messages[self.operations[general, op].result]
        else:
            assert self.reasons[reply["reason"]] == reply["status"], reply
            assert reply["detail"], reply
            assert (reply["status"] == "busy") == ("retry_ms" in reply), reply
        self.check_fields({**head, **result}, reply, op)

    def check_fields(self, fields, value, where):
        for key in value:
            assert key in fields, "%s.%s is not in the reference" % (where, key)
        for key, field in fields.items():
            assert key in value or not field.needed, "%s.%s: missing" % (where, key)
            if key in value:
                self.check_value(field.type, value[key], "%s.%s" % (where, key))

    def check_value(self, kind, value, where):
        wrong = "%s: %r is not %s" % (where, value, kind)
        limits = LIMITS.search(kind)
        least = int(limits.group(1)) if limits else None
        most = int(limits.group(2)) if limits and limits.group(2) else None
        if kind.startswith("string"):
            assert isinstance(value, str), wrong
            least, most, size = least or int(re.search(r"\d+", kind).group()), most, len(value.encode())
            assert least <= size <= (most or least), wrong
        elif kind.startswith("binary"):
            assert isinstance(value, bytes), wrong
        elif kind.startswith("integer"):
            assert isinstance(value, int) and not isinstance(value, bool), wrong
            assert (least is None or value >= least) and (most is None or value <= most), wrong
        elif kind == "time":
            assert isinstance(value, int) and 1_000_000_000_000 < value < 10_000_000_000_000, wrong
        elif kind == "boolean":
            assert isinstance(value, bool), wrong
        elif kind.startswith("word of"):
            assert value in self.words[link(kind)], wrong
        elif kind.startswith("array"):
            assert isinstance(value, list) and len(value) <= int(re.search(r"up to (\d+)", kind).group(1)), wrong
            for row in value:
                self.check_fields(self.messages[link(kind)], row, where)
        else:
            raise AssertionError("the page has a type that was not explained: " + kind)


def link(text):
    return re.search(r"\[([a-z_]+)\]", text).group(1)
