"""The host-map workbench: what it shows of volumes, why, what it finds, and how a map is mended and saved."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from disco.dfs.gluster.errors import HostnameMapError
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.map_saving import MapFile
from disco.dfs.gluster.nodes import KnownNodes
from disco.dfs.gluster.recording import Recording
from gluster_tui.screens.edit import EditScreen
from gluster_tui.screens.question import QuestionScreen
from gluster_tui.screens.save_map import SaveMapScreen
from gluster_tui.session import MapChoice, Session, open_recorded
from gluster_tui.widgets.text_panel import TextPanel

from .driving import DEMO, explorer, in_view, on_screen, running, strips, until
from .mending import COMMENTED, go_to, opened, to_workbench, with_file, workbench, worked_out
from .sources import MAP, HeldSource, dataset, no_map_session, session_of
from .stalls import StallMeter
from .test_stalls import BUDGET

SIZE = (120, 40)


@asynccontextmanager
async def at_workbench(session: Session, size: tuple[int, int] = SIZE) -> AsyncIterator[Pilot[None]]:
    """The app, its workbench open, all of it worked out."""
    async with running(session, size, notifications=True) as pilot:
        await to_workbench(pilot)
        yield pilot


async def save(pilot: Pilot[None]) -> None:
    """Saves by the dialog, and waits until it has."""
    await pilot.press("w")
    await opened(pilot, SaveMapScreen)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, SaveMapScreen), "it is saved")


def open_again(recording: Recording) -> Session:
    """What opening a recording gives, whether its map can be used or not."""
    try:
        return session_of(recording)
    except HostnameMapError as error:
        return Session(recording, recording.start, HostnameMap.none(), error)


def rows(pilot: Pilot[None]) -> list[str]:
    """The lines of the table."""
    table = workbench(pilot).table
    return [table.row_text(row, 200).plain for row in range(table.row_count)]


def panel(of: TextPanel) -> str:
    """All lines of a panel."""
    return "\n".join(of.row_text(row, 200).plain for row in range(of.row_count))


def nodes(pilot: Pilot[None]) -> list[str]:
    """The node of each volume, as the session goes by it."""
    return explorer(pilot).session.nodes


# What it shows


async def test_a_row_a_volume_in_the_order_of_the_client_graph() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        assert [row.split()[-10 if "!" in row else 0] for row in rows(pilot)][:3] == [
            "nx01-vol1",
            "nx02-vol1",
            "nx03-vol1",
        ]


async def test_a_row_says_node_place_and_what_lies_there() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        assert rows(pilot)[1].split() == [
            *("nx02-vol1", "nx02", "/data/b1", "web-replicate-0", "online"),
            *("●", "node-2", "line", "2,", "host", "9", "81", "B"),
        ]


async def test_an_unmapped_row_stands_out_by_sign_and_word() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        assert rows(pilot)[3].startswith("! nx04-vol1")
        assert "unmapped" in rows(pilot)[3]


async def test_the_trace_has_every_name_that_was_looked_up() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await go_to(pilot, "nx04-vol1")
        for name in ("nx04-vol1", "nx04:/data/b1", "nx04"):
            assert name in panel(workbench(pilot).why)


async def test_the_trace_says_what_almost_fits_and_what_differs() -> None:
    async with at_workbench(session_of(dataset(hostmap=MAP + "nx04.example.com node-4\n"))) as pilot:
        await go_to(pilot, "nx04-vol1")
        words = " ".join(panel(workbench(pilot).why).split())
        assert "almost nx04.example.com: has the domain '.example.com'" in words


async def test_findings_are_listed_the_worst_first() -> None:
    async with at_workbench(session_of(dataset(hostmap=MAP + "nx09 node-9\n"))) as pilot:
        assert [finding.severity for finding in workbench(pilot).findings.findings] == ["error", "warning"]


async def test_a_finding_leads_to_its_volume() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        workbench(pilot).findings.focus()
        await pilot.press("enter")
        at = workbench(pilot).table.at_cursor
        assert at is not None
        assert at.volume.name == "nx04-vol1"


async def test_keys_on_a_finding_are_about_its_volume() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        workbench(pilot).findings.focus()
        await pilot.press("t")
        await worked_out(pilot)
        assert nodes(pilot)[3] == "node-4"


async def test_a_key_pressed_twice_never_takes_a_line_that_no_finding_is_about(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "bad\nnx01 node-1\nbad2\n")) as pilot:
        workbench(pilot).findings.focus()
        await pilot.pause()
        for _ in range(2):
            pilot.app.simulate_key("x")
        await worked_out(pilot)
        assert b"nx01 node-1" in explorer(pilot).desk.edits.text.text


async def test_counts_follow_a_walk_that_goes_on() -> None:
    source = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs/2006-07", placed=True)
    async with running(session_of(source), SIZE, settle=False) as pilot:
        await until(pilot, lambda: explorer(pilot).latest.progress.files == 9, "all but one directory")
        await pilot.press("m")
        await until(pilot, lambda: "so far" in on_screen(pilot), "the counts are incomplete")
        source.release()
        await worked_out(pilot)
        await until(
            pilot,
            lambda: sum(row.share.files for row in workbench(pilot).analysis.rows if row.share) == 42,
            "the counts are whole",
        )


async def test_a_line_with_a_tab_can_be_edited(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "nx01\tnode 1\n")) as pilot:
        workbench(pilot).findings.focus()
        await pilot.press("e")
        await opened(pilot, EditScreen)
        await pilot.press("end", "backspace", "backspace", "1", "enter")
        await worked_out(pilot)
        assert nodes(pilot)[0] == "node1"


async def test_rows_are_sorted_by_any_column_and_the_cursor_stays_on_its_volume() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await go_to(pilot, "nx04-vol1")
        table = workbench(pilot).table
        for _ in range(11):
            await pilot.press("s")
            assert table.at_cursor is not None
            assert table.at_cursor.volume.name == "nx04-vol1"
        assert table.sorted_by is not None or table.heads().plain


async def test_sorted_by_what_lies_there_the_most_comes_first() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        table = workbench(pilot).table
        while table.sorted_words != "files":
            await pilot.press("s")
        assert [row.share.files for row in table.rows if row.share] == [12, 12, 9, 9]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_it_fits_the_screen(size: tuple[int, int]) -> None:
    async with at_workbench(session_of(dataset()), size) as pilot:
        for word in ("volume", "node", "files", "nx04-vol1", "unmapped", "Findings", "Why", "save"):
            assert word in on_screen(pilot)


# Jumps


async def test_f_goes_to_the_files_of_a_volume_one_after_the_other() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        seen = set()
        for _ in range(3):
            await go_to(pilot, "nx03-vol1")
            await pilot.press("f")
            await until(pilot, lambda: pilot.app.screen is explorer(pilot), "back among the files")
            seen.add(explorer(pilot).files.cursor)
            assert "nx03-vol1" in panel(explorer(pilot).replicas)
            await pilot.press("m")
            await worked_out(pilot)
    assert len(seen) == 3


async def test_m_in_the_replicas_goes_to_the_row_of_the_volume() -> None:
    async with running(session_of(dataset()), SIZE) as pilot:
        replicas = explorer(pilot).replicas
        replicas.focus()
        replicas.cursor = next(i for i in range(replicas.row_count) if replicas._lines[i].about not in (None, 0, 2))
        about = replicas.volume
        await pilot.press("m")
        await worked_out(pilot)
        at = workbench(pilot).table.at_cursor
        assert at is not None
        assert at.volume.index == about


# Mending


async def test_a_suggestion_is_none_of_the_map_until_it_is_taken() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        assert "? node-4" in rows(pilot)[3]
        assert nodes(pilot)[3] == "nx04"


async def test_a_suggestion_that_is_taken_shows_everywhere_at_once() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await go_to(pilot, "nx04-vol1")
        await pilot.press("t")
        await worked_out(pilot)
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
        await go_to(pilot, "nx04-vol1")
        await pilot.press("t")
        await worked_out(pilot)
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
        await pilot.press("e")
        await opened(pilot, EditScreen)
        pilot.app.screen.query_one(Input).value = "node-22"
        await pilot.press("enter")
        await worked_out(pilot)
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
        await pilot.press("T")
        await worked_out(pilot)
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
        await pilot.press("e")
        await opened(pilot, EditScreen)
        pilot.app.screen.query_one(Input).value = "node-11"
        await pilot.press("enter")
        await worked_out(pilot)
        assert nodes(pilot)[0] == "node-11"


async def test_a_line_that_cannot_be_used_is_mended_where_it_is_found(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "# racks\nnx01 node-1\nnx02\n")) as pilot:
        workbench(pilot).findings.focus()
        await pilot.press("e")
        await opened(pilot, EditScreen)
        pilot.app.screen.query_one(Input).value = "nx02 node-2"
        await pilot.press("enter")
        await worked_out(pilot)
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


# Saving


async def test_nothing_touches_the_file_before_it_is_saved(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await pilot.press("T")
        await worked_out(pilot)
        assert (tmp_path / "map").read_text() == COMMENTED


async def test_the_difference_is_shown_first(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await pilot.press("T")
        await worked_out(pilot)
        await pilot.press("w")
        await opened(pilot, SaveMapScreen)
        assert "+nx04-vol1 node-4" in on_screen(pilot)


async def test_what_is_saved_differs_in_the_edited_line_alone(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await pilot.press("T")
        await worked_out(pilot)
        await save(pilot)
        assert not explorer(pilot).desk.dirty
    assert (tmp_path / "map").read_text() == COMMENTED + "nx04-vol1 node-4\n"


async def test_a_map_saved_elsewhere_is_used_from_there_and_says_how(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await pilot.press("T")
        await worked_out(pilot)
        await pilot.press("w")
        await opened(pilot, SaveMapScreen)
        pilot.app.screen.query_one("#map-target", Input).value = str(tmp_path / "other")
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: len(pilot.app._notifications), "it is saved")
        (told,) = [notification.message for notification in pilot.app._notifications]
        assert f"DISCO_HOSTNAME_MAP={tmp_path}/other" in re.sub(r"\s", "", told)
    assert (tmp_path / "map").read_text() == COMMENTED
    assert (tmp_path / "other").read_text() == COMMENTED + "nx04-vol1 node-4\n"


@asynccontextmanager
async def in_conflict(path: Path) -> AsyncIterator[Pilot[None]]:
    """The dialog, when somebody else has saved the file since it was read."""
    async with at_workbench(with_file(path)) as pilot:
        await pilot.press("T")
        await worked_out(pilot)
        path.write_text(COMMENTED.replace("node-1", "node-10"))  # noqa: ASYNC240 - another editor's
        await pilot.press("w")
        await opened(pilot, SaveMapScreen)
        await until(pilot, lambda: "changed by someone else" in on_screen(pilot), "the conflict is told")
        yield pilot


async def press_button(pilot: Pilot[None], name: str) -> None:
    pilot.app.screen.query_one(f"#{name}", Button).press()
    await pilot.pause()


async def test_a_conflict_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    async with in_conflict(tmp_path / "map"):
        assert (tmp_path / "map").read_text() == COMMENTED.replace("node-1", "node-10")


async def test_merging_keeps_both(tmp_path: Path) -> None:
    async with in_conflict(tmp_path / "map") as pilot:
        await press_button(pilot, "merge")
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, SaveMapScreen), "it is saved")
    assert (tmp_path / "map").read_text() == COMMENTED.replace("node-1", "node-10") + "nx04-vol1 node-4\n"


async def test_where_both_changed_a_name_a_merge_says_so(tmp_path: Path) -> None:
    async with in_conflict(tmp_path / "map") as pilot:
        (tmp_path / "map").write_text(COMMENTED + "nx04-vol1 theirs\n")
        explorer(pilot).look_at_map()
        await until(pilot, lambda: "-nx04-vol1 theirs" in on_screen(pilot), "what it holds by now is shown")
        await press_button(pilot, "merge")
        await until(pilot, lambda: "Both changed the same names" in on_screen(pilot), "the conflict is told")


async def test_overwriting_drops_theirs(tmp_path: Path) -> None:
    async with in_conflict(tmp_path / "map") as pilot:
        await press_button(pilot, "overwrite")
        await until(pilot, lambda: not isinstance(pilot.app.screen, SaveMapScreen), "it is saved")
    assert (tmp_path / "map").read_text() == COMMENTED + "nx04-vol1 node-4\n"


async def test_reloading_drops_mine(tmp_path: Path) -> None:
    async with in_conflict(tmp_path / "map") as pilot:
        await press_button(pilot, "drop")
        await worked_out(pilot)
        assert nodes(pilot)[0] == "node-10"
        assert not explorer(pilot).desk.dirty


async def test_a_file_that_may_not_be_written_gives_the_way_out(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await pilot.press("T")
        await worked_out(pilot)
        await pilot.press("w")
        await opened(pilot, SaveMapScreen)
        pilot.app.screen.query_one("#map-target", Input).value = str(tmp_path / "no" / "map")
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: "cannot save" in on_screen(pilot), "the fault is told")
        assert "DISCO_HOSTNAME_MAP=" in on_screen(pilot)


async def test_a_save_that_hangs_can_be_left_and_is_told_when_it_ends(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        desk, future = explorer(pilot).desk, Future[MapFile]()
        await pilot.press("T", "w")
        await opened(pilot, SaveMapScreen)
        await until(pilot, lambda: "enter saves" in on_screen(pilot), "the file was looked at")
        real, desk.__dict__["save"] = desk.save, lambda *_, **__: setattr(desk, "saving", True) or future
        await pilot.press("enter", "escape")
        await until(pilot, lambda: pilot.app.screen is workbench(pilot), "the dialog is left")
        assert "saving" in on_screen(pilot)
        future.set_result(real(str(tmp_path / "map"), COMMENTED.encode(), backup=False).result())
        await until(pilot, lambda: not desk.dirty, "the save is taken up")


async def test_a_save_that_ends_below_a_question_closes_its_dialog_behind_it(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        desk, future = explorer(pilot).desk, Future[MapFile]()
        await pilot.press("T", "w")
        await opened(pilot, SaveMapScreen)
        await until(pilot, lambda: "enter saves" in on_screen(pilot), "the file was looked at")
        real, desk.__dict__["save"] = desk.save, lambda *_, **__: setattr(desk, "saving", True) or future
        await pilot.press("enter", "ctrl+q")
        await opened(pilot, QuestionScreen)
        future.set_result(real(str(tmp_path / "map"), COMMENTED.encode(), backup=False).result())
        await until(pilot, lambda: not desk.dirty, "the save is taken up")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is workbench(pilot), "both are left")


async def test_a_target_that_cannot_be_read_is_no_new_file(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await pilot.press("T", "w")
        await opened(pilot, SaveMapScreen)
        pilot.app.screen.query_one("#map-target", Input).value = str(tmp_path)
        await until(pilot, lambda: "cannot be read" in on_screen(pilot), "it is told")
        assert "enter saves" not in on_screen(pilot)


async def test_without_edits_a_changed_file_is_taken(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        (tmp_path / "map").write_text(COMMENTED + "nx04 node-44\n")
        await pilot.press("w")
        await opened(pilot, SaveMapScreen)
        await until(pilot, lambda: "the file holds this already" in on_screen(pilot), "it is taken")
        assert nodes(pilot)[3] == "node-44"


async def test_a_recordings_map_that_is_saved_says_how_jobs_use_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with at_workbench(session_of(dataset())) as pilot:
        await pilot.press("T")
        await worked_out(pilot)
        await save(pilot)
        (told,) = [notification.message for notification in pilot.app._notifications]
        assert "DISCO_HOSTNAME_MAP=" in told


async def test_a_file_that_is_gone_can_be_written_again(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        (tmp_path / "map").unlink()
        explorer(pilot).look_at_map()
        await until(pilot, lambda: "is gone from the disk" in on_screen(pilot), "it is told")
        await pilot.press("l")  # there is nothing to go on with
        await save(pilot)
    assert (tmp_path / "map").read_text() == COMMENTED


async def test_overwriting_drops_nothing_that_was_not_shown(tmp_path: Path) -> None:
    async with in_conflict(tmp_path / "map") as pilot:
        (tmp_path / "map").write_text("nx01 third\n")
        await press_button(pilot, "overwrite")
        await until(pilot, lambda: "-nx01 third" in on_screen(pilot), "what it holds by now is shown")
    assert (tmp_path / "map").read_text() == "nx01 third\n"


async def test_a_file_of_another_name_is_shown_before_it_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("precious\n")
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await pilot.press("w")
        await opened(pilot, SaveMapScreen)
        pilot.app.screen.query_one("#map-target", Input).value = str(tmp_path / "other")
        await pilot.press("enter")
        await until(pilot, lambda: "-precious" in on_screen(pilot), "what it holds is shown")
        assert "it is not this map's" in on_screen(pilot)
    assert (tmp_path / "other").read_text() == "precious\n"


async def test_a_recordings_map_never_takes_the_place_of_a_file_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hostname_map").write_text("precious\n")
    async with at_workbench(session_of(dataset())) as pilot:
        assert "the map of the recording" in on_screen(pilot)
        await pilot.press("T", "w")
        await opened(pilot, SaveMapScreen)
        await pilot.press("enter")
        await until(pilot, lambda: "it is not this map's" in on_screen(pilot), "it is told")
    assert (tmp_path / "hostname_map").read_text() == "precious\n"


async def test_a_recordings_map_that_cannot_be_used_is_there_to_be_mended() -> None:
    async with at_workbench(open_again(dataset(hostmap=MAP + "nx04\n"))) as pilot:
        assert workbench(pilot).findings.findings[0].code == "malformed-line"
        assert "node-1" in rows(pilot)[0]


async def test_jobs_that_will_refuse_what_is_saved_are_told_of(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "nx01 node-1\nnx02\n")) as pilot:
        await go_to(pilot, "nx03-vol1")
        await pilot.press("t")
        await worked_out(pilot)
        assert "jobs refuse line 2" in on_screen(pilot)
        await pilot.press("w")
        await opened(pilot, SaveMapScreen)
        await until(pilot, lambda: "jobs refuse this map: line 2" in on_screen(pilot), "the dialog says so")


@pytest.mark.parametrize("text", ["nx01 node-1\nnx02\n"])
async def test_undo_goes_back_to_a_map_that_is_not_in_use(text: str, tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", text)) as pilot:
        await go_to(pilot, "nx03-vol1")
        await pilot.press("t", "u")
        assert nodes(pilot) == ["nx01", "nx02", "nx03", "nx04"]


async def test_undo_goes_back_to_no_map_at_all() -> None:
    recording = dataset()
    async with at_workbench(Session(recording, recording.start, HostnameMap.none())) as pilot:
        await pilot.press("e")
        await opened(pilot, EditScreen)
        pilot.app.screen.query_one(Input).value = "node-9"
        await pilot.press("enter")
        await worked_out(pilot)
        assert "node-9" in nodes(pilot)
        await pilot.press("u")
        assert nodes(pilot) == ["nx01", "nx02", "nx03", "nx04"]


# Watching, leaving


async def test_a_file_that_changes_on_disk_is_told_and_can_be_taken(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        (tmp_path / "map").write_text(COMMENTED + "nx04 node-44\n")
        explorer(pilot).look_at_map()
        await until(pilot, lambda: "has changed on disk" in on_screen(pilot), "the change is told")
        await pilot.press("l")
        await worked_out(pilot)
        assert nodes(pilot)[3] == "node-44"


async def test_the_explorer_tells_of_a_change_on_disk_too(tmp_path: Path) -> None:
    async with running(with_file(tmp_path / "map"), SIZE) as pilot:
        await until(pilot, lambda: explorer(pilot).desk.file is not None, "the file was looked at")
        (tmp_path / "map").write_text(COMMENTED + "nx04 node-44\n")
        explorer(pilot).look_at_map()
        await until(pilot, lambda: "host map has changed on disk" in on_screen(pilot), "the change is told")


async def test_edits_stay_when_the_workbench_is_left() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await pilot.press("T")
        await worked_out(pilot)
        await pilot.press("escape", "m")
        await worked_out(pilot)
        assert "● node-4" in rows(pilot)[3]
        assert explorer(pilot).desk.edits.undoable


@pytest.mark.parametrize("key", ["q", "R", "o"])
async def test_leaving_with_edits_that_are_not_saved_asks(key: str) -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await pilot.press("T")
        await worked_out(pilot)
        await pilot.press("escape", key)
        await opened(pilot, QuestionScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert explorer(pilot).desk.dirty


async def test_they_can_be_dropped() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await pilot.press("T")
        await worked_out(pilot)
        await pilot.press("q")
        await opened(pilot, QuestionScreen)
        await pilot.press("y")
        await until(pilot, lambda: not pilot.app.is_running or pilot.app._exit, "it ends")


async def test_without_edits_it_is_left_at_once() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: not pilot.app.is_running or pilot.app._exit, "it ends")


# Large


async def test_200_volumes_and_1000_entries_do_not_block_the_screen() -> None:
    hosts = [f"nx{i:03}" for i in range(200)]
    volumes = [
        {"name": f"{host}-vol1", "host": host, "brick": "/data/b1", "configured_host": host, "group": i // 2}
        for i, host in enumerate(hosts)
    ]
    groups = [{"name": f"web-replicate-{i}", "kind": "replicate", "redundancy": 0} for i in range(100)]
    entries = "".join(f"nx{i:03} node-{i:03}\n" for i in range(0, 1000, 1) if i % 5)
    session = session_of(dataset(hostmap=entries, volumes=volumes, groups=groups))
    with StallMeter() as meter:
        async with at_workbench(session) as pilot:
            await pilot.press("end", "t")
            await worked_out(pilot)
            assert workbench(pilot).table.row_count == 200
    assert meter.most < BUDGET
