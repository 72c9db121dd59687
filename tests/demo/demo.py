#!/usr/bin/python3
"""Plays the two days of the Marrakech meeting through the real programs, under a simulated clock, and checks that
what they publish is what the ledger's raw rows say."""

import argparse
import concurrent.futures
import csv
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import crowd
import recount
from people import Desk, Door
from stage import Cable, Clock, Failure, Programme, Reader, Stage

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent.parent / "schema" / "data"
EVENT = "oic-pesnet-4"
ENDPOINT = "tcp://127.0.0.1:5570"
SERVICE = 55        # simulated seconds that a desk needs for one person
HOUR = 3600 * 1000
WORKSHOP, PANEL, OVERRUN = "X1-01", "D1-06", "D1-08"
NOTICE = ("SAMPLE DATA: the concept note gives no participation figure for Marrakech; 61 and 27 are those of the\n"
          "focal points' meeting of 17 November 2022. All people, rooms and the workshop are invented.")


class Demo:
    def __init__(self, options):
        self.options, self.started = options, time.monotonic()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hudur-demo-"))
        self.meeting = json.loads((DATA / "marrakech_2024.json").read_text(encoding="utf-8"))
        self.overlay = json.loads((HERE / "overlay.json").read_text(encoding="utf-8"))
        self.times = Programme(self.meeting)
        self.clock = Clock(self.folder / "clock")
        self.sample = crowd.Sample(HERE / "sample", options.without)
        self.guests = self.sample.guests()
        self.codes = self.entity_codes()
        self.socket = self.folder / "broker.ipc"
        self.listen = [options.endpoint] if options.stay else []
        self.stage = Stage(options.bin, self.folder, "ipc://" + str(self.socket), self.clock)
        self.pool = concurrent.futures.ThreadPoolExecutor(8)
        self.desks, self.doors, self.cable, self.skewed = [], {}, None, None
        self.longest_wait = 0

    def say(self, sentence):
        print("%s  %s" % (self.times.show(self.clock.now), sentence), flush=True)

    def until(self, day, moment, seconds=0):
        self.step(self.times.at(day, moment, seconds))

    def step(self, now):
        """Time only goes forward."""
        if now > self.clock.now:
            self.clock.set(now)
            if self.skewed:
                self.skewed.set(now)

    @staticmethod
    def entity_codes():
        codes = {}
        with open(DATA / "oic_members.csv", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for name in ("alpha2", "name_en", "name_fr", "name_ar"):
                    codes[row[name]] = row["alpha2"]
        return codes

    def code_of(self, guest):
        found = self.person_of(guest.name, self.codes.get(guest.entity))
        return found["entity"]

    # ---- before the meeting ----

    def serve(self):
        words = ["serve", "--data", self.folder / "data"]
        for endpoint in ["ipc://" + str(self.socket), *self.listen]:
            words += ["--listen", endpoint]
        with open(self.folder / "serve.log", "wb") as log:
            self.server = self.stage.start(*words, stdout=subprocess.PIPE, stderr=log)
        try:
            Reader(self.server.stdout.fileno(), "hudur serve").until(r"^ready$")
        except Failure as failure:
            raise Failure("%s\n%s" % (failure, (self.folder / "serve.log").read_text())) from None

    def admin(self, *words, check=True):
        return self.stage.run("admin", *words, check=check)

    def desk(self, *words):
        return json.loads(self.stage.run("desk", *words, "-e", EVENT, "--format", "json"))

    def load(self):
        self.until(1, "00:00", -86400 + 9 * 3600)
        self.admin("load", DATA / "marrakech_2024.json")
        self.admin("load", HERE / "overlay.json")
        self.admin("open", "-e", EVENT)
        printed = [item for item in json.loads(self.report("programme", "--format", "json"))["sessions"]
                   if not item.get("invented")]
        states = self.figures()["headline"]["member_states"]["in_good_standing"]
        self.say("loaded %s: %d printed programme items, %d states in good standing" % (EVENT, len(printed), states))
        if len(printed) != len(self.meeting["sessions"]):
            raise Failure("the file has %d programme items" % len(self.meeting["sessions"]))

    def nominate(self):
        files = self.sample.write(self.folder)
        for path in files:
            self.admin("import", path, "-e", EVENT, "--accredit")
        for path in files:
            self.admin("import", path, "-e", EVENT, "--accredit")  # the same file again changes nothing
        plan = self.sample.plan
        self.say("imported %d nominations and %d others" % tuple(len(t) for t in self.sample.files.values()))
        for key in plan["also_accredited"]:
            if key in self.sample.rows:
                self.admin("accredit", self.number(key), "--also", "-e", EVENT)
        if plan["cancelled"]["key"] in self.sample.rows:
            self.admin("cancel", self.number(plan["cancelled"]["key"]), "--why", plan["cancelled"]["why"], "-e", EVENT)
        if plan["replaced"]["key"] in self.sample.rows:
            by = [word for name, value in plan["replaced"]["by"].items() for word in ("--" + name, value)]
            self.admin("replace", self.number(plan["replaced"]["key"]), "--why", plan["replaced"]["why"], *by,
                       "-e", EVENT)
        self.say("one nomination cancelled, one person replaced")

    def person_of(self, name, entity=None):
        people = self.desk("find", name)["people"]
        for person in people:
            if person["name"] == name and (entity is None or person.get("entity") == entity):
                return person
        raise Failure("nobody is called %s (%s)" % (name, entity))

    def number(self, key):
        row = self.sample.rows[key]
        return self.person_of(row["name"], self.codes.get(row["entity"]))["person"]

    # ---- the desks ----

    def open_desks(self):
        self.until(1, "08:50")
        for guest in self.guests:
            if not guest.walk_in:
                guest.code = self.code_of(guest)
        self.desks = [Desk(self.stage, EVENT, number) for number in (1, 2, 3)]
        self.say("three desks are open")

    def check_in_all(self):
        """Each desk takes the next in the queue every SERVICE seconds; all three type at the same time."""
        queue = crowd.arrivals(self.guests, self.times)
        now = self.times.at(1, "09:00")
        while queue:
            self.step(now)
            here = [entry for entry in queue if entry[0] <= now][:len(self.desks)]
            queue = queue[len(here):]
            for moment, _ in here:
                self.longest_wait = max(self.longest_wait, now - moment)
            list(self.pool.map(lambda pair: pair[0].check_in(pair[1][1], pair[1][1].code), zip(self.desks, here)))
            now += SERVICE * 1000
        if now > self.times.at(1, "09:30"):
            raise Failure("the queue was not served by 09:30 but by " + self.times.show(now))
        strokes = [count for desk in self.desks for count in desk.strokes]
        self.median = statistics.median(strokes)
        self.say("%d people checked in at three desks; longest wait %d min %d s, median keystrokes %g" % (
            len(strokes), self.longest_wait // 60000, self.longest_wait // 1000 % 60, self.median))
        if self.median > 4:
            raise Failure("a check-in took %g keystrokes, more than 4" % self.median)

    def latecomer(self, guest):
        self.until(guest.day, guest.time)
        if guest.walk_in:
            self.desks[0].walk_in(guest)
            self.say("%s (%s) walks in, is registered and checked in" % (guest.name, guest.entity))
        else:
            self.desks[1].check_in(guest, guest.code)
            self.say("%s (%s) arrives late and is checked in" % (guest.name, guest.code))

    # ---- the doors ----

    def open_doors(self):
        self.skewed = Clock(self.folder / "clock-skewed", HOUR)
        self.skewed.set(self.clock.now)
        self.cable = Cable(self.folder / "cable.ipc", self.socket)
        first = "D1-02"
        self.doors = {
            "hall-a": Door(self.stage, EVENT, "hall-a", first, 10000),
            "hall-b": Door(self.stage, EVENT, "hall-b", first, 10000,
                           self.stage.environment(HUDUR_CLOCK=self.skewed.path)),
            "hall-c": Door(self.stage, EVENT, "hall-c", first, 10000),
            "atlas": Door(self.stage, EVENT, "atlas", WORKSHOP, 300,
                          self.stage.environment(HUDUR_ENDPOINT=self.cable.endpoint)),
        }
        self.say("four doors are open; the clock of hall-b is an hour fast")

    def door_for(self, passage):
        if passage.room != "HALL":
            return self.doors["atlas"]
        if passage.direction == "out":
            return self.doors["hall-c"]
        return self.doors["hall-a" if passage.guest.person % 2 else "hall-b"]

    def pass_doors(self, passages):
        """All who pass in one tick: every door gets its codes first, then all answers are awaited."""
        used = {}
        for passage in passages:
            door = self.door_for(passage)
            door.send(passage.session, passage.direction, getattr(passage, "badge", passage.guest.badge))
            used[door.name] = door
        for door in used.values():
            for code, answer in door.answers():
                if not answer["admitted"]:
                    raise Failure("door %s refused %s: %s" % (door.name, code, answer))

    def plan_rooms(self):
        sessions = {session["session_id"]: dict(session) for session in self.meeting["sessions"]}
        for change in self.overlay["sessions"]:
            sessions.setdefault(change["session_id"], {}).update(change)
        counting = [session for session in sessions.values() if session.get("room")]
        counting.sort(key=lambda session: (session["day"], session["start"]))
        overrun = {OVERRUN: 25}
        return crowd.Rooms(counting, self.times).play(self.guests, WORKSHOP, overrun)

    def loses_badge(self, passages):
        """Somebody who goes over to the workshop."""
        return next(passage.guest for passage in passages if passage.session == WORKSHOP
                    and passage.direction == "in" and passage.guest.name.isascii())

    def schedule(self):
        """Everything that happens after the half hour at the desks, by time: (moment, order, what to do)."""
        at = self.times.at
        events = [(at(guest.day, guest.time), 0, lambda guest=guest: self.latecomer(guest))
                  for guest in self.guests if guest.time]
        passages = self.plan_rooms()
        loser = self.loses_badge(passages)
        events += [(at(1, "14:00"), 0, self.pull), (at(1, "15:00"), 0, self.plug),
                   (at(1, "14:08"), 0, lambda: self.reprint(loser)),
                   (at(1, "15:40"), 0, lambda: self.show_old_badge(loser)),
                   (at(1, "17:40"), 0, self.gavel)]
        ticks = {}
        for passage in passages:
            if passage.guest is loser and passage.session == WORKSHOP and passage.direction == "in":
                passage.badge = None  # still with the old badge, which the door without network does not know
                self.unaware = passage
            ticks.setdefault(passage.at, []).append(passage)
        events += [(moment, 1, lambda group=group: self.pass_doors(group)) for moment, group in ticks.items()]
        return sorted(events, key=lambda event: event[:2])

    def play(self, until=None):
        for moment, _, act in self.schedule():
            if until and moment >= until:
                break
            self.step(moment)
            act()
        if until:
            self.step(until)

    def pull(self):
        self.cable.pull()
        self.say("the door atlas loses its network")

    def plug(self):
        self.cable.plug()
        door = self.doors["atlas"]
        self.say("the door atlas has its network back after an hour; it decided %d scans alone" % door.alone)
        if not door.alone:
            raise Failure("the door atlas was never offline")

    def reprint(self, guest):
        self.old_badge = self.desks[2].reprint(guest, "left in the hotel")
        self.unaware.badge = self.old_badge
        self.say("%s gets a new badge; the old one is revoked" % guest.name)

    def show_old_badge(self, guest):
        door = self.doors["hall-a"]
        door.send(OVERRUN, "in", self.old_badge)
        answer = door.answers()[0][1]
        self.say("the old badge of %s at hall-a: %s" % (guest.name, "YES" if answer["admitted"] else
                                                        "NO, " + answer["reason"]))
        if answer["reason"] != "revoked_badge":
            raise Failure("the old badge was not refused: %s" % answer)

    def gavel(self):
        self.admin("close", "--session", OVERRUN, "-e", EVENT)
        self.say("the chair closes %s, 25 minutes late" % OVERRUN)

    def close_doors(self):
        for door in self.doors.values():
            said = door.close()
            self.say(said.splitlines()[-1])

    # ---- what is published ----

    def report(self, *words):
        return self.stage.run("report", *words, "-e", EVENT)

    def figures(self, *words):
        return json.loads(self.report("figures", *words, "--format", "json"))

    def publish(self):
        self.until(2, "17:00")
        print("\n" + NOTICE + "\n")
        print(self.report("statement"))
        print(self.report("figures", "--by", "country", "--qualifier", "checked_in"))
        print(self.report("figures", "--by", "session", "--qualifier", "attended"))
        walked = sum(guest.walk_in is not None for guest in self.guests)
        late = sum(bool(guest.time) for guest in self.guests) - walked
        print("%d people were checked in: %d at three desks between 09:00 and 09:30, %d walk-ins, %d late." % (
            len(self.guests), len(self.guests) - walked - late, walked, late))
        print("Longest wait at the desks: %d min %d s (simulated). Median keystrokes for a check-in: %g." % (
            self.longest_wait // 60000, self.longest_wait // 1000 % 60, self.median))

    def compare(self):
        """The same numbers from the raw rows; Failure when any differs."""
        if self.options.plant:
            self.plant()
        published = recount.published(self.figures)
        counted = recount.counted(next((self.folder / "data").glob("**/%s.hudur" % EVENT)))
        differences = recount.differences(published, counted)
        print("\nRecounted from the ledger's raw rows: %d numbers, %d differ." % (len(counted), len(differences)))
        for line in differences:
            print("  " + line)
        if differences:
            raise Failure("the published figures are not what the ledger says")

    def check_server(self):
        """It says nothing but that the clock is simulated while all is well."""
        if self.stage.stop(self.server) != 0:
            raise Failure("hudur serve did not end well")
        lines = (self.folder / "serve.log").read_text(encoding="utf-8").splitlines()
        said = [line for line in lines if "the clock is simulated" not in line]
        if said:
            raise Failure("hudur serve had something to say:\n" + "\n".join(said))

    def plant(self):
        """For the test that the comparison can fail: one person too many in a counter."""
        path = next((self.folder / "data").glob("**/%s.hudur" % EVENT))
        with sqlite3.connect(path, timeout=20) as file:
            file.execute("UPDATE counter SET persons = persons + 1 WHERE qualifier = 'checked_in'")
        file.close()

    # ---- all of it ----

    def run(self):
        self.serve()
        self.load()
        self.nominate()
        self.open_desks()
        self.check_in_all()
        self.open_doors()
        if self.options.stay:
            self.play(self.times.at(2, "15:00"))
            self.stay()
            return
        self.play()
        self.close_doors()
        for desk in self.desks:
            desk.close()
        self.publish()
        self.compare()
        self.check_server()
        print("\nThe whole meeting took %.1f s." % (time.monotonic() - self.started))

    def stay(self):
        """Leaves the meeting up in the afternoon of the second day, the simulated clock going on by itself."""
        self.close_doors()
        for desk in self.desks:
            desk.close()
        print(STAY.format(bin=self.stage.bin, endpoint=self.options.endpoint, clock=self.clock.path, event=EVENT,
                          notice=NOTICE, folder=self.stage.folder / "practice", badge=self.guests[0].badge), flush=True)
        begun, now = time.monotonic(), self.clock.now
        while self.server.poll() is None:
            time.sleep(1)
            self.step(now + int((time.monotonic() - begun) * 1000))
        self.options.keep = True  # the log is in it, and the event
        raise Failure("hudur serve ended; %s/serve.log says why" % self.folder)

    def close(self):
        if self.cable:
            self.cable.close()
        self.stage.close()
        self.pool.shutdown()
        if self.options.keep:
            print("Kept: %s" % self.folder)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


STAY = """
{notice}

The meeting is up at {endpoint}; it is 1 March 2024, 15:00 in Marrakech, and the clock goes on. Ctrl-C ends it.
In another terminal:

  export PATH={bin}:$PATH HUDUR_CLOCK={clock} HUDUR_ENDPOINT={endpoint}
  export XDG_STATE_HOME={folder}   # what is typed for practice stays here
  hudur desk -e {event}                                   # type isik, or #1 and Enter
  hudur scan -e {event} --session D2-05                   # then a badge code, such as {badge}
  hudur report figures -e {event} --by country
  hudur report figures -e {event} --by session --qualifier attended
  hudur report statement -e {event}
  hudur report unresolved -e {event}
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default="build/bin", help="where the programs are")
    parser.add_argument("--stay", action="store_true", help="leave the meeting up on the default endpoint")
    parser.add_argument("--endpoint", default=ENDPOINT, help="which one, for --stay")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the data")
    parser.add_argument("--without", action="append", default=[], metavar="KEY", help="leave a nomination out")
    parser.add_argument("--plant", action="store_true", help="plant a wrong counter before the figures")
    demo = Demo(parser.parse_args())
    for number in (signal.SIGTERM, signal.SIGINT):  # also where a shell has set SIGINT aside
        signal.signal(number, signal.default_int_handler)
    try:
        demo.run()
    except Failure as failure:
        print("demo: %s" % failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0 if demo.options.stay else 1
    finally:
        demo.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
