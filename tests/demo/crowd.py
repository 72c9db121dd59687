"""Who comes when: the invented people's arrivals at the desks and their ways through the rooms, the same each time."""

import csv
import dataclasses
import json
import pathlib
import random

TICK = 10  # seconds; people who pass within one are handled by several doors at once


@dataclasses.dataclass
class Guest:
    """One invented person; `person` and `badge` are what the service gave."""
    name: str
    family: str
    entity: str
    key: str = ""
    person: int = 0
    badge: str = ""
    day: int = 1
    time: str = ""      # of a late arrival or walk-in; else within the half hour
    walk_in: dict = None


@dataclasses.dataclass(order=True)
class Passage:
    """One scan at a door, Unix milliseconds."""
    at: int
    order: int
    guest: Guest = dataclasses.field(compare=False)
    session: str = dataclasses.field(compare=False)
    direction: str = dataclasses.field(compare=False)
    room: str = dataclasses.field(compare=False)


class Sample:
    def __init__(self, folder, without=()):
        folder = pathlib.Path(folder)
        self.plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        self.files = {}
        for name in ("nominations.csv", "others.csv"):
            with open(folder / name, encoding="utf-8", newline="") as file:
                table = list(csv.DictReader(file))
            self.files[name] = [row for row in table if row["key"] not in without]
        self.rows = {row["key"]: row for table in self.files.values() for row in table}

    def write(self, folder):
        """The files as they are imported, without whom was left out."""
        paths = []
        for name, table in self.files.items():
            paths.append(pathlib.Path(folder) / name)
            with open(paths[-1], "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, table[0].keys(), lineterminator="\n")
                writer.writeheader()
                writer.writerows(table)
        return paths

    def guests(self):
        """Everybody who will be checked in, walk-ins and late ones last."""
        plan, late = self.plan, {entry["key"]: entry for entry in self.plan["late"]}
        gone = {plan["cancelled"]["key"], plan["replaced"]["key"], *plan["no_shows"]}
        coming = [Guest(row["name"], row["family"] or row["name"], row["entity"], key)
                  for key, row in self.rows.items() if key not in gone]
        substitute = plan["replaced"]["by"]
        if plan["replaced"]["key"] in self.rows:
            coming.append(Guest(substitute["name"], substitute["family"],
                                self.rows[plan["replaced"]["key"]]["entity"]))
        for guest in coming:
            if guest.key in late:
                guest.day, guest.time = late[guest.key]["day"], late[guest.key]["time"]
        coming += [Guest(walker["name"], walker["name"].split()[-1], walker["entity"], time=walker["time"],
                         walk_in=walker) for walker in plan["walk_ins"]]
        return coming


def arrivals(guests, programme, seed=4):
    """(moment, guest) of the half hour before the opening, delegations arriving together."""
    chance = random.Random(seed)
    early = [guest for guest in guests if not guest.time]
    together = {}
    for guest in early:
        together.setdefault(guest.entity, []).append(guest)
    queue = []
    for entity in sorted(together):
        moment = programme.at(1, "09:00", chance.randrange(0, 22 * 60, TICK))
        queue += [(moment + TICK * 1000 * place, guest) for place, guest in enumerate(together[entity])]
    return sorted(queue, key=lambda entry: entry[0])


class Rooms:
    """Everybody's way through the counting sessions."""

    def __init__(self, sessions, programme, seed=29):
        self.sessions = {session["session_id"]: session for session in sessions}
        self.programme, self.chance = programme, random.Random(seed)
        self.passages = []

    def add(self, at, guest, session, direction):
        room = self.sessions[session]["room"]
        at -= at % (TICK * 1000)
        self.passages.append(Passage(at, len(self.passages), guest, session, direction, room))

    def moment(self, session, end, minutes, spread):
        """`minutes` from the session's start or end, give or take."""
        entry = self.sessions[session]
        seconds = minutes * 60 + self.chance.randrange(-spread * 60, spread * 60 + 1, TICK)
        return self.programme.at(entry["day"], entry[end], seconds)

    def attend(self, guest, session, leaves=True, overrun=0):
        """Comes around the start; leaves near the end, or early, or without a scan."""
        enters = max(self.moment(session, "start", -3, 7), self.ready(guest))
        end = self.moment(session, "end", 0, 0)
        if enters >= end:
            return
        self.add(enters, guest, session, "in")
        dice = self.chance.random()
        if not leaves or dice < 0.05:
            return
        out = end - self.chance.randrange(25, 60) * 60000 if dice < 0.15 else \
            end + (overrun * 60 + self.chance.randrange(0, 240, TICK)) * 1000
        if out > enters:
            self.add(out, guest, session, "out")

    def ready(self, guest):
        """Nobody is let in before the desk is done with them."""
        return self.programme.at(guest.day, guest.time or "09:30", 120) if guest.day else 0

    def absent(self, guest, day):
        return guest.day > day or self.chance.random() < 0.08

    def play(self, guests, workshop, overrun):
        """`workshop` stands beside a panel in another room; `overrun` maps a session to minutes the chair adds."""
        panel = next(name for name, entry in self.sessions.items()
                     if entry["room"] != self.sessions[workshop]["room"]
                     and entry["day"] == self.sessions[workshop]["day"]
                     and entry["start"] == self.sessions[workshop]["start"])
        ends = {(entry["day"], entry["room"], entry["end"]): name for name, entry in self.sessions.items()}
        for name, entry in self.sessions.items():
            if name == workshop:
                continue
            before = ends.get((entry["day"], entry["room"], entry["start"]))
            after = any(other["start"] == entry["end"] and other["room"] == entry["room"]
                        and other["day"] == entry["day"] for other in self.sessions.values())
            for guest in guests:
                if self.absent(guest, entry["day"]):
                    continue
                if before and self.chance.random() < 0.9:
                    # The hall is not emptied between abutting sessions: only some scan on their way out.
                    if self.chance.random() < 0.8:
                        self.add(self.moment(name, "end", 2, 1), guest, name, "out")
                elif name == panel and self.chance.random() < 0.25:
                    self.move(guest, panel, workshop)
                else:
                    self.attend(guest, name, leaves=not after, overrun=overrun.get(name, 0))
        return sorted(self.passages)

    def move(self, guest, panel, workshop):
        """Into the panel, over to the workshop without a scan at the hall's door, and some back again."""
        self.add(max(self.moment(panel, "start", -3, 4), self.ready(guest)), guest, panel, "in")
        self.add(self.moment(workshop, "start", 17, 7), guest, workshop, "in")
        if self.chance.random() < 0.6:
            self.add(self.moment(workshop, "end", 4, 3), guest, panel, "in")
            self.add(self.moment(panel, "end", 2, 2), guest, panel, "out")
        else:
            self.add(self.moment(workshop, "end", 1, 1), guest, workshop, "out")
