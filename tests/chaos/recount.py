"""Every figure's row once more, from the ledger's raw rows by the definitions: who is registered, seen and where."""

import bisect
import collections

DIMENSIONS = ("entity", "category", "level", "gender", "language")
# A visit's flags are bits: 1 << its place among what a supervisor should look at.
ALREADY_INSIDE, LENT_BADGE, MOVED, OUT_WITHOUT_IN = (1 << n for n in (1, 2, 3, 4))
LENT_WITHIN = 60_000
NO_VISIT = (0, 0, None, None, 0, 0, None)

SUPPORT = ("interpreter", "security", "press", "driver", "secretariat")
MINUTE = 60_000

Passage = collections.namedtuple("Passage", "moment seq device number session direction")
Sitting = collections.namedtuple("Sitting", "session room starts ends closed")


class Person:
    """One registration as the ledger has made it."""

    def __init__(self, row):
        self.state = "accredited" if row["accredited"] else "registered"
        self.stands = {name: row[name] for name in DIMENSIONS}
        self.walk_in, self.remote = bool(row["walk_in"]), bool(row["remote"])
        self.days, self.passages, self.badge = set(), [], None

    def first_day(self):
        return 0 if self.remote or not self.days else min(self.days)

    def row(self):
        """As the table `person` has it."""
        return (self.state, *(self.stands[name] for name in DIMENSIONS), int(self.walk_in), int(self.remote),
                min(self.days, default=None), max(self.days, default=None), self.badge)


def ordered(passages):
    """By time; a device's own in the order of its numbers, none before a lower one, whatever its clock told."""
    latest, placed = {}, []
    for passage in sorted(passages, key=lambda p: p.number):
        moment, seq = max(latest.get(passage.device, (0, 0)), (passage.moment, passage.seq))
        latest[passage.device] = moment, seq
        placed.append((moment, seq, passage.number, passage._replace(moment=moment)))
    return [passage for *_, passage in sorted(placed, key=lambda p: p[:3])]


