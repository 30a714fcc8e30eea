"""The explorer where a mount does not do what it should: it says so, it lives, and it is left at once."""

import dataclasses
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from disco.dfs.gluster.inputfs import find_mount_unit
from gluster_tui import loader, session
from gluster_tui.helper_process import HelperProcess
from gluster_tui.map_choice import MapChoice
from gluster_tui.screens.explorer import ExplorerScreen
from gluster_tui.screens.help import HelpScreen
from gluster_tui.screens.opening import OpeningScreen, ProblemScreen
from gluster_tui.session import Session, open_path

from ..tui.driving import app_of, explorer, files_shown, in_view, on_screen, settled, until
from .conftest import MakeVolume
from .exploring import SIZE, exploring
from .running import PROGRAM
from .specs import replicated
from .terminal import Terminal
from .test_shapes import fill
from .volume import RealVolume
from .workers import NOBODY

# A brick that hangs


@pytest.fixture
def volume(make_volume: MakeVolume) -> Iterator[RealVolume]:
    """A volume whose bricks all hang when one does; they go on at the end whatever happens."""
    made = make_volume(replicated(2, 2, ping_timeout=42))
    fill(made.mountpoint)
    yield made
    made.resume_brick(0)


async def test_while_a_brick_hangs_opening_says_so_and_the_screen_lives(volume: RealVolume) -> None:
    volume.hang_brick(0)
    async with app_of(lambda: open_path(str(volume.mountpoint), MapChoice())).run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "It has not answered for" in on_screen(pilot), "the hang is told")
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, OpeningScreen)


async def test_opening_goes_on_when_the_brick_does(volume: RealVolume) -> None:
    volume.hang_brick(0)
    async with app_of(lambda: open_path(str(volume.mountpoint), MapChoice())).run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, OpeningScreen), "it is being opened")
        volume.resume_brick(0)
        await settled(pilot)
        assert len(files_shown(pilot)) == len(os.listdir(volume.mountpoint))


async def test_while_a_brick_hangs_the_main_screen_says_so_and_lives(volume: RealVolume) -> None:
    def opener() -> Session:
        opened = open_path(str(volume.mountpoint), MapChoice(none=True))
        volume.hang_brick(0)
        return opened

    async with app_of(opener).run_test(size=SIZE) as pilot:
        waiting = re.compile(r"~ waiting \d+ s for /: large, or a brick does not answer")
        await until(pilot, lambda: waiting.search(on_screen(pilot)), "the hang is told")
        await pilot.press("slash", "x")
        assert explorer(pilot).query_one("#filter", Input).value == "x"
        volume.resume_brick(0)
        await pilot.press("backspace")
        await settled(pilot)
        assert len(files_shown(pilot)) == len(os.listdir(volume.mountpoint))


@pytest.mark.skipif(shutil.which("tmux") is None, reason="a terminal needs tmux (apt install tmux)")
def test_the_program_is_left_at_once_while_a_brick_hangs(volume: RealVolume, tmp_path: Path) -> None:
    with Terminal(tmp_path) as terminal:
        terminal.type(PROGRAM, volume.mountpoint, "--no-hostname-map")
        terminal.wait_for("complete")
        volume.hang_brick(0)
        terminal.press("r")
        terminal.wait(lambda text: re.search("does not answer|has not answered", text), "the hang is told")
        terminal.press("q")
        terminal.wait_for_prompt()
        stuck = subprocess.Popen(
            ["stat", volume.mountpoint / "new"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert stuck.poll() is None, "the brick still hangs"
        volume.resume_brick(0)
        stuck.wait()


# What cannot be opened


async def problem(path: str) -> str:
    """What the screen says of a path that cannot be opened."""
    async with app_of(lambda: open_path(path, MapChoice()), path).run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, ProblemScreen), "the problem")
        return " ".join(re.sub(r"[│╭╮╰╯─]", " ", on_screen(pilot)).split())


async def test_a_path_that_does_not_exist(volume_2x2: RealVolume) -> None:
    assert "/missing: No such file or directory Check the path" in await problem(f"{volume_2x2.mountpoint}/missing")


async def test_a_path_on_another_file_system() -> None:
    assert "/proc is not on GlusterFS: it is on proc, mounted at /proc" in await problem("/proc")


async def test_a_mount_whose_client_is_dead(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2))
    volume.kill_client()
    assert "Mount it again" in await problem(str(volume.mountpoint))


class NobodysProcess(HelperProcess):
    """The process that works on the mount, without root's rights."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__(process)
        self.submit(find_mount_unit, b"/").result()  # what it imports may lie where nobody can read it
        for give_up, argument in ((os.setgroups, []), (os.setgid, NOBODY), (os.setuid, NOBODY)):
            self.submit(give_up, argument).result()  # type: ignore[arg-type]


@pytest.fixture
def closed(folder_2x2: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that the user of the explorer may not read, beside a file."""
    monkeypatch.setattr(session, "HelperProcess", NobodysProcess)
    (folder_2x2 / "inner").mkdir(mode=0o700)
    (folder_2x2 / "file").touch()
    return folder_2x2 / "inner"


async def test_a_path_below_a_directory_that_may_not_be_read(closed: Path) -> None:
    assert "Permission denied Ask its owner for the right to read it" in await problem(str(closed / "file"))


async def test_a_directory_that_may_not_be_read_is_marked_in_the_tree_and_told(closed: Path) -> None:
    async with exploring(closed.parent) as pilot:
        assert isinstance(pilot.app.screen, ExplorerScreen)
        assert any("inner" in line and "x unreadable" in line for line in in_view(pilot, explorer(pilot).tree_panel))
        assert re.search(r"x 1 director\w+ could not be read", on_screen(pilot))


# The graph changes


async def test_a_group_that_is_added_makes_what_is_shown_stale_until_it_is_read_again(
    make_volume: MakeVolume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "_GRAPH_EVERY", 0.1)
    spec = replicated(2, 2)
    volume = make_volume(dataclasses.replace(spec, groups=spec.groups[:1]))
    fill(volume.mountpoint / "logs", 4)
    async with app_of(lambda: open_path(str(volume.mountpoint), MapChoice(none=True))).run_test(size=SIZE) as pilot:
        await settled(pilot)
        volume.add_group(spec.groups[1])
        await until(pilot, lambda: "stale: the client graph has changed" in on_screen(pilot), "it is told")
        await pilot.press("R")
        await until(pilot, lambda: "4 volumes" in on_screen(pilot), "it is read again")
        await settled(pilot)
        assert "stale" not in on_screen(pilot)
