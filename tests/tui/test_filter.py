"""The filter: every keystroke narrows the list, and what is wrong with an expression shows while it is typed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from disco.dfs.gluster.filters import Filter, Regex, Substring
from gluster_tui.screens.export import ExportScreen
from gluster_tui.widgets.bars import FilterBar

from .driving import (
    Alone,
    alone,
    enter_filter,
    explorer,
    files_shown,
    in_view,
    on_screen,
    running,
    settled,
    strips,
    until,
)
from .sources import FILES, dataset, session_of


def substring(text: bytes) -> list[bytes]:
    return [path for path in FILES if text in b"/inputfs/" + path]


@asynccontextmanager
async def bar_alone() -> AsyncIterator[tuple[Pilot[None], FilterBar, Alone]]:
    """The filter's line, and nothing else."""
    bar = FilterBar(id="filter-bar")
    async with alone(bar, size=(100, 3)) as (pilot, app):
        bar.input.focus()
        await pilot.pause()
        yield pilot, bar, app


def asked(app: Alone) -> list[Filter]:
    """The filters that were asked for, in order."""
    return [message.keep for message in app.told if isinstance(message, FilterBar.Changed)]


def kind_shown(pilot: Pilot[None], bar: FilterBar) -> str:
    """What stands behind the line that is typed into: the kind of filter, or what is wrong."""
    return in_view(pilot, bar.query_one("#filter-kind"))[0].strip()


async def test_each_keystroke_asks_for_what_stands_there_then() -> None:
    async with bar_alone() as (pilot, _, app):
        await pilot.press("0", "7", "backspace")
        assert asked(app) == [Substring(b"0"), Substring(b"07"), Substring(b"0")]


async def test_it_says_what_kind_of_filter_is_typed() -> None:
    async with bar_alone() as (pilot, bar, _):
        assert kind_shown(pilot, bar) == "[substring]"
        bar.regex = True
        await pilot.pause()
        assert kind_shown(pilot, bar) == "[regex]"


async def test_what_was_typed_as_a_substring_is_taken_as_an_expression_when_the_kind_changes() -> None:
    async with bar_alone() as (pilot, bar, app):
        await pilot.press("c", "asterisk")
        bar.regex = True
        await pilot.pause()
        (keep,) = asked(app)[2:]
        assert isinstance(keep, Regex)
        assert keep.pattern.pattern == "c*"


async def test_a_bad_expression_shows_its_fault_in_place_and_asks_for_nothing() -> None:
    async with bar_alone() as (pilot, bar, app):
        bar.regex = True
        await pilot.press("c", "[")
        assert kind_shown(pilot, bar) == "x unterminated character set at 2"
        assert len([keep for keep in asked(app) if isinstance(keep, Regex)]) == 1


async def test_the_fault_goes_when_the_expression_is_whole() -> None:
    async with bar_alone() as (pilot, bar, app):
        bar.regex = True
        await pilot.press("[", "c", "]")
        assert kind_shown(pilot, bar) == "[regex]"
        keep = asked(app)[-1]
        assert isinstance(keep, Regex)
        assert keep.pattern.pattern == "[c]"


async def test_the_fault_goes_when_it_is_a_substring_again() -> None:
    async with bar_alone() as (pilot, bar, app):
        bar.regex = True
        await pilot.press("(")
        bar.regex = False
        await pilot.pause()
        assert kind_shown(pilot, bar) == "[substring]"
        assert asked(app)[-1] == Substring(b"(")


async def test_an_empty_expression_keeps_all() -> None:
    async with bar_alone() as (pilot, bar, app):
        bar.regex = True
        await pilot.press("c", "backspace")
        assert asked(app)[-1].keeps_all


async def test_typing_narrows_the_list_key_by_key() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("slash", "0")
        await settled(pilot)
        assert files_shown(pilot) == substring(b"0")
        await pilot.press("7")
        await settled(pilot)
        assert files_shown(pilot) == substring(b"07")


async def test_a_substring_may_span_directories_and_the_mount_point() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "/inputfs/web_logs/2006-07/access-1")
        assert files_shown(pilot) == [b"web_logs/2006-07/access-%d" % day for day in (10, 11, 12)]


async def test_an_expression_sees_names_from_their_beginning_and_no_directories() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("ctrl+r")
        await enter_filter(pilot, "a.*0")
        assert files_shown(pilot) == [p for p in FILES if b"/a" in p and b"0" in p.rpartition(b"/")[2]]


async def test_a_bad_expression_leaves_the_list_unchanged() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("ctrl+r")
        await enter_filter(pilot, "chr")
        await pilot.press("[")
        await settled(pilot)
        assert files_shown(pilot) == substring(b"chr")


async def test_what_matched_is_marked_and_counted_and_nothing_else() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "ss-1")
        region = explorer(pilot).files.content_region
        for line in strips(pilot)[region.y : region.y + 3]:
            name = line.crop(region.x, region.right)
            marked = "".join(s.text if s.style and s.style.underline else " " * len(s.text) for s in name)
            assert marked.strip() == "ss-1"
            assert name.text[marked.index("ss-1") :].startswith("ss-1")
        assert "3 of 21 files, 27 B" in on_screen(pilot)


async def test_where_nothing_matches_the_list_says_so_and_which_key_shows_all_again() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "zz")
        words = " ".join(" ".join(in_view(pilot, explorer(pilot).files)).split())
        assert words == "None of the 21 files below /inputfs matches the filter. ^l clears it."
        await pilot.press("ctrl+l")
        await settled(pilot)
        assert files_shown(pilot) == list(FILES)


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_enter_and_escape_go_back_to_the_list_and_keep_the_filter(key: str) -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "07")
        await pilot.press(key)
        assert explorer(pilot).focused is explorer(pilot).files
        assert files_shown(pilot) == substring(b"07")


async def test_keys_of_commands_are_only_letters_in_the_filter_line() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("slash", *"qe?/")
        assert explorer(pilot).query_one(FilterBar).input.value == "qe?/"
        assert len(pilot.app.screen_stack) == 2


async def test_the_filter_is_kept_when_another_directory_is_selected() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "-02")
        explorer(pilot).tree_panel.focus()
        await pilot.press("end")
        await settled(pilot)
        assert files_shown(pilot) == substring(b"-02")


async def test_the_cursor_begins_at_the_first_file_of_a_new_selection() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("end")
        assert explorer(pilot).files.cursor == 20
        await enter_filter(pilot, "0")
        assert explorer(pilot).files.cursor == 0


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (["a", "b", "backspace", "c"], "ac"),
        (["a", "ctrl+u", "b"], "b"),
        (["a", "b", "left", "c"], "acb"),
        (["b", "home", "a", "end", "c"], "abc"),
        (["a", "ctrl+l", "b"], "b"),
        (["a", "tab", "j", "shift+tab", "b"], "ab"),
    ],
    ids=lambda keys: "-".join(keys) if isinstance(keys, list) else None,
)
async def test_keys_that_come_at_once_take_effect_in_their_order(keys: list[str], left: str) -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("slash")
        for key in keys:
            pilot.app.simulate_key(key)
        await settled(pilot)
        line = explorer(pilot).query_one(FilterBar).input
        await until(pilot, lambda: line.value == left, "all keys have taken effect")


async def test_what_is_typed_right_behind_enter_is_a_command() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("slash", "a")
        for key in ("enter", "e"):
            pilot.app.simulate_key(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen), "the export dialog")
        assert explorer(pilot).query_one(FilterBar).input.value == "a"
