"""Reads MessagePack, as far as Hudur's maps go: a second reading of https://github.com/msgpack/msgpack/blob/master/spec.md."""


class Unreadable(Exception):
    """The bytes are no MessagePack, or hold more than one value."""


def unpack(data):
    value, end = _value(data, 0)
    if end != len(data):
        raise Unreadable("%d bytes are left over" % (len(data) - end))
    return value


def _number(data, at, size, signed=False):
    if at + size > len(data):
        raise Unreadable("cut short")
    return int.from_bytes(data[at:at + size], "big", signed=signed), at + size


def _bytes(data, at, size):
    if at + size > len(data):
        raise Unreadable("cut short")
    return bytes(data[at:at + size]), at + size


def _list(data, at, count):
    values = []
    for _ in range(count):
        value, at = _value(data, at)
        values.append(value)
    return values, at


def _map(data, at, count):
    values, at = _list(data, at, 2 * count)
    return dict(zip(values[::2], values[1::2])), at


def _text(data, at, size):
    value, at = _bytes(data, at, size)
    return value.decode("utf-8"), at


# first byte: how many bytes hold the size, and what follows
_SIZED = {0xc4: (1, _bytes), 0xc5: (2, _bytes), 0xc6: (4, _bytes), 0xd9: (1, _text), 0xda: (2, _text), 0xdb: (4, _text),
          0xdc: (2, _list), 0xdd: (4, _list), 0xde: (2, _map), 0xdf: (4, _map)}
_FIXED = {0xc0: None, 0xc2: False, 0xc3: True}


def _value(data, at):
    first, at = _number(data, at, 1)
    if first < 0x80:
        return first, at
    if first < 0x90:
        return _map(data, at, first & 15)
    if first < 0xa0:
        return _list(data, at, first & 15)
    if first < 0xc0:
        return _text(data, at, first & 31)
    if first >= 0xe0:
        return first - 256, at
    if first in _FIXED:
        return _FIXED[first], at
    if first in _SIZED:
        width, read = _SIZED[first]
        size, at = _number(data, at, width)
        return read(data, at, size)
    if 0xcc <= first <= 0xcf:
        return _number(data, at, 1 << (first - 0xcc))
    if 0xd0 <= first <= 0xd3:
        return _number(data, at, 1 << (first - 0xd0), True)
    raise Unreadable("a value of type %#x" % first)
