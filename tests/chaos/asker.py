"""Asks by hand, frame by frame: fills the meeting, and proves that a broker and a writer are at work again."""

import io
import os
import time

import msgpack
import zmq

RESEND_MS, PATIENCE_S = 100, 20


class NoAnswer(Exception):
    """Nothing came in time, or something else than was needed; the text is for a person."""


class Asker:
    """One device with a connection to each broker. It keeps a ledger as the clients do, see client.c."""

    def __init__(self, endpoints, ledger):
        self.context, self.device, self.seq = zmq.Context(), os.urandom(16), 0
        self.sockets = [self._connect(endpoint) for endpoint in endpoints]
        self.ledger = open(ledger, "a", encoding="ascii")

    def _connect(self, endpoint):
        socket = self.context.socket(zmq.DEALER)
        socket.linger, socket.reconnect_ivl, socket.reconnect_ivl_max = 0, 10, 20
        socket.connect(endpoint)
        return socket

    def close(self):
        for socket in self.sockets:
            socket.close()
        self.context.term()
        self.ledger.close()

    def _note(self, *words):
        self.ledger.write(" ".join((*words, ".\n")))
        self.ledger.flush()

    def make(self, service, op, **fields):
        """(service, id, map) of a write, noted and not yet sent."""
        self.seq += 1
        given = {"op": op, **fields}
        stamp = {"device": self.device, "seq": self.seq, "at": time.time_ns() // 1_000_000, "actor": "asker"}
        sent = (service, os.urandom(16), msgpack.packb({**stamp, **given}, use_bin_type=True))
        key = "asker/%d" % self.seq
        self._note("I", key, service, msgpack.packb(given).hex())
        self._note("N", key, sent[1].hex())
        return sent

    def send(self, broker, sent):
        service, identity, body = sent
        self.sockets[broker].send_multipart([b"MDPC02", b"\x01", service.encode(), identity, body], zmq.DONTWAIT)

    def receive(self, broker, wait_ms):
        """{id: reply} of what came; a write that was answered busy is not answered."""
        socket, told = self.sockets[broker], {}
        while socket.poll(wait_ms):
            frames = socket.recv_multipart()
            reply = msgpack.unpackb(frames[4], raw=False)
            if reply["status"] != "busy":
                told[frames[3]] = reply
                self._note("A", frames[3].hex(), frames[4].hex())
            wait_ms = 0
        return told

    def ask(self, broker, service, op, **fields):
        """The reply to a question, which is not spooled by anybody."""
        sent = (service, os.urandom(16), msgpack.packb({"op": op, **fields}))
        deadline, quiet = time.monotonic() + PATIENCE_S, self.ledger
        self.ledger = io.StringIO()
        try:
            return self.insist(broker, [sent], deadline)[sent[1]]
        finally:
            self.ledger = quiet

    def insist(self, broker, many, deadline, between=lambda: None):
        """Sends them again and again, the same bytes, until each is answered: {id: reply}."""
        told, sent_at, wanted = {}, 0, {sent[1] for sent in many}
        while len(told) < len(wanted):
            now = time.monotonic()
            if now > deadline:
                raise NoAnswer("broker %d did not answer %d of %d requests in time" % (
                    broker + 1, len(many) - len(told), len(many)))
            if now - sent_at > RESEND_MS / 1000:
                for sent in many:
                    if sent[1] not in told:
                        self.send(broker, sent)
                sent_at = now
            # answers to what was sent twice before come late
            told.update({sent: reply for sent, reply in self.receive(broker, 5).items() if sent in wanted})
            between()
        return told
