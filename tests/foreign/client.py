"""A client of Hudur that was written from PROTOCOL.md alone: no line of it comes from the project's C."""

import os
import time

import msgpack
import zmq

PATIENCE_MS = 5000


class NoAnswer(Exception):
    pass


class Dialect:
    """How requests are framed and replies unframed. `PLAIN` is what the page recommends."""

    def __init__(self, version, empty):
        self.version, self.empty = version, empty

    def request(self, service, body):
        head = [b""] if self.empty else []
        if self.version == b"MDPC02":
            return head + [b"MDPC02", b"\x01", service] + body
        return head + [b"MDPC01", service] + body

    def reply(self, frames):
        """(service, body) of a reply in the dialect that was asked in; anything else is an error."""
        if self.empty:
            assert frames[0] == b"", frames
            frames = frames[1:]
        assert frames[0] == self.version, frames
        if self.version == b"MDPC02":
            assert frames[1] == b"\x03", frames
            frames = frames[1:]
        return frames[1], frames[2:]


PLAIN = Dialect(b"MDPC02", False)
DIALECTS = {
    "MDPC02": PLAIN,
    "MDPC02 after an empty frame": Dialect(b"MDPC02", True),
    "MDPC01": Dialect(b"MDPC01", True),
    "MDPC01 without the empty frame": Dialect(b"MDPC01", False),
}


class Sent:
    """A request as it went out: the same bytes under the same id, however often."""

    def __init__(self, service, op, body):
        self.service, self.op, self.body = service, op, body

    @property
    def id(self):
        return self.body[0]


class Client:
    def __init__(self, endpoint, dialect=PLAIN, reference=None):
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(endpoint)
        self.dialect, self.reference = dialect, reference
        self.device = os.urandom(16)
        self.numbers = {}
        self.answered = {}
        self.succeeded = set()

    def close(self):
        self.socket.close()
        self.context.term()

    # ---- a request's map ----
    def number(self, service, fields):
        """The next of this device's numbers for one event."""
        owner, _, name = service.rpartition("/")
        event = fields.get("event") if name == "events" else owner
        self.numbers[event] = self.numbers.get(event, 0) + 1
        return self.numbers[event]

    def write(self, service, op, **fields):
        """A write, made and not yet sent. `at` and the like may be given among the fields."""
        stamp = {"op": op, "device": self.device, "seq": self.number(service, fields), "at": now()}
        return Sent(service, op, [os.urandom(16), msgpack.packb({**stamp, **fields}, use_bin_type=True)])

    def read(self, service, op, **fields):
        return Sent(service, op, [os.urandom(16), msgpack.packb({"op": op, **fields}, use_bin_type=True)])

    # ---- sending and receiving ----
    def send(self, sent):
        self.socket.send_multipart(self.dialect.request(sent.service.encode(), sent.body))

    def receive(self, sent):
        """The reply to it, whatever comes in between."""
        while sent.id not in self.answered:
            if not self.socket.poll(PATIENCE_MS):
                raise NoAnswer("%s %s" % (sent.service, sent.op))
            service, body = self.dialect.reply(self.socket.recv_multipart())
            self.answered.setdefault(body[0], []).append((service.decode(), body[1:]))
        replies = self.answered[sent.id]
        service, body = replies.pop(0)
        if not replies:
            del self.answered[sent.id]
        assert service == sent.service, service
        assert len(body) == 1, body
        reply = msgpack.unpackb(body[0], raw=False)
        self.check(sent, reply)
        return reply

    def check(self, sent, reply):
        if self.reference:
            self.reference.check_reply(sent.service, sent.op, reply)
        if reply["status"] == "ok":
            self.succeeded.add((sent.service.rpartition("/")[2], sent.op))

    def ask(self, sent):
        self.send(sent)
        return self.receive(sent)

    def do(self, service, op, **fields):
        return self.ask(self.write(service, op, **fields))

    def get(self, service, op, **fields):
        return self.ask(self.read(service, op, **fields))

    def raw(self, frames):
        """Any frames at all; the answer, if there must be one, with frames_back."""
        self.socket.send_multipart(frames)

    def frames_back(self):
        if not self.socket.poll(PATIENCE_MS):
            raise NoAnswer("to raw frames")
        return self.socket.recv_multipart()

    def offered(self, service):
        """Whether mmi.service says 200."""
        head = [b""] if self.dialect.empty else []
        version = [b"MDPC02", b"\x01"] if self.dialect.version == b"MDPC02" else [b"MDPC01"]
        self.raw(head + version + [b"mmi.service", service.encode()])
        return self.dialect.reply(self.frames_back()) == (b"mmi.service", [b"200"])


def now():
    return time.time_ns() // 1_000_000
