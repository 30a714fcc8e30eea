"""The screen's loop never does much in one go, however large the dataset is and however slow the mount."""

import asyncio
import errno
import gc

from gluster_tui import quiet

from .driving import enter_filter, explorer, running, settled, until
from .sources import HeldSource, dataset, session_of
from .stalls import StallMeter

SIZE = (120, 40)
MANY = tuple(b"logs/access-%06d" % number for number in range(100_000))
FEW = tuple(b"logs/access-%06d" % number for number in range(200))
OTHERS = (b"closed/a", b"hung/a", *(b"days/%03d/a" % day for day in range(200)))
BUDGET = 250_000  # calls: less than twice what it takes to lay out and paint the whole screen once


def slow(paths):
    """A mount with 5 ms a call, on which one directory cannot be read and another hangs."""
    return HeldSource(
        dataset(sorted((*paths, *OTHERS))),
        delay=0.005,
        placed=True,
        faults={b"closed": errno.EACCES},
        hold_listings=lambda directory: directory == b"hung",
    )


async def loaded(pilot):
    """All is there but what hangs."""
    await until(pilot, lambda: explorer(pilot).latest.progress.directories_listed == 204, "all directories but one")


async def test_loading_a_large_directory_from_a_slow_mount_does_not_block_the_screen():
    session = session_of(slow(MANY))
    with StallMeter() as meter:
        async with running(session, SIZE, settle=False) as pilot:
            await loaded(pilot)
    assert meter.most < BUDGET


async def test_loading_takes_the_screen_no_more_work_in_one_go_where_there_are_many_times_more_files():
    most = []
    for paths in (FEW, MANY):
        session = session_of(slow(paths))
        with StallMeter() as meter:
            async with running(session, SIZE, settle=False) as pilot:
                await loaded(pilot)
        most.append(meter.most)
    assert most[1] < 1.5 * most[0]


async def test_scrolling_a_large_directory_does_not_block_the_screen():
    async with running(session_of(slow(MANY)), SIZE, settle=False) as pilot:
        await loaded(pilot)
        with StallMeter() as meter:
            for key in ("pagedown", "pagedown", "end", "pageup", "home"):
                await pilot.press(key)
    assert meter.most < BUDGET


async def test_filtering_a_large_directory_does_not_block_the_screen():
    async with running(session_of(dataset(MANY)), SIZE) as pilot:
        with StallMeter() as meter:
            await enter_filter(pilot, "999")
            await settled(pilot)
    assert meter.most < BUDGET


async def test_a_directory_that_hangs_leaves_the_screen_live():
    source = slow(FEW)
    async with running(session_of(source), SIZE, settle=False) as pilot:
        await loaded(pilot)
        await pilot.press("down")
        assert explorer(pilot).files.cursor == 1
        assert source.held == 1


async def test_work_in_one_go_is_seen():
    with StallMeter() as meter:
        asyncio.get_running_loop().call_soon(lambda: [abs(number) for number in range(BUDGET)])
        await asyncio.sleep(0)
    assert meter.most >= BUDGET


async def test_work_in_many_goes_is_not_added_up():
    with StallMeter() as meter:
        for _ in range(10):
            asyncio.get_running_loop().call_soon(lambda: [abs(number) for number in range(1000)])
            await asyncio.sleep(0)
    assert meter.most < 2 * 1000


async def test_what_painting_leaves_behind_can_be_collected_once_the_dataset_is_there(monkeypatch):
    """What is frozen is never collected: only the catalog is to be, and not the garbage of each key."""
    frozen = []
    monkeypatch.setattr(quiet, "_MANY", 0)
    async with running(session_of(dataset())) as pilot:
        monkeypatch.setattr(gc, "freeze", lambda: frozen.append(True))
        await enter_filter(pilot, "a")
        await settled(pilot)
    assert not frozen
