"""The host-map workbench: saving beside others, watching the file, leaving."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button

from disco.dfs.gluster.map_saving import MapFile
from gluster_tui.screens.question import QuestionScreen
from gluster_tui.screens.save_map import SaveMapScreen

from .driving import explorer, on_screen, running, until
from .mending import (
    COMMENTED,
    at_workbench,
    nodes,
    opened,
    rows,
    save,
    take,
    take_all,
    to_saving,
    with_file,
    workbench,
    worked_out,
)
from .sources import dataset, session_of

SIZE = (120, 40)


# Saving


async def test_nothing_touches_the_file_before_it_is_saved(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await take_all(pilot)
        assert (tmp_path / "map").read_text() == COMMENTED


async def test_the_difference_is_shown_first(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await take_all(pilot)
        await to_saving(pilot)
        assert "+nx04-vol1 node-4" in on_screen(pilot)


async def test_what_is_saved_differs_in_the_edited_line_alone(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await take_all(pilot)
        await save(pilot)
        assert not explorer(pilot).desk.dirty
    assert (tmp_path / "map").read_text() == COMMENTED + "nx04-vol1 node-4\n"


async def test_a_map_saved_elsewhere_is_used_from_there_and_says_how(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await take_all(pilot)
        await to_saving(pilot, str(tmp_path / "other"))
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
        await take_all(pilot)
        path.write_text(COMMENTED.replace("node-1", "node-10"))  # noqa: ASYNC240 - another editor's
        await to_saving(pilot)
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
        await take_all(pilot)
        await to_saving(pilot, str(tmp_path / "no" / "map"))
        await pilot.press("enter")
        await until(pilot, lambda: "cannot save" in on_screen(pilot), "the fault is told")
        assert "DISCO_HOSTNAME_MAP=" in on_screen(pilot)


@asynccontextmanager
async def hanging(path: Path) -> AsyncIterator[tuple[Pilot[None], Callable[[], None]]]:
    """The dialog, and a save that was begun and hangs until it is let go."""
    async with at_workbench(with_file(path)) as pilot:
        desk, future = explorer(pilot).desk, Future[MapFile]()
        await take_all(pilot)
        await to_saving(pilot)
        await until(pilot, lambda: "enter saves" in on_screen(pilot), "the file was looked at")
        real, desk.__dict__["save"] = desk.save, lambda *_, **__: setattr(desk, "saving", True) or future
        await pilot.press("enter")
        yield pilot, lambda: future.set_result(real(str(path), COMMENTED.encode(), backup=False).result())


async def test_a_save_that_hangs_can_be_left_and_is_told_when_it_ends(tmp_path: Path) -> None:
    async with hanging(tmp_path / "map") as (pilot, let_go):
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is workbench(pilot), "the dialog is left")
        assert "saving" in on_screen(pilot)
        let_go()
        await until(pilot, lambda: not explorer(pilot).desk.dirty, "the save is taken up")


async def test_a_save_that_ends_below_a_question_closes_its_dialog_behind_it(tmp_path: Path) -> None:
    async with hanging(tmp_path / "map") as (pilot, let_go):
        await pilot.press("ctrl+q")
        await opened(pilot, QuestionScreen)
        let_go()
        await until(pilot, lambda: not explorer(pilot).desk.dirty, "the save is taken up")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is workbench(pilot), "both are left")


async def test_a_target_that_cannot_be_read_is_no_new_file(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        await take_all(pilot)
        await to_saving(pilot, str(tmp_path))
        await until(pilot, lambda: "cannot be read" in on_screen(pilot), "it is told")
        assert "enter saves" not in on_screen(pilot)


async def test_without_edits_a_changed_file_is_taken(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map")) as pilot:
        (tmp_path / "map").write_text(COMMENTED + "nx04 node-44\n")
        await to_saving(pilot)
        await until(pilot, lambda: "the file holds this already" in on_screen(pilot), "it is taken")
        assert nodes(pilot)[3] == "node-44"


async def test_a_recordings_map_that_is_saved_says_how_jobs_use_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with at_workbench(session_of(dataset())) as pilot:
        await take_all(pilot)
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
        await to_saving(pilot, str(tmp_path / "other"))
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
        await take_all(pilot)
        await to_saving(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "it is not this map's" in on_screen(pilot), "it is told")
    assert (tmp_path / "hostname_map").read_text() == "precious\n"


async def test_jobs_that_will_refuse_what_is_saved_are_told_of(tmp_path: Path) -> None:
    async with at_workbench(with_file(tmp_path / "map", "nx01 node-1\nnx02\n")) as pilot:
        await take(pilot, "nx03-vol1")
        assert "jobs refuse line 2" in on_screen(pilot)
        await to_saving(pilot)
        await until(pilot, lambda: "jobs refuse this map: line 2" in on_screen(pilot), "the dialog says so")


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
        await take_all(pilot)
        await pilot.press("escape", "m")
        await worked_out(pilot)
        assert "● node-4" in rows(pilot)[3]
        assert explorer(pilot).desk.edits.undoable


@pytest.mark.parametrize("key", ["q", "R", "o"])
async def test_leaving_with_edits_that_are_not_saved_asks(key: str) -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await take_all(pilot)
        await pilot.press("escape", key)
        await opened(pilot, QuestionScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert explorer(pilot).desk.dirty


async def test_they_can_be_dropped() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await take_all(pilot)
        await pilot.press("q")
        await opened(pilot, QuestionScreen)
        await pilot.press("y")
        await until(pilot, lambda: not pilot.app.is_running or pilot.app._exit, "it ends")


async def test_without_edits_it_is_left_at_once() -> None:
    async with at_workbench(session_of(dataset())) as pilot:
        await pilot.press("q")
        await until(pilot, lambda: not pilot.app.is_running or pilot.app._exit, "it ends")
