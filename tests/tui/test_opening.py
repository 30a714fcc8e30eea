"""Before a dataset is open: opening, what may be wrong with it, the list of mounts; and opening again."""

from __future__ import annotations

import threading
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from disco.dfs.gluster.catalog import Catalog
from disco.dfs.gluster.errors import GlusterError, GraphError, NotInputfsError, PathError, RecordingError
from disco.dfs.gluster.mounts import Mount
from gluster_tui import key_order, navigation
from gluster_tui import loader as loader_module
from gluster_tui.app import GlusterTui
from gluster_tui.map_choice import MapChoice
from gluster_tui.quiet import give_back
from gluster_tui.screens.explorer import ExplorerScreen
from gluster_tui.screens.mounts import MountsScreen
from gluster_tui.screens.opening import OpeningScreen, ProblemScreen
from gluster_tui.session import Session
from gluster_tui.widgets.bars import FilterBar

from .driving import WIDE, app_of, explorer, files_shown, names_in, on_screen, settled, until
from .sources import HeldSource, dataset, everything, session_of

THREE = [
    Mount(b"/inputfs", b"/", "fuse.glusterfs", b"nx01:/web", "0:40"),
    Mount(b"/mnt/genomes", b"/", "fuse.glusterfs", b"nx11:/genomes", "0:41"),
    Mount(b"/srv/part", b"/part", "fuse.glusterfs", b"nx01:/web", "0:40"),
]
PROBLEMS = {
    "not GlusterFS": NotInputfsError(b"/home/anna", "ext4", b"/"),
    "does not exist": PathError(b"/inputfs/web_lgos", 2),
    "permission": PathError(b"/inputfs/private", 13),
    "dead mount": PathError(b"/inputfs", 107),
    "recording": RecordingError(b"web.jsonl.gz", 12, "not a line of JSON (Expecting value)"),
    "graph": GraphError(b"/inputfs/.meta/graphs/active/volfile", 3, "volume without a type"),
}


def failing(error: GlusterError) -> Callable[[], Session]:
    def opener() -> Session:
        raise error

    return opener


async def screen(pilot: Pilot[None], kind: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, kind), kind.__name__)


