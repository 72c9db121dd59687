"""A small invented meeting that lasts all of today wherever the test runs, and helpers that fill it."""

import datetime

from client import now

HOUR = 3_600_000
DAY = 24 * HOUR
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def zone_of_noon(moment):
    """A zone in which it is between noon and one o'clock: sessions around now then lie in one day."""
    ahead = 12 - datetime.datetime.fromtimestamp(moment / 1000, datetime.timezone.utc).hour
    # POSIX counts westwards: Etc/GMT-5 is five hours ahead of UTC.
    return "Etc/GMT%+d" % -ahead if ahead else "Etc/UTC", ahead * HOUR


def chunks(event, moment=None):
    """The fields of two `load`s."""
    moment = moment or now()
    zone, ahead = zone_of_noon(moment)
    midnight = (moment + ahead) // DAY * DAY - ahead
    days = [{"day": n + 1, "starts": midnight + n * DAY, "ends": midnight + (n + 1) * DAY,
             "date": str(datetime.date.fromordinal(719163 + (midnight + ahead) // DAY + n))} for n in range(2)]

    def session(code, kind, starts, ends, **more):
        return {"session": code, "type": kind, "day": 1, "starts": moment + starts * HOUR,
                "ends": moment + ends * HOUR, "counts": kind != "break", **more}
    yield {"event": event, "name_en": "Invented meeting", "name_ar": "اجتماع متخيل", "zone": zone, "host": "MA",
           "city": "Nowhere", "days": days,
           "entities": [{"entity": "MA", "kind": "state", "name_en": "Morocco", "name_fr": "Maroc", "region": "Arab"},
                        {"entity": "TR", "kind": "state", "name_en": "Türkiye", "region": "Asian",
                         "region_inferred": True},
                        {"entity": "SN", "kind": "state", "name_fr": "Sénégal"},
                        {"entity": "BA", "kind": "state", "name_en": "Bosnia and Herzegovina"},
                        {"entity": "SESRIC", "kind": "institution", "name_en": "SESRIC", "country": "TR"},
                        {"entity": "BANK", "kind": "other", "name_en": "Invented bank"}],
           "standings": [{"entity": state, "standing": "member"} for state in ("MA", "TR", "SN")]
           + [{"entity": "BA", "standing": "observer"}]}
    yield {"event": event,
           "rooms": [{"room": "HALL", "name": "Plenary hall"}, {"room": "B", "name": "Room B", "invented": True}],
           "sessions": [session("PLENARY", "plenary", -1, 2, room="HALL", title_en="Plenary"),
                        session("WORKSHOP", "workshop", -1, 2, room="B", invented=True),
                        session("HEADS", "panel", -1, 2, admits="head"),
                        session("SEAT", "panel", -1, 2, capacity=1),
                        session("COFFEE", "break", -1, 2),
                        {"session": "BOARD", "type": "board", "counts": True}],
           "agenda": [{"session": "PLENARY", "position": 1, "text": "Adoption of the agenda"}],
           "roles": [{"session": "PLENARY", "role": "moderator", "position": 1, "printed": "SESRIC",
                      "entity": "SESRIC"}]}


def blank(event, number):
    """The code of a blank badge, as one prints them before the meeting."""
    h = 2166136261
    for byte in event.encode():
        h = (h ^ byte) * 16777619 & 0xFFFFFFFF
    x = h ^ h >> 20 ^ h >> 10
    code = DIGITS[x >> 5 & 31] + DIGITS[x & 31] + "".join(DIGITS[number >> 5 * i & 31] for i in range(11))
    check = 0
    for character in code:
        check = 2 * (check ^ DIGITS.index(character))
        check ^= 37 if check >= 32 else 0
    return code + DIGITS[check]


def load(client, event, begin=True):
    for chunk in chunks(event):
        assert client.do("main/events", "load", **chunk)["status"] == "ok"
    if begin:
        assert client.do("main/events", "open_event", event=event)["status"] == "ok"


def admit(client, event, name, **fields):
    """A person, accredited and checked in: (number, badge)."""
    person = client.do(event + "/registration", "register", name=name, accredit=True,
                       **{"entity": "TR", "category": "delegate", **fields})["person"]
    return person, client.do(event + "/checkin", "check_in", person=person, issue=True)["badge"]