class Recount:
    """Fed with every ledger row in order; says what the projections must hold. `sessions`, `days` and `members`, the
    states in good standing, are as loaded."""

    def __init__(self, sessions, days, members=()):
        self.members = set(members)
        self.plan = {s["session"]: Sitting(s["session"], s["room"], s["starts"], s["ends"], None) for s in sessions}
        self.days = days  # of (day, starts, ends)
        self.persons, self.badges, self.devices = {}, {}, {}
        self.scans = {}      # seq: (person, passage) of what a door saw and the server took
        self.touched = set()  # persons whose visits may have changed since visits() last told of them
        self.counted = {}    # person: what it adds to the counters
        self.stayed = {}     # person: its row of `attended`

    # ---- what one row does ----
    def add(self, row):
        if row["id"] is not None:
            self._heard(row)
        if row["reason"] is not None:
            return
        if row["op"] == "register":
            self.persons[row["person"]] = Person(row)
        person = self.persons.get(row["person"])
        if person:
            self.touched.add(row["person"])
        does = getattr(self, "_" + row["op"], None)
        if does:
            does(row, person)

    def _heard(self, row):
        requests, scans, highest = self.devices.get(row["device"], (0, 0, 0))
        self.devices[row["device"]] = (requests + 1, scans + (row["op"] in ("scan", "decided")),
                                       max(highest, row["number"]))

    def _amend(self, row, person):
        person.stands.update({name: row[name] for name in DIMENSIONS if row[name] is not None})
        self._touch_badge(row, person)

    def _accredit(self, row, person):
        person.state = "accredited"
        self._touch_badge(row, person)

    def _cancel(self, row, person):
        person.state = "cancelled"
        self._touch_badge(row, person)

    def _touch_badge(self, row, person):
        if person.badge:
            self.badges[person.badge] = self.badges[person.badge][:2] + (row["seq"],)

    def _check_in(self, row, person):
        if not person.days:
            self._touch_badge(row, person)
        person.days.add(row["day"])

    def _undo_check_in(self, row, person):
        person.days.discard(row["day"])
        if not person.days:
            self._touch_badge(row, person)

    def _issue(self, row, person):
        person.badge = row["badge"]
        self.badges[row["badge"]] = (row["person"], "issued", row["seq"])

    def _reissue(self, row, person):
        self._issue(row, person)

    def _revoke(self, row, person):
        holder = self.badges[row["badge"]][0]
        self.badges[row["badge"]] = (holder, "revoked", row["seq"])
        if person and person.badge == row["badge"]:
            person.badge = None

    def _hand_over(self, row, _person):
        holder = self.badges[row["badge"]][0]
        self.badges[row["badge"]] = (holder, "handed_over", row["seq"])

    def _scan(self, row, person):
        if row["corrects"] is None:
            self._pass(row, person)

    def _decided(self, row, person):
        scanned = self.scans.get(row["corrects"])
        if row["admitted"] and not scanned:
            self._pass(row, person)
        elif not row["admitted"] and scanned:
            self.persons[scanned[0]].passages.remove(scanned[1])
            del self.scans[row["corrects"]]

    def _pass(self, row, person):
        if person is None or row["session"] not in self.plan:
            return
        passage = Passage(row["at"] + (row["clock_offset"] or 0), row["seq"], row["device"], row["number"], row["session"],
                          row["direction"])
        bisect.insort(person.passages, passage)
        self.scans[row["seq"]] = (row["person"], passage)

    def _close_session(self, row, _person):
        at = row["since"] if row["since"] is not None else row["at"] + (row["clock_offset"] or 0)
        self.plan[row["session"]] = self.plan[row["session"]]._replace(closed=at)
        self.touched.update(self.persons)

    # ---- what is counted ----
    def _seen(self, person):
        if person.remote:
            return set()
        moments = (p.moment for p in ordered(person.passages) if p.direction == "in")
        return person.days | {day for moment in moments for day, starts, ends in self.days if starts <= moment < ends}

    def _qualifiers(self, person):
        registered, accredited = person.state in ("registered", "accredited"), person.state == "accredited"
        first, seen = person.first_day(), self._seen(person)
        holds = {"nominated": not person.walk_in, "registered": registered, "accredited": accredited,
                 "walk_in": registered and person.walk_in, "no_show": accredited and not person.remote and not first}
        yield from ((name, 0) for name, true in holds.items() if true)
        if first:
            yield "checked_in", first
        yield from (("seen", day) for day in seen | ({0} if seen else set()))

    def counters(self):
        """{(qualifier, day, entity, category, level, gender, language): persons}, those that are not 0."""
        for number in self.touched:
            person = self.persons[number]
            stands = tuple(person.stands[name] or "" for name in DIMENSIONS)
            self.counted[number] = [(*held, *stands) for held in self._qualifiers(person)]
        return collections.Counter(key for keys in self.counted.values() for key in keys)

    def longest(self):
        """{(minutes, half, entity, category, level, gender, language): persons}, as long in one session at most."""
        for number in self.touched:
            person = self.persons[number]
            visits = {} if person.remote else Walk(self.plan, person.passages).visits()
            stays = {session: settled + (until - since if since is not None else 0)
                     for session, (_, settled, since, until, assumed, _, _) in visits.items() if not assumed}
            most = max(stays.values(), default=0)
            half = any(stay >= self._half(session) for session, stay in stays.items() if stay)
            stands = tuple(person.stands[name] or "" for name in DIMENSIONS)
            self.stayed[number] = (min(most // MINUTE, 1440), int(half), *stands) if most else None
        return collections.Counter(row for row in self.stayed.values() if row)

    def _half(self, session):
        """Half of what was planned, in whole minutes, a day of them at most."""
        planned = self.plan[session].ends - self.plan[session].starts
        return min(-(-(planned // 2) // MINUTE), 1440) * MINUTE

    # ---- what is published ----
    def figure(self, qualifier):
        """What `figures` must say of those who hold the qualifier on any day, line by line."""
        return self._figure(person for number, person in self.persons.items()
                            if any(key[0] == qualifier for key in self.counted.get(number, ())))

    def _figure(self, persons):
        lines, support, states = collections.Counter(), 0, set()
        for person in persons:
            entity, supports = person.stands["entity"], person.stands["category"] in SUPPORT
            lines[entity or "not_stated"] += 1
            support += supports
            if entity in self.members and not supports:
                states.add(entity)
                lines["representatives"] += 1
        return {"total": sum(lines.values()) - lines["representatives"], "support": support, "states": len(states),
                **lines}

    def attended(self, minutes, at):
        """{session: (low, high)}: persons for whom its minutes up to `at` suffice; low without assumed ends."""
        found = {session: [0, 0] for session in self.plan}
        for person in self.persons.values():
            visits = {} if person.remote else Walk(self.plan, person.passages).visits()
            for session, (_, settled, since, until, assumed, _, _) in visits.items():
                low = high = settled
                if since is not None and at > since:
                    stay = min(at, until) - since
                    high += stay
                    low += 0 if assumed and at >= until else stay
                found[session][0] += low >= minutes * MINUTE
                found[session][1] += high >= minutes * MINUTE
        return {session: tuple(pair) for session, pair in found.items()}

    # ---- who was where ----
    def visits(self):
        """{(person, session): row} of the persons that were touched, and those persons; forgets that they were."""
        touched, self.touched = self.touched, set()
        rows = {}
        for number in touched:
            for session, row in Walk(self.plan, self.persons[number].passages).visits().items():
                rows[number, session] = row
        return touched, rows


class Walk:
    """
    One person's way through the rooms. The meeting is simple: at most two sessions a room, the second begins when the
    gavel ends the first, and a door names the session that sits. So a stay is in the first one until that instant and
    is carried into the second; what follows outlasts every passage.
    """

    def __init__(self, plan, passages):
        self.plan, self.passages = plan, ordered(passages)
        self.room, self.since, self.entry = None, None, None
        self.flags = collections.Counter()
        self.scanned_in = {p.session for p in passages if p.direction == "in"}
        self.settled, self.open, self.carried = collections.Counter(), {}, set()

    def _parts(self, until):
        """The stay's parts by session: [from, to), and whether the person was carried into it."""
        for sitting in sorted((s for s in self.plan.values() if s.room == self.room), key=lambda s: s.starts):
            end = sitting.closed if sitting.closed is not None else sitting.ends
            if self.since < end and until > sitting.starts:
                carried = self.since <= sitting.starts and any(
                    o.room == self.room and o.closed == sitting.starts for o in self.plan.values())
                yield sitting, sitting.starts if carried else self.since, min(end, until), carried

    def _leave(self, moment):
        for sitting, since, until, carried in self._parts(moment):
            self.settled[sitting.session] += until - max(since, sitting.starts)
            if carried:
                self.carried.add(sitting.session)
        self.room = None

    def _enter(self, passage, room):
        if self.room == room:
            lent = self.entry.device != passage.device and passage.moment - self.entry.moment <= LENT_WITHIN
            self.flags[passage.session] |= LENT_BADGE if lent else ALREADY_INSIDE
        else:
            if self.room:
                self._leave(passage.moment)
                self.flags[passage.session] |= MOVED
            self.room, self.since = room, passage.moment
        self.entry = passage

    def _exit(self, passage, room):
        if self.room == room:
            self._leave(passage.moment)
        else:
            self.flags[passage.session] |= OUT_WITHOUT_IN

    def visits(self):
        """{session: (flags, settled_ms, since, until, assumed, carried, entered)}"""
        for passage in self.passages:
            (self._enter if passage.direction == "in" else self._exit)(passage, self.plan[passage.session].room)
        if self.room:
            for sitting, since, until, carried in self._parts(1 << 62):
                assumed = sitting.closed is None
                self.open[sitting.session] = (max(since, sitting.starts), until, int(assumed), since)
                if carried:
                    self.carried.add(sitting.session)
        sessions = {p.session for p in self.passages} | set(self.settled) | set(self.open)
        return {session: self._visit(session) for session in sessions}

    def _visit(self, session):
        since, until, assumed, entered = self.open.get(session, (None, None, 0, None))
        carried = int(session in self.carried and session not in self.scanned_in)
        return (self.flags[session], self.settled[session], since, until, assumed, carried, entered)
