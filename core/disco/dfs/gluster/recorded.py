"""The values that stand in a recording, checked: a recording may have been edited, or made to do harm.

Every function raises ValueError, TypeError or KeyError for a value that is not what it should be.
"""

from __future__ import annotations

import base64
import os
from operator import lt
from typing import Any

__all__ = [
    "bytes_of",
    "failure_of",
    "mount_point_of",
    "names_of",
    "number_of",
    "numbers_of",
    "path_of",
    "recorded_bytes",
    "text_of",
]

_LARGEST = 2**63 - 1
_NO_NAMES = frozenset([b"", b".", b".."])


def recorded_bytes(value: bytes) -> str | dict[str, str]:
    """Bytes as they stand in a recording: as text where they are UTF-8."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode("ascii")}


def bytes_of(value: Any) -> bytes:
    """The bytes that were recorded."""
    return value.encode("utf-8") if isinstance(value, str) else base64.b64decode(value["b64"], validate=True)


def number_of(value: object, *, least: int = 0, most: int = _LARGEST) -> int:
    """A whole number within bounds."""
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{value!r} is not a number from {least} to {most}")
    return value


def text_of(value: object) -> str:
    """A text, in which bytes that are not UTF-8 are surrogate escapes."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    os.fsencode(value)  # a UnicodeEncodeError is a ValueError
    return value


def failure_of(value: Any) -> tuple[int, str]:
    """An error number and its words."""
    number, words = value
    return number_of(number), text_of(words)


def mount_point_of(value: Any) -> bytes:
    """An absolute path."""
    path = bytes_of(value)
    if path != b"/" and (path[:1] != b"/" or not all(map(_is_name, path[1:].split(b"/")))):
        raise ValueError(f"{path!r} is not an absolute path")
    return path


def path_of(value: Any) -> bytes:
    """A path below the mount point, "" for the mount point itself."""
    path = bytes_of(value)
    if path and not all(map(_is_name, path.split(b"/"))):
        raise ValueError(f"{path!r} is not a path below the mount point")
    return path


def names_of(values: Any) -> list[bytes]:
    """The names of entries of a directory, each once, sorted as bytes."""
    if not values:
        return _names_one_by_one(values)
    try:
        joined = "\0".join(values).encode("utf-8")  # all at once: a step a name takes longer than all the rest
    except TypeError:
        return _names_one_by_one(values)
    names = joined.split(b"\0")
    if len(names) != len(values) or b"/" in joined or not _NO_NAMES.isdisjoint(names):
        return _names_one_by_one(values)  # which says what is wrong
    return names if all(map(lt, names, names[1:])) else _names_one_by_one(values)


def _names_one_by_one(values: Any) -> list[bytes]:
    """The same, for names that are not UTF-8, and to say which of them is wrong."""
    names = [bytes_of(value) for value in values]
    for before, name in zip([b"", *names], names, strict=False):
        if not _is_name(name) or name <= before:
            raise ValueError(f"{name!r} is not a name, or is not in its place by bytes")
    return names


def numbers_of(values: Any, *, least: int, most: int = _LARGEST) -> list[int]:
    """Whole numbers within bounds."""
    if not isinstance(values, list):
        raise ValueError(f"{values!r} is not a list")
    if values and (set(map(type, values)) != {int} or min(values) < least or max(values) > most):
        return [number_of(value, least=least, most=most) for value in values]  # says which is wrong
    return values


def _is_name(name: bytes) -> bool:
    return name not in _NO_NAMES and b"/" not in name and b"\0" not in name
