"""The host-map workbench: edits, and that they show everywhere at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import Input

from disco.dfs.gluster.errors import HostnameMapError
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.nodes import KnownNodes
from disco.dfs.gluster.recording import Recording
from gluster_tui.map_choice import MapChoice
from gluster_tui.screens.edit import EditScreen
from gluster_tui.session import Session, open_recorded

from .driving import DEMO, explorer, in_view, on_screen, strips
from .mending import (
    COMMENTED,
    at_workbench,
    edit,
    go_to,
    nodes,
    opened,
    rows,
    save,
    take,
    take_all,
    with_file,
    workbench,
    worked_out,
)
from .sources import MAP, dataset, no_map_session, session_of


def open_again(recording: Recording) -> Session:
    """What opening a recording gives, whether its map can be used or not."""
    try:
        return session_of(recording)
    except HostnameMapError as error:
        return Session(recording, recording.start, HostnameMap.none(), error)


async def test_a_suggestion_is_none_of_the_map_until_it_is_taken() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        assert "? node-4" in rows(pilot)[3]
        assert nodes(pilot)[3] == "nx04"


async def test_a_suggestion_that_is_taken_shows_everywhere_at_once() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await take(pilot, "nx04-vol1")
        assert "● node-4" in rows(pilot)[3]
        assert workbench(pilot).findings.row_count == 0
        assert "4 of 4" in on_screen(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "is unmapped" not in on_screen(pilot)
        assert "node-4" in "\n".join(in_view(pilot, explorer(pilot).files))


async def test_undo_and_redo_go_all_the_way() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        before = nodes(pilot)
        await take(pilot, "nx04-vol1")
        await go_to(pilot, "nx01-vol1")
        await pilot.press("x")
        await worked_out(pilot)
        after = nodes(pilot)
        await pilot.press("u", "u", "u")
        assert nodes(pilot) == before
        await pilot.press("U", "U", "U")
        assert nodes(pilot) == after


async def test_a_node_is_edited_in_the_row_and_changes_its_entry(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await go_to(pilot, "nx02-vol1")
        await edit(pilot, "node-22")
        await save(pilot)
    assert (tmp_path / "map").read_text() == COMMENTED.replace("node-2", "node-22")


async def test_a_node_that_a_map_cannot_hold_is_refused_while_it_is_typed() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await pilot.press("e")
        await opened(pilot, EditScreen)
        pilot.app.screen.query_one(Input).value = "a/b"
        await pilot.pause()
        assert "holds a '/'" in on_screen(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, EditScreen)


async def test_from_nothing_there_is_a_proposal_for_every_volume() -> None:
    async with at_workbench(no_map_session(dataset(hostmap=None))) as pilot:
        await take_all(pilot)
        assert nodes(pilot) == ["nx01", "nx02", "nx03", "nx04"]
        assert all("line" in row for row in rows(pilot))


async def test_lines_that_cannot_be_used_are_findings_with_their_place(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "nx01 node-1\nnx02\nnx03 a b\n")) as pilot:
        found = workbench(pilot).findings.findings
        assert [finding.line for finding in found if finding.code == "malformed-line"] == [2, 3]
        assert "nx01" in rows(pilot)[0]
        assert "node-1" in rows(pilot)[0]


async def test_a_map_that_cannot_be_used_is_not_used_before_it_is_edited(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "nx01 node-1\nnx02\n")) as pilot:
        assert nodes(pilot) == ["nx01", "nx02", "nx03", "nx04"]
        await go_to(pilot, "nx01-vol1")
        await edit(pilot, "node-11")
        assert nodes(pilot)[0] == "node-11"


async def test_a_line_that_cannot_be_used_is_mended_where_it_is_found(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "# racks\nnx01 node-1\nnx02\n")) as pilot:
        workbench(pilot).findings.focus()
        await edit(pilot, "nx02 node-2")
        assert nodes(pilot)[:2] == ["node-1", "node-2"]
        await save(pilot)
    assert (tmp_path / "map").read_text() == "# racks\nnx01 node-1\nnx02 node-2\n"


async def test_a_line_is_removed_where_it_is_found(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "# racks\nnx01 node-1\nnx02\n")) as pilot:
        workbench(pilot).findings.focus()
        await pilot.press("x")
        await worked_out(pilot)
        assert explorer(pilot).desk.edits.text.text == b"# racks\nnx01 node-1\n"


async def test_nodes_that_the_cluster_does_not_know_are_found() -> None:
    session = session_of(dataset())
    session.known_nodes = KnownNodes(("node-1", "node-2", "node-4"), "the list given")
    async with at_workbench(session) as pilot:
        found = [finding.node for finding in workbench(pilot).findings.findings if finding.code == "unknown-node"]
        assert found == ["node-3"]


async def test_a_map_that_was_named_and_cannot_be_used_is_opened_to_be_mended(tmp_path: Path) -> None:
    (tmp_path / "map").write_text("nx01 node-1\nnx02\n")
    session = open_recorded(DEMO, MapChoice(file=str(tmp_path / "map")))
    async with at_workbench(session) as pilot:
        assert "is not in use as it is" in on_screen(pilot)


@pytest.mark.parametrize("name", ["\x1b]52;c;b3duZWQ=\x07", "[@click=app.bell]x", "\u202efdp", "\udcff", "日本" * 40])
async def test_no_name_of_an_entry_reaches_the_terminal_raw(name: str, tmp_path: Path) -> None:
    text = os.fsencode(f"nx01 {name}\n{name} node-2\nnx02 {name} {name}\n")
    (tmp_path / "map").write_bytes(text)
    session = open_recorded(DEMO, MapChoice(file=str(tmp_path / "map")))
    async with at_workbench(session) as pilot:
        for key in ("tab", "down", "down", "T", "w"):
            await pilot.press(key)
            await pilot.pause()
            assert all(strip.text.isprintable() for strip in strips(pilot))


async def test_a_recordings_map_that_cannot_be_used_is_there_to_be_mended() -> None:
    async with at_workbench(open_again(dataset(hostmap=MAP + "nx04\n"))) as pilot:
        assert workbench(pilot).findings.findings[0].code == "malformed-line"
        assert "node-1" in rows(pilot)[0]


@pytest.mark.parametrize("text", ["nx01 node-1\nnx02\n"])
async def test_undo_goes_back_to_a_map_that_is_not_in_use(text: str, tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", text)) as pilot:
        await go_to(pilot, "nx03-vol1")
        await pilot.press("t", "u")
        assert nodes(pilot) == ["nx01", "nx02", "nx03", "nx04"]


async def test_undo_goes_back_to_no_map_at_all() -> None:
    recording = dataset()
    async with at_workbench(Session(recording, recording.start, HostnameMap.none())) as pilot:
        await edit(pilot, "node-9")
        assert "node-9" in nodes(pilot)
        await pilot.press("u")
        assert nodes(pilot) == ["nx01", "nx02", "nx03", "nx04"]


async def test_a_line_with_a_tab_can_be_edited(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "nx01\tnode 1\n")) as pilot:
        workbench(pilot).findings.focus()
        await pilot.press("e")
        await opened(pilot, EditScreen)
        await pilot.press("end", "backspace", "backspace", "1", "enter")
        await worked_out(pilot)
        assert nodes(pilot)[0] == "node1"
