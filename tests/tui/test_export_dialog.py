"""The export dialog: what it writes is what the list shows, and nobody's file is lost by it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from disco.dfs.gluster.filters import Substring
from gluster_tui.screens.explorer import ExplorerScreen
from gluster_tui.screens.export import ExportScreen
from gluster_tui.screens.question import QuestionScreen

from .driving import enter_filter, explorer, in_view, list_of, names_in, on_screen, running, settled, until
from .sources import FILES, HeldSource, dataset, everything, session_of


def shown_in(pilot: Pilot[None], selector: str) -> str:
    """What a part of the dialog shows, in one line."""
    return " ".join(" ".join(in_view(pilot, pilot.app.screen.query_one(selector))).split())


async def open_dialog(pilot: Pilot[None], target: Path | str, words: str = "a new file") -> None:
    """Opens the dialog, names a target, and waits until that was looked at: ``words`` stand below it."""
    await pilot.press("e")
    await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen), "the dialog")
    pilot.app.screen.query_one("#target", Input).value = str(target)
    await until(pilot, lambda: words in shown_in(pilot, "#target-check"), words)


async def outcome(pilot: Pilot[None]) -> str:
    """Exports, and waits for what the dialog says of it."""
    await pilot.press("enter")
    await until(pilot, lambda: shown_in(pilot, "#outcome").startswith("x "), "the outcome")
    return shown_in(pilot, "#outcome")


async def exported(pilot: Pilot[None]) -> None:
    """Waits until the dialog has gone: it does when the file is in its place."""
    await until(pilot, lambda: isinstance(pilot.app.screen, ExplorerScreen), "the dialog has gone")


async def test_it_says_the_number_of_files_that_the_main_screen_shows() -> None:
    async with running(session_of(dataset())) as pilot:
        await enter_filter(pilot, "2006-07")
        assert "12 of 21 files" in on_screen(pilot)
        await pilot.press("enter", "e")
        assert shown_in(pilot, "#export-counts") == "12 files, 108 B complete"


@pytest.mark.parametrize("format", ["json", "lines", "csv"])
async def test_the_file_holds_what_the_core_writes_of_the_files_shown(format: str, tmp_path: Path) -> None:
    session, target = session_of(dataset()), tmp_path / "list"
    async with running(session) as pilot:
        await enter_filter(pilot, "2006-07")
        await pilot.press("enter")
        await open_dialog(pilot, target)
        await pilot.click(f"#format-{format}")
        await pilot.click("#go")
        await exported(pilot)
    assert target.read_bytes() == list_of(session, format, Substring(b"2006-07"))


async def test_the_directory_that_is_selected_is_what_is_exported_and_its_number_is_told(tmp_path: Path) -> None:
    session, target = session_of(dataset()), tmp_path / "list.json"
    async with running(session) as pilot:
        explorer(pilot).tree_panel.focus()
        await pilot.press("down")
        await settled(pilot)
        await open_dialog(pilot, target)
        await pilot.press("enter")
        await exported(pilot)
        (note,) = pilot.app._notifications
        assert (note.title, note.message) == ("Exported", f"3 files in {target}")
    assert target.read_bytes() == list_of(session, scope=b"genomes")


async def test_preview_and_extension_follow_what_is_chosen() -> None:
    async with running(session_of(dataset([b"a b"])), (140, 40)) as pilot:
        await pilot.press("e")
        assert shown_in(pilot, "#preview").startswith('[ ["dfs://')
        await pilot.click("#format-lines")
        await pilot.click("#encode")
        assert re.fullmatch(r"dfs://[^/]+/a%20b\\tdfs://[^/]+/a%20b", shown_in(pilot, "#preview"))
        assert pilot.app.screen.query_one("#target", Input).value == "inputfs.txt"


async def test_a_target_that_cannot_be_written_says_why_while_it_is_typed(tmp_path: Path) -> None:
    async with running(session_of(dataset())) as pilot:
        await open_dialog(pilot, f"{tmp_path}/", "x it is a directory")
        await pilot.press("n", "/", "l")
        await until(pilot, lambda: "does not exist" in shown_in(pilot, "#target-check"), "what was typed is looked at")
        assert pilot.app.screen.query_one("#go", Button).disabled


async def test_escape_leaves_the_dialog_and_writes_nothing(tmp_path: Path) -> None:
    async with running(session_of(dataset())) as pilot:
        await open_dialog(pilot, tmp_path / "list.json")
        await pilot.press("escape")
        await exported(pilot)
    assert names_in(tmp_path) == []


async def test_an_existing_file_is_kept_unless_the_question_is_answered_otherwise(tmp_path: Path) -> None:
    target = tmp_path / "list.json"
    target.write_text("old")
    async with running(session_of(dataset())) as pilot:
        await open_dialog(pilot, target, "! it exists")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, QuestionScreen)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, ExportScreen)
    assert target.read_text() == "old"
    assert names_in(tmp_path) == ["list.json"]


async def test_an_existing_file_is_replaced_after_a_yes(tmp_path: Path) -> None:
    session, target = session_of(dataset()), tmp_path / "list.json"
    target.write_text("old")
    async with running(session) as pilot:
        await open_dialog(pilot, target, "! it exists")
        await pilot.press("enter", "y")
        await exported(pilot)
    assert target.read_bytes() == list_of(session)
    assert names_in(tmp_path) == ["list.json"]


async def test_while_the_walk_goes_on_it_waits_for_the_whole_list(tmp_path: Path) -> None:
    source, target = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs"), tmp_path / "list.json"
    session = session_of(source)
    async with running(session, settle=False) as pilot:
        await open_dialog(pilot, target)
        await pilot.press("enter")
        assert "Waiting until the list is complete" in shown_in(pilot, "#outcome")
        assert not target.exists()
        source.release()
        await exported(pilot)
    assert len(json.loads(target.read_bytes())) == len(FILES)


async def test_escape_ends_the_waiting_and_nothing_is_written_later(tmp_path: Path) -> None:
    source, target = HeldSource(dataset(), hold_files=everything), tmp_path / "list.json"
    async with running(session_of(source), settle=False) as pilot:
        await open_dialog(pilot, target)
        await pilot.press("enter", "escape")
        assert shown_in(pilot, "#outcome") == "Cancelled: nothing was written."
        source.release()
        await settled(pilot)
        assert isinstance(pilot.app.screen, ExportScreen)
    assert names_in(tmp_path) == []


async def test_what_was_found_before_a_stop_can_be_exported_and_is_called_incomplete(tmp_path: Path) -> None:
    source, target = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs"), tmp_path / "list.json"
    async with running(session_of(source), settle=False) as pilot:
        await pilot.press("escape")
        await until(pilot, lambda: "incomplete" in on_screen(pilot), "it has stopped")
        await open_dialog(pilot, target)
        await pilot.press("enter")
        await exported(pilot)
        (note,) = pilot.app._notifications
        assert note.message == f"4 files in {target} (incomplete: the walk was stopped)"
    assert len(json.loads(target.read_bytes())) == 4
