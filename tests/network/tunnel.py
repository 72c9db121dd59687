"""A bad line between two network namespaces: a TUN device in each, and what goes in at one comes out at the other, or not,
and not in the order in which it went in.

    tunnel.py NAMESPACE ADDRESS NAMESPACE ADDRESS LOSS HOLD SEED

LOSS and HOLD are of a hundred packets: so many are dropped, so many of the others are held back until one to four later
ones have passed, or 50 ms. It prints `ready` when both devices are up. The line is good until SIGUSR1 and again after the next one; it
prints which, and at last how many packets it dropped and how many it held back."""

import ctypes
import fcntl
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
HELD_MS = 50


def open_device(namespace, address):
    """The device's descriptor stays good after we have gone on to another namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    place = os.open("/run/netns/" + namespace, os.O_RDONLY)
    if libc.setns(place, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns " + namespace)
    os.close(place)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", b"bad", IFF_TUN | IFF_NO_PI))
    for words in (("address", "add", address, "dev", "bad"), ("link", "set", "bad", "up")):
        subprocess.run(["ip", *words], check=True)
    return device


class Way:
    """From one device to the other."""

    def __init__(self, source, sink, dice):
        self.source, self.sink, self.dice = source, sink, dice
        self.loss, self.hold = 0, 0  # of a hundred packets
        self.dropped, self.late = 0, 0
        self.held = []  # [packets that must pass first, until when, the packet]

    def emit(self, packet):
        try:
            os.write(self.sink, packet)
        except OSError:
            pass  # a full queue drops, as lines do

    def take(self):
        packet = os.read(self.source, 65536)
        if self.dice.randrange(100) < self.loss:
            self.dropped += 1
            return
        if self.dice.randrange(100) < self.hold:
            self.late += 1
            self.held.append([self.dice.randint(1, 4), time.monotonic() + HELD_MS / 1000, packet])
            return
        self.emit(packet)
        for held in self.held:
            held[0] -= 1

    def release(self):
        now = time.monotonic()
        due = [held for held in self.held if held[0] <= 0 or held[1] <= now]
        self.held = [held for held in self.held if held not in due]
        for held in due:
            self.emit(held[2])


def main(near, near_address, far, far_address, loss, hold, seed):
    first, second = open_device(near, near_address), open_device(far, far_address)
    dice = random.Random(int(seed))
    ways = {first: Way(first, second, dice), second: Way(second, first, dice)}

    def turn(*_):
        bad = not any(way.loss or way.hold for way in ways.values())
        for way in ways.values():
            way.loss, way.hold = (int(loss), int(hold)) if bad else (0, 0)
        print("bad" if bad else "good after %d were dropped and %d late" % (
            sum(way.dropped for way in ways.values()), sum(way.late for way in ways.values())), flush=True)
    signal.signal(signal.SIGUSR1, turn)
    print("ready", flush=True)
    while True:
        waiting = any(way.held for way in ways.values())
        for device in select.select([first, second], [], [], HELD_MS / 1000 if waiting else None)[0]:
            ways[device].take()
        for way in ways.values():
            way.release()


main(*sys.argv[1:])
