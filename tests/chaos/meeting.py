"""The meeting that chaos plays in: two days around now, two rooms, one of which has two sessions that abut."""

import datetime
import time

from asker import NoAnswer

EVENT, PEOPLE, HOUR = "chaos", 120, 3_600_000
CHUNK = 60  # rows that one import carries


def _day(number, starts):
    date = datetime.datetime.fromtimestamp(starts / 1000 + 43_200, datetime.timezone.utc).date()
    return {"day": number, "date": str(date), "starts": starts, "ends": starts + 24 * HOUR}


def _session(code, room, starts, ends):
    return {"session": code, "type": "plenary", "counts": True, "day": 2, "room": room, "starts": starts, "ends": ends}


def _plan(turn):
    """The second day begins with the sessions, so that what happened before them happened on the first."""
    begins, ends = turn - 2 * HOUR, turn + 3 * HOUR
    return {"event": EVENT, "zone": "UTC", "host": "MA",
            "days": [_day(1, begins - 24 * HOUR), _day(2, begins)],
            "entities": [{"entity": "MA", "kind": "state"}, {"entity": "TR", "kind": "state"},
                         {"entity": "BANK", "kind": "other"}],
            "standings": [{"entity": state, "standing": "member"} for state in ("MA", "TR")],
            "rooms": [{"room": "HALL"}, {"room": "ROOM"}],
            "sessions": [_session("FIRST", "HALL", begins, turn), _session("SECOND", "HALL", turn, ends),
                         _session("SIDE", "ROOM", begins, ends)]}


def _nominations(chance, first):
    for n in range(first, first + CHUNK):
        row = {"line": n, "name": "Nominated Person %d" % n, "entity": chance.choice(("MA", "TR", "BANK")),
               "category": chance.choice(("head", "delegate", "interpreter")),
               "gender": chance.choice(("female", "male"))}
        yield {field: value for field, value in row.items() if chance.random() < 0.8 or field in ("line", "name")}


def _do(asker, many, patience):
    """All of them must be done; the replies in order."""
    told = asker.insist(0, many, time.monotonic() + patience)
    for sent in many:
        if told[sent[1]]["status"] != "ok":
            raise NoAnswer("%s was answered %r" % (sent[0], told[sent[1]]))
    return [told[sent[1]] for sent in many]


def fill(asker, chance, patience):
    """Loads and opens the meeting, nominates people and gives each a badge: ({person: badge}, the turn)."""
    turn = time.time_ns() // 1_000_000 - HOUR
    registration, checkin, attendance = ("%s/%s" % (EVENT, name) for name in ("registration", "checkin", "attendance"))
    _do(asker, [asker.make("main/events", "load", **_plan(turn))], patience)
    _do(asker, [asker.make("main/events", "open_event", event=EVENT)], patience)
    _do(asker, [asker.make(registration, "import", rows=list(_nominations(chance, first)), accredit=True, source="list")
                for first in range(1, PEOPLE, CHUNK)], patience)
    _do(asker, [asker.make(attendance, "close_session", session="FIRST", time=turn, why="the gavel")], patience)
    told = _do(asker, [asker.make(checkin, "check_in", person=person, issue=True) for person in range(1, PEOPLE + 1)],
               patience)
    return {reply["person"]: reply["badge"] for reply in told}, turn
