"""Two people explore one mount at the same time."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from disco.dfs.gluster import files

from .running import PROGRAM
from .sample import write_sample
from .specs import replicated
from .terminal import Terminal
from .trees import files_below
from .volume import RealVolume

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="a terminal needs tmux (apt install tmux)")

Two = tuple[Terminal, Terminal]


@pytest.fixture
def volume() -> Iterator[RealVolume]:
    with RealVolume(replicated(2, 2)) as volume:
        write_sample(volume.mountpoint, 80)
        yield volume


@pytest.fixture
def two(volume: RealVolume, tmp_path: Path) -> Iterator[Two]:
    """The explorer in two terminals, on the same mount."""
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    with Terminal(folders[0]) as one, Terminal(folders[1]) as other:
        for terminal in (one, other):
            terminal.type(PROGRAM, volume.mountpoint, "--no-hostname-map")
        for terminal in (one, other):
            terminal.wait_for("complete")
        yield one, other


def leave(terminal: Terminal) -> None:
    terminal.press("q")
    terminal.wait_for_prompt()


def test_each_has_its_own_filter(two: Two, volume: RealVolume) -> None:
    one, other = two
    count = len(files_below(os.fsencode(volume.mountpoint)))
    one.press("/")
    one.write("2006-08")
    one.wait(lambda text: f" of {count} files" in text and f"{count} of {count} files" not in text, "fewer files")
    assert f"{count} of {count} files" in other.text()


def test_one_goes_on_where_the_other_is_left(two: Two) -> None:
    one, other = two
    leave(one)
    other.press("r")
    other.wait_for("complete")
    leave(other)


def test_both_export_to_one_file_and_it_is_whole(two: Two, volume: RealVolume, tmp_path: Path) -> None:
    target = tmp_path / "list.json"
    for terminal in two:
        terminal.press("e")
        terminal.wait_for("The first lines", "a new file")
        terminal.press("End", "C-u")
        terminal.write(str(target))
        terminal.wait_for(str(target), "a new file")
    for terminal in two:
        terminal.press("Enter")
    for terminal in two:
        terminal.wait(lambda text: "Exported" in text or "exists" in text, "written, or refused since it is there")
    assert json.loads(target.read_bytes()) == files(volume.mountpoint, None, {})
