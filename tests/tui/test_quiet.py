"""Garbage is looked for when nothing happens."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from gluster_tui import quiet
from gluster_tui.quiet import QuietCollector


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The generations that were looked at: soon, as there is no waiting here."""
    found: list[int] = []
    monkeypatch.setattr(quiet, "_SOON", 0)
    monkeypatch.setattr(quiet.gc, "collect", lambda generation=2: found.append(generation))
    monkeypatch.setattr(quiet.gc, "get_count", lambda: (0, 0, 0))
    gc.disable()
    yield found
    gc.enable()


async def turns() -> None:
    """Lets the loop come round a few times."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_when_it_is_quiet_the_newest_objects_are_looked_at(looked: list[int]) -> None:
    collector = QuietCollector(asyncio.get_running_loop())
    collector.stir()
    await turns()
    collector.close()
    assert looked == [0]


async def test_while_things_happen_nothing_is_looked_at(looked: list[int]) -> None:
    collector = QuietCollector(asyncio.get_running_loop())
    collector.stir()
    collector.stir()
    await turns()
    collector.close()
    assert looked == [0]


async def test_when_the_newest_were_looked_at_often_those_that_are_left_are_looked_at_too(
    looked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiet.gc, "get_count", lambda: (0, quiet._OLDER_EVERY, 0))
    collector = QuietCollector(asyncio.get_running_loop())
    collector.stir()
    await turns()
    collector.close()
    assert looked == [1]


@pytest.mark.parametrize(("times", "looked_at"), [(0, [0]), (quiet._ALL_EVERY, [0, 2])])
async def test_when_it_is_quiet_for_long_all_are_looked_at_if_the_older_were_often(
    looked: list[int], monkeypatch: pytest.MonkeyPatch, times: int, looked_at: list[int]
) -> None:
    monkeypatch.setattr(quiet, "_LATER", 0)
    monkeypatch.setattr(quiet.gc, "get_count", lambda: (0, 0, times))
    collector = QuietCollector(asyncio.get_running_loop())
    collector.stir()
    await turns()
    collector.close()
    assert looked == looked_at


async def test_nothing_is_looked_at_once_the_screen_is_gone(looked: list[int]) -> None:
    collector = QuietCollector(asyncio.get_running_loop())
    collector.stir()
    collector.close()
    await turns()
    assert looked == []
