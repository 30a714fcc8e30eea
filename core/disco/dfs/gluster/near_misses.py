"""Names that are almost another name, and what differs: for whoever looks for the entry that was meant.

An index answers without comparing every name with every other: names are found by what is left of them without
their case, separators, zeros and domain, and by what is left without any one character.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .errors import shown

__all__ = ["Difference", "NameIndex", "NearMiss"]

Difference = Literal["case", "separator", "padding", "domain", "digit", "letter", "character", "order"]

_LONGEST = 128  # characters; of longer names, those that lack one character would take too much memory
_MOST = 5  # near misses of one name
_ADDRESS = re.compile(r"[0-9.]+|.*:.*")  # IPv4 or IPv6: its dots set no domain apart
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


@dataclass(frozen=True, slots=True)
class NearMiss:
    """``other`` is almost ``name``. ``words``: what is different in ``other``, harmless to a terminal."""

    name: str
    other: str
    differences: tuple[Difference, ...]
    words: str


class NameIndex:
    """Names, to be asked which of them are almost some other."""

    def __init__(self, names: Iterable[str]) -> None:
        self._loose: defaultdict[str, list[str]] = defaultdict(list)
        self._lacking: defaultdict[str, list[str]] = defaultdict(list)
        for name in dict.fromkeys(filter(None, names)):
            self._loose[_loose(name)].append(name)
            for part in _parts(name):
                self._lacking[part].append(name)

    def near(self, name: str) -> tuple[NearMiss, ...]:
        """The names that are almost this one, the nearest first; itself is none of them."""
        found: dict[str, NearMiss] = {}
        if not name:  # a host that nobody told
            return ()
        candidates = [*self._loose.get(_loose(name), ())]
        for part in _parts(name):
            candidates += self._lacking.get(part, ())
        for other in candidates:
            if other != name and other not in found:
                miss = compared(name, other)
                if miss:
                    found[other] = miss
        return tuple(sorted(found.values(), key=_distance)[:_MOST])


def compared(name: str, other: str) -> NearMiss | None:
    """What is different in ``other``; None where it is the same name, or not near."""
    if name == other:
        return None
    if _loose(name) == _loose(other):
        told = _written_otherwise(name, other)
    else:
        one = _one_apart(name, other)
        told = [one] if one else []
    if not told:
        return None
    return NearMiss(name, other, tuple(difference for difference, _ in told), ", ".join(words for _, words in told))


_ORDER: dict[Difference, int] = {"case": 0, "separator": 1, "padding": 2, "domain": 3, "order": 4}


def _distance(miss: NearMiss) -> tuple[int, list[int], str]:
    return len(miss.differences), [_ORDER.get(difference, 5) for difference in miss.differences], miss.other


def _split(name: str) -> tuple[str, str, str]:
    """The host's own name, its domain with the dot, and the brick with its colon; "" for what there is not."""
    host, colon, brick = name.partition(":/")
    if _ADDRESS.fullmatch(host):
        return host, "", colon + brick
    own, dot, domain = host.partition(".")
    return own, dot + domain, colon + brick


def _loose(name: str) -> str:
    """A name without its domain, its case, its zeros, and which separators it has."""
    own, _, brick = _split(name)
    return _unpadded(own.casefold().replace("_", "-")) + brick


def _unpadded(text: str) -> str:
    return _ZEROS.sub("", text)


def _written_otherwise(name: str, other: str) -> list[tuple[Difference, str]]:
    (own, domain, _), (others, other_domain, _) = _split(name), _split(other)
    told: list[tuple[Difference, str]] = []
    if own != others:
        mine, theirs = own.replace("_", "-"), others.replace("_", "-")
        if _unpadded(mine) != _unpadded(theirs):
            told.append(("case", "upper and lower case differ"))
        if _separators(own) != _separators(others):
            told.append(("separator", "'-' and '_' are exchanged"))
        if mine.casefold() != theirs.casefold():
            told.append(("padding", f"zeros before a number: '{shown(others)}' in place of '{shown(own)}'"))
    if domain != other_domain:
        if not domain or not other_domain:
            more = f"has the domain '{shown(other_domain)}'" if other_domain else f"lacks the domain '{shown(domain)}'"
            told.append(("domain", more))
        else:
            told.append(("domain", f"has the domain '{shown(other_domain)}' in place of '{shown(domain)}'"))
    return told


def _separators(text: str) -> str:
    return "".join(c for c in text if c in "-_")


def _parts(name: str) -> set[str]:
    """A name, and what is left of it without any one of its characters."""
    if len(name) > _LONGEST:
        return set()
    return {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}


def _one_apart(name: str, other: str) -> tuple[Difference, str] | None:
    """How ``other`` differs by one character, or by two neighbours that changed places."""
    start = next((i for i, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), min(len(name), len(other)))
    a, b = name[start:], other[start:]
    if a[1:] == b[1:] and a and b:
        kind = _kind(a[0], b[0])
        return kind, f"one {kind} apart: '{shown(b[0])}' in place of '{shown(a[0])}'"
    if a[1:] == b:
        kind = _kind(a[0])
        return kind, f"one {kind} less: it lacks '{shown(a[0])}'"
    if b[1:] == a:
        kind = _kind(b[0])
        return kind, f"one {kind} more: '{shown(b[0])}'"
    if a[:2] == b[1::-1] and a[2:] == b[2:]:
        return "order", f"two characters have changed places: '{shown(b[:2])}' in place of '{shown(a[:2])}'"
    return None


def _kind(*characters: str) -> Difference:
    if all(c.isdecimal() for c in characters):
        return "digit"
    return "letter" if all(c.isalpha() for c in characters) else "character"
