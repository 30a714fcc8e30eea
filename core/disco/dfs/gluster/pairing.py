"""Which brick of an attribute is which volume of the client graph.

The graph knows the host that a volume was configured by; the attribute knows the host that the brick's
server calls itself. They often differ (``gnode02-ib`` or ``10.77.2.3`` against ``gnode02``), and neither knows the
other's name, so that pairs are made by what the two have in common, the surest thing first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from .pathinfo import Brick

__all__ = ["Pairable", "pair"]


class Pairable(Protocol):
    """What pairing needs to know of a volume."""

    @property
    def index(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def brick(self) -> str: ...
    @property
    def configured_host(self) -> str: ...
    @property
    def online(self) -> bool | None: ...


_Rule = Callable[[Brick, Pairable], bool]
_ADDRESS = re.compile(r"[\d.]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*")


def _short(host: str) -> str:
    return host if _ADDRESS.fullmatch(host) else host.partition(".")[0]


def _holds_word(text: str, word: str) -> bool:
    """``nx01-vol1`` and ``gnode02-ib`` hold the words ``nx01`` and ``gnode02``; ``gnode021`` does not."""
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(word)}(?![0-9A-Za-z])", text, re.IGNORECASE) is not None


def _same_directory(brick: Brick, volume: Pairable) -> bool:
    return brick.base == volume.brick


_HOST_RULES: tuple[_Rule, ...] = (
    lambda brick, volume: brick.host == volume.configured_host,
    lambda brick, volume: _short(brick.host) == _short(volume.configured_host),
    lambda brick, volume: _holds_word(volume.configured_host, _short(brick.host)),
    lambda brick, volume: _holds_word(volume.name, _short(brick.host)),
)


def _in_same_directory(rule: _Rule) -> _Rule:
    return lambda brick, volume: _same_directory(brick, volume) and rule(brick, volume)


_RULES: tuple[_Rule, ...] = (*map(_in_same_directory, _HOST_RULES), _same_directory, *_HOST_RULES)


def pair(bricks: Sequence[Brick], volumes: Sequence[Pairable], *, likely: Collection[int] = ()) -> dict[Brick, int]:
    """The index of the volume that each brick is; a brick is left out where more are given than volumes.

    A rule pairs a brick and a volume only where it fits the two and no others. What no rule pairs is put together
    in order, bricks by host and directory: with a volume of the same directory if there is one, that is online,
    and was configured by an address, since a host's name would have told. That is certain when one is left on
    both sides, and the same on every run. ``likely``: volumes that go before others in that.
    """
    left_bricks, left_volumes = sorted(set(bricks)), list(volumes)
    pairs: dict[Brick, int] = {}

    def put_together(brick: Brick, volume: Pairable) -> None:
        pairs[brick] = volume.index
        left_bricks.remove(brick)
        left_volumes.remove(volume)

    for rule in _RULES:
        for brick in list(left_bricks):
            fitting = [volume for volume in left_volumes if rule(brick, volume)]
            if len(fitting) == 1 and sum(rule(other, fitting[0]) for other in left_bricks) == 1:
                put_together(brick, fitting[0])
    for fits in (_same_directory, lambda brick, volume: True):
        for brick in list(left_bricks):
            fitting = [volume for volume in left_volumes if fits(brick, volume)]
            if fitting:
                put_together(brick, min(fitting, key=lambda volume: (volume.index not in likely, *_doubt(volume))))
    return pairs


def _doubt(volume: Pairable) -> tuple[bool, bool, int]:
    """How little speaks for a volume that no rule pairs."""
    return volume.online is False, not _ADDRESS.fullmatch(volume.configured_host), volume.index