@pytest.fixture
def opened_paths(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are opened; a small dataset stands for each."""
    paths: list[str] = []

    def open_path(path: str, choice: MapChoice) -> Session:
        paths.append(path)
        return session_of(dataset())

    monkeypatch.setattr(navigation, "open_path", open_path)
    return paths


@pytest.mark.parametrize(
    ("problem", "fact", "way_out"),
    [
        (
            "not GlusterFS",
            "/home/anna is not on GlusterFS: it is on ext4, mounted at /",
            "o lists the GlusterFS mounts",
        ),
        ("does not exist", "/inputfs/web_lgos: No such file or directory", "Check the path; r tries again"),
        ("permission", "/inputfs/private: Permission denied", "Ask its owner"),
        ("dead mount", "/inputfs: Transport endpoint is not connected", "Mount it again"),
        ("recording", "web.jsonl.gz, line 12: not a line of JSON", "Record it again"),
        ("graph", "volfile, line 3: volume without a type", "please report it"),
    ],
)
async def test_what_cannot_be_opened_says_why_and_what_helps(problem: str, fact: str, way_out: str) -> None:
    async with app_of(failing(PROBLEMS[problem])).run_test(size=WIDE) as pilot:
        await screen(pilot, ProblemScreen)
        words = " ".join(on_screen(pilot).replace("│", " ").split())
        assert fact in words
        assert way_out in words


async def test_r_tries_again_after_a_problem() -> None:
    errors: list[GlusterError] = [PROBLEMS["dead mount"]]

    def opener() -> Session:
        if errors:
            raise errors.pop()
        return session_of(dataset())

    async with app_of(opener).run_test(size=WIDE) as pilot:
        await screen(pilot, ProblemScreen)
        await pilot.press("r")
        await screen(pilot, ExplorerScreen)


async def test_o_goes_from_a_problem_to_the_mounts() -> None:
    app = GlusterTui(failing(PROBLEMS["dead mount"]), "/inputfs", mounts=lambda: THREE)
    async with app.run_test(size=WIDE) as pilot:
        await screen(pilot, ProblemScreen)
        await pilot.press("o")
        await screen(pilot, MountsScreen)


async def test_without_a_path_the_only_mount_is_opened(opened_paths: list[str]) -> None:
    async with GlusterTui(None, "", mounts=lambda: THREE[:1]).run_test(size=WIDE) as pilot:
        await screen(pilot, ExplorerScreen)
        assert opened_paths == ["/inputfs"]


async def test_without_a_path_several_mounts_are_listed_with_what_is_mounted_there() -> None:
    async with GlusterTui(None, "", mounts=lambda: THREE).run_test(size=WIDE) as pilot:
        await screen(pilot, MountsScreen)
        words = on_screen(pilot)
        for part in ("/inputfs", "nx01:/web", "/mnt/genomes", "nx11:/genomes", "/srv/part", "nx01:/web (/part)"):
            assert part in words


async def test_enter_opens_the_mount_under_the_cursor(opened_paths: list[str]) -> None:
    async with GlusterTui(None, "", mounts=lambda: THREE).run_test(size=WIDE) as pilot:
        await screen(pilot, MountsScreen)
        await pilot.press("down", "enter")
        await screen(pilot, ExplorerScreen)
        assert opened_paths == ["/mnt/genomes"]


async def test_where_there_is_no_mount_the_demo_is_named_and_r_looks_again(opened_paths: list[str]) -> None:
    mounts: list[Mount] = []
    async with GlusterTui(None, "", mounts=lambda: mounts).run_test(size=WIDE) as pilot:
        await screen(pilot, MountsScreen)
        assert "gluster-tui demo" in on_screen(pilot)
        mounts.extend(THREE)
        await pilot.press("r")
        await until(pilot, lambda: "/mnt/genomes" in on_screen(pilot), "the mounts are listed")


async def test_from_an_open_dataset_another_mount_can_be_opened(opened_paths: list[str]) -> None:
    app = GlusterTui(lambda: session_of(dataset([b"first"])), "/first", mounts=lambda: THREE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("o")
        await screen(pilot, MountsScreen)
        await pilot.press("enter")
        await settled(pilot)
        assert opened_paths == ["/inputfs"]
        assert len(files_shown(pilot)) == 21


async def test_refresh_reads_everything_again() -> None:
    names = [b"old"]
    async with app_of(lambda: session_of(dataset(names))).run_test(size=WIDE) as pilot:
        await settled(pilot)
        names.append(b"new")
        await pilot.press("r")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2, "it is opened again")
        await settled(pilot)
        assert files_shown(pilot) == [b"new", b"old"]


async def test_refreshing_a_directory_keeps_the_cursor_on_its_file() -> None:
    async with app_of(lambda: session_of(HeldSource(dataset()))).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press(*["down"] * 15)
        before = explorer(pilot).files.row_at_cursor()
        asked = explorer(pilot).ticket
        await pilot.press("r")
        await until(pilot, lambda: explorer(pilot).ticket > asked, "it is read anew")
        await settled(pilot)
        after = explorer(pilot).files.row_at_cursor()
        assert before is not None
        assert after is not None
        assert (after.directory.path, after.name) == (before.directory.path, before.name)


async def test_a_recording_that_is_read_again_keeps_the_cursor_on_its_file() -> None:
    names = [b"b", b"c", b"d"]
    async with app_of(lambda: session_of(dataset(names))).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("down")
        names.append(b"a")
        before = pilot.app.screen
        await pilot.press("r")
        await until(pilot, lambda: pilot.app.screen is not before, "it is opened again")
        await settled(pilot)
        row = explorer(pilot).files.row_at_cursor()
        assert row is not None
        assert row.name == b"c"


async def read_again(pilot: Pilot[None]) -> tuple[weakref.ref[ExplorerScreen], Catalog]:
    """What was shown, and in memory, before everything was read again."""
    await settled(pilot)
    before = explorer(pilot)
    await pilot.press("R")
    await until(pilot, lambda: before not in pilot.app.screen_stack, "it is closed")
    return weakref.ref(before), before.loader.catalog


async def test_the_files_that_were_open_are_let_go_of_when_they_are_read_again() -> None:
    async with app_of(lambda: session_of(dataset())).run_test(size=WIDE) as pilot:
        _, catalog = await read_again(pilot)
        await until(pilot, lambda: catalog.progress.files == 0, "no file is held")


async def test_nothing_holds_what_was_shown_before_it_was_read_again() -> None:
    async with app_of(lambda: session_of(dataset())).run_test(size=WIDE) as pilot:
        closed = [(await read_again(pilot))[0] for _ in range(3)]

        def are_gone() -> bool:
            give_back()
            return all(screen() is None for screen in closed)

        await until(pilot, are_gone, "they are gone")


async def test_the_collector_comes_when_another_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[int] = []
    monkeypatch.setattr(navigation, "give_back", lambda: times.append(len(times)))
    async with app_of(lambda: session_of(dataset())).run_test(size=WIDE) as pilot:
        await read_again(pilot)
        await settled(pilot)
        assert times == [0]


async def test_refreshing_everything_keeps_the_filter() -> None:
    names = [b"old-a", b"old-b"]
    async with app_of(lambda: session_of(dataset(names))).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("slash", "ctrl+r", *"old-b", "enter")
        await settled(pilot)
        names.append(b"old-bc")
        before = pilot.app.screen
        await pilot.press("R")
        await until(pilot, lambda: pilot.app.screen is not before, "it is opened again")
        await until(pilot, lambda: files_shown(pilot) == [b"old-b", b"old-bc"], "what the expression keeps")


async def test_refresh_lets_go_of_what_was_open() -> None:
    first = HeldSource(dataset(), hold_listings=everything)
    sources = [first, HeldSource(dataset())]
    async with app_of(lambda: session_of(sources.pop(0))).run_test(size=WIDE) as pilot:
        await screen(pilot, ExplorerScreen)
        await pilot.press("R")
        await settled(pilot)
        assert first.closed


async def test_r_reads_the_selected_directory_again_and_leaves_all_else() -> None:
    source = HeldSource(dataset([b"d/a", b"e/b"]))
    async with app_of(lambda: session_of(source)).run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("shift+tab", "down")
        source.recording = dataset([b"d/a", b"d/new", b"e/b", b"e/unseen"])
        await pilot.press("r")
        await until(pilot, lambda: files_shown(pilot) == [b"d/a", b"d/new"], "what is new shows")
        assert source.asked.count(b"e") == 1


async def test_the_screen_says_when_the_client_graph_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader_module, "_GRAPH_EVERY", 0.05)
    source = HeldSource(dataset())
    async with app_of(lambda: session_of(source)).run_test(size=(120, 24)) as pilot:
        await settled(pilot)
        source.stale = True
        await until(pilot, lambda: "! stale: the client graph has changed" in on_screen(pilot), "it is told")


async def test_a_mount_that_does_not_answer_can_be_left_for_another() -> None:
    never = threading.Event()
    app = GlusterTui(lambda: bool(never.wait(60)) and session_of(dataset()), "/hangs", mounts=lambda: THREE)
    async with app.run_test(size=WIDE) as pilot:
        await screen(pilot, OpeningScreen)
        assert "Opening /hangs ..." in on_screen(pilot)
        await pilot.press("escape")
        await screen(pilot, MountsScreen)
        never.set()


async def test_what_opens_after_it_was_left_is_closed_and_not_shown() -> None:
    held, source = threading.Event(), HeldSource(dataset())

    def opener() -> Session:
        held.wait(60)
        return session_of(source)

    async with GlusterTui(opener, "/slow", mounts=lambda: THREE).run_test(size=WIDE) as pilot:
        await screen(pilot, OpeningScreen)
        await pilot.press("escape")
        await screen(pilot, MountsScreen)
        held.set()
        await until(pilot, lambda: source.closed, "it is closed")
        assert isinstance(pilot.app.screen, MountsScreen)


async def test_q_leaves_at_once_while_a_mount_does_not_answer() -> None:
    never = threading.Event()
    async with app_of(lambda: bool(never.wait(60)) and session_of(dataset())).run_test(size=WIDE) as pilot:
        await screen(pilot, OpeningScreen)
        await pilot.press("q")
        await until(pilot, lambda: not pilot.app.is_running, "the app has ended", seconds=5)
    never.set()


async def test_an_error_that_should_not_have_happened_is_told_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opener() -> Session:
        raise ZeroDivisionError("of ours")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with app_of(opener).run_test(size=WIDE) as pilot:
        await screen(pilot, ProblemScreen)
        assert "this should not have happened: ZeroDivisionError('of ours')" in on_screen(pilot)
    assert names_in(tmp_path / "gluster-tui") == ["crash.log"]


@asynccontextmanager
async def opening(
    monkeypatch: pytest.MonkeyPatch, held_for: float = 60
) -> AsyncIterator[tuple[Pilot[None], threading.Event]]:
    """The app while a dataset is being opened; it goes on when the event is set."""
    monkeypatch.setattr(key_order, "HELD_FOR", held_for)
    go_on = threading.Event()

    def opener() -> Session:
        go_on.wait(20)
        return session_of(dataset())

    async with app_of(opener).run_test(size=WIDE) as pilot:
        await screen(pilot, OpeningScreen)
        yield pilot, go_on


async def test_what_is_typed_while_a_dataset_is_opened_is_for_its_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opening(monkeypatch) as (pilot, go_on):
        await pilot.press("slash", *"models")
        go_on.set()
        await screen(pilot, ExplorerScreen)
        await until(pilot, lambda: explorer(pilot).query_one(FilterBar).input.value == "models", "the filter")


async def test_a_dataset_that_is_being_opened_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opening(monkeypatch) as (pilot, _):
        await pilot.press("q")
        await until(pilot, lambda: not pilot.app.is_running, "the end")


async def test_it_can_be_left_after_a_while_whatever_was_typed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opening(monkeypatch, held_for=0.05) as (pilot, _):
        await pilot.press("x")
        await until(pilot, lambda: not pilot.app._to_come, "what was typed is dropped")
        await pilot.press("q")
        await until(pilot, lambda: not pilot.app.is_running, "the end")


async def test_it_can_be_left_for_the_mounts_whatever_was_typed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opening(monkeypatch) as (pilot, _):
        await pilot.press("x", "escape")
        await screen(pilot, MountsScreen)


async def test_what_is_typed_before_something_cannot_be_opened_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_order, "HELD_FOR", 60)
    go_on = threading.Event()

    def opener() -> Session:
        go_on.wait(20)
        raise PathError(b"/inputfs", 2)

    async with app_of(opener).run_test(size=WIDE) as pilot:
        await screen(pilot, OpeningScreen)
        await pilot.press("x", "o")
        go_on.set()
        await screen(pilot, ProblemScreen)
        await pilot.pause()
        assert isinstance(pilot.app.screen, ProblemScreen)


async def test_what_is_typed_behind_r_is_for_the_dataset_that_was_read_again() -> None:
    async with app_of(lambda: session_of(dataset())).run_test(size=WIDE) as pilot:
        await settled(pilot)
        first = explorer(pilot)
        await pilot.press("R", "slash", *"models")
        await until(pilot, lambda: any(isinstance(s, ExplorerScreen) for s in pilot.app.screen_stack), "it is open")
        await until(pilot, lambda: explorer(pilot) is not first, "it is read again")
        await until(pilot, lambda: explorer(pilot).query_one(FilterBar).input.value == "models", "the filter")
