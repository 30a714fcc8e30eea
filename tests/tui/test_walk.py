"""A walk that is under way: what it shows meanwhile, stopping it, going on, and answers that come late or never."""

from __future__ import annotations

import errno
import time
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from gluster_tui.app import GlusterTui
from gluster_tui.crash import UnexpectedError
from gluster_tui.helper import READING
from gluster_tui.helper_process import HelperEndedError
from gluster_tui.messages import Loaded
from gluster_tui.updates import Waiting
from gluster_tui.widgets.bars import NoticeBar

from .driving import enter_filter, explorer, files_shown, in_view, on_screen, running, settled, until
from .sources import FILES, HeldSource, dataset, everything, session_of


def half_listed() -> HeldSource:
    """A dataset of which one directory does not answer yet."""
    return HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs/2006-07")


def sentence(pilot: Pilot[None], panel: str) -> str:
    return " ".join(" ".join(in_view(pilot, explorer(pilot).query_one(panel))).split())


async def known(pilot: Pilot[None], files: int) -> None:
    await until(pilot, lambda: len(files_shown(pilot)) == files, f"{files} files are shown")


async def test_files_are_shown_as_soon_as_their_directory_is_listed_and_how_far_the_walk_is() -> None:
    async with running(session_of(half_listed()), settle=False) as pilot:
        await known(pilot, 9)
        assert files_shown(pilot) == [path for path in FILES if b"2006-07" not in path]
        assert "9 of 9 files, 63 B   walking... 80%" in on_screen(pilot)


async def test_what_comes_later_is_filtered_too() -> None:
    source = half_listed()
    async with running(session_of(source), settle=False) as pilot:
        await known(pilot, 9)
        await pilot.press("slash", "0", "2")
        source.release()
        await settled(pilot)
        assert files_shown(pilot) == [path for path in FILES if b"02" in path]


async def test_escape_stops_the_walk_and_marks_what_is_there_as_incomplete() -> None:
    source = half_listed()
    async with running(session_of(source), settle=False) as pilot:
        await known(pilot, 9)
        await pilot.press("escape")
        await until(pilot, lambda: "stopped at 80%: incomplete" in on_screen(pilot), "it says that it was stopped")
        assert len(files_shown(pilot)) == 9


async def test_g_goes_on_to_the_end_of_the_dataset() -> None:
    source = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs")
    async with running(session_of(source), settle=False) as pilot:
        await known(pilot, 4)
        await pilot.press("escape")
        source.release()
        await pilot.press("g")
        await settled(pilot)
        assert files_shown(pilot) == list(FILES)


async def test_a_walk_that_was_stopped_before_any_file_says_which_key_goes_on() -> None:
    source = HeldSource(dataset(), hold_listings=everything)
    async with running(session_of(source), settle=False) as pilot:
        await pilot.press("escape")
        await until(pilot, lambda: "g goes on" in on_screen(pilot), "the key is named")
        assert sentence(pilot, "#files") == "No file was found before the walk was stopped. g goes on."


async def test_a_late_update_of_an_older_selection_is_dropped() -> None:
    async with running(session_of(dataset())) as pilot:
        older = explorer(pilot).latest
        assert older is not None
        await enter_filter(pilot, "chr")
        explorer(pilot).post_message(Loaded(older))
        await pilot.pause()
        assert len(files_shown(pilot)) == 3
        assert "3 of 21 files" in on_screen(pilot)


async def test_an_error_that_should_not_have_happened_shows_though_another_filter_was_typed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with running(session_of(dataset())) as pilot:
        older = explorer(pilot).latest
        assert older is not None
        await enter_filter(pilot, "chr")
        explorer(pilot).post_message(Loaded(replace(older, error=UnexpectedError(ZeroDivisionError("of ours")))))
        await until(pilot, lambda: "ZeroDivisionError('of ours')" in on_screen(pilot), "the error shows")


async def test_a_file_whose_placement_is_not_known_yet_says_so_in_list_and_panel() -> None:
    source = HeldSource(dataset([b"data"]), hold_files=everything)
    async with running(session_of(source), settle=False) as pilot:
        await known(pilot, 1)
        assert in_view(pilot, explorer(pilot).files)[0].endswith("...")
        assert sentence(pilot, "#replicas") == "/data size not known asking GlusterFS where it lies ..."


async def test_a_file_that_vanished_since_it_was_listed_leaves_the_list() -> None:
    source = HeldSource(dataset(), gone={b"genomes/chr2"})
    async with running(session_of(source)) as pilot:
        assert files_shown(pilot) == [path for path in FILES if path != b"genomes/chr2"]


@pytest.mark.parametrize(
    ("listing", "why"),
    [(True, "large, or a brick does not answer"), (False, "a brick is slow, or does not answer")],
)
async def test_a_call_that_does_not_come_back_shows_as_waiting_with_its_time(listing: bool, why: str) -> None:
    source = half_listed()
    async with running(session_of(source), settle=False) as pilot:
        await known(pilot, 9)
        latest = explorer(pilot).latest
        assert latest is not None
        since_long = Waiting(b"web_logs/2006-07", time.monotonic() - 42, listing)
        explorer(pilot).query_one(NoticeBar).show(replace(latest, waiting=(since_long,)))
        await pilot.pause()
        assert f"~ waiting 42 s for /web_logs/2006-07: {why}" in on_screen(pilot)


async def test_files_and_directories_that_failed_are_counted_below_the_panels() -> None:
    faults = {b"genomes": errno.EACCES, b"README": errno.ENOTCONN}
    async with running(session_of(HeldSource(dataset(), faults=faults))) as pilot:
        assert "x 1 file could not be placed   x 1 directory could not be read" in on_screen(pilot)


async def test_when_the_mounts_process_ends_the_walk_stops_and_says_what_helps() -> None:
    source = half_listed()
    async with running(session_of(source), settle=False) as pilot:
        await known(pilot, 9)
        source.end(HelperEndedError(READING))
        await until(pilot, lambda: "x the process that reads the mount has ended: press R" in on_screen(pilot), "words")
        assert "incomplete" in on_screen(pilot)


async def test_q_leaves_at_once_while_every_call_hangs() -> None:
    source = HeldSource(dataset(), hold_listings=everything)
    async with running(session_of(source), settle=False) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: not pilot.app.is_running, "the app has ended", seconds=5)
    assert isinstance(pilot.app, GlusterTui)
    assert source.held == 1
    assert source.closed
