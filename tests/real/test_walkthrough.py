"""The explorer as a user meets it: in a terminal, on a real mount, from the first screen to a list on the disk."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from disco.dfs.gluster import files

from .running import PROGRAM
from .sample import host_map, write_sample
from .specs import replicated
from .terminal import PROMPT, Terminal
from .trees import files_below
from .volume import RealVolume

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="a terminal needs tmux (apt install tmux)")

SPEC = replicated(3, 2)
COUNT = 80
AUGUST = 31  # files
MODES = ("alternate_on", "cursor_flag", "mouse_any_flag", "mouse_sgr_flag", "keypad_flag", "keypad_cursor_flag")


@dataclass
class Walkthrough:
    """What was on the screen at each stage, what was written, and what was left behind."""

    volume: RealVolume
    opened: str
    browsed: str
    filtered: str
    moved: str
    dialog: str
    exported: str
    left: str
    modes: tuple[list[str], list[str]]
    settings: tuple[str, str]
    target: Path

    @property
    def mount(self) -> Path:
        return self.volume.mountpoint


def settings(terminal: Terminal) -> str:
    """The terminal's settings as stty tells them."""
    terminal.press("C-l")
    terminal.type("stty", "-g")
    text = terminal.wait(
        lambda text: re.search(r"^[0-9a-f:]{40,}\n" + PROMPT.strip(), text, re.MULTILINE), "the settings"
    )
    return text.splitlines()[1]


def on_the_unmapped(volume: RealVolume) -> int:
    """How many files the last brick has, which the host map misses."""
    below = os.fsencode(volume.mountpoint)
    return sum(5 in volume.holders(os.path.relpath(path, below)) for path in files_below(below))


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walkthrough]:
    """Open, browse, filter, look at a file, export, quit."""
    folder = tmp_path_factory.mktemp("walk")
    target = folder / "august.json"
    with RealVolume(SPEC) as volume, Terminal(folder) as terminal:
        write_sample(volume.mountpoint, COUNT)
        (volume.mountpoint / ".hostname_map").write_text(host_map(SPEC))
        modes, before = terminal.state(*MODES), settings(terminal)
        terminal.press("C-l")
        terminal.type(PROGRAM, volume.mountpoint)
        opened = terminal.wait_for("complete", f"is unmapped: {on_the_unmapped(volume)} files")

        terminal.press("BTab", "Down")
        browsed = terminal.wait(lambda text: "2 of 2 files" in text and len(rows(text)) == 2, "its two files")

        terminal.press("Up")
        terminal.wait(lambda text: "81 of 81 files" in text and len(rows(text)) > 30, "all files again")
        terminal.press("/")
        terminal.write("2006-08")
        terminal.wait(lambda text: "e export" not in text, "what is typed goes into the filter")
        filtered = terminal.wait(
            lambda text: f"{AUGUST} of 81 files" in text and len(rows(text)) == AUGUST, "what the filter keeps"
        )

        terminal.press("Enter")
        terminal.wait_for("e export")
        terminal.press("Down")
        # It stands in the list, above the replicas, and in the address of each.
        moved = terminal.wait(lambda text: text.count("2006-08-02") == 4, "the replicas of the second file")

        terminal.press("e")
        terminal.wait_for("The first lines", "a new file")
        terminal.press("End", "C-u")
        terminal.wait_for("no file is named")
        terminal.write(str(target))
        dialog = terminal.wait_for(str(target), "a new file")
        terminal.press("Enter")
        exported = terminal.wait_for("Exported")

        terminal.press("q")
        terminal.wait_for_prompt()
        terminal.write("echo exit=$?")
        terminal.press("Enter")
        left = terminal.wait(
            lambda text: re.search(rf"^exit=\d+\n{PROMPT.strip()}", text, re.MULTILINE), "the exit code"
        )
        yield Walkthrough(
            volume, opened, browsed, filtered, moved, dialog, exported, left,
            (modes, terminal.state(*MODES)), (before, settings(terminal)), target,
        )  # fmt: skip


def rows(screen: str) -> list[str]:
    """The rows of the list of files."""
    panels = (line.split("││") for line in screen.splitlines())
    return [row for parts in panels if len(parts) == 3 and (row := parts[1].strip("! "))]


def test_it_opens_on_the_inputfs_and_says_what_it_is(walk: Walkthrough) -> None:
    assert f"gluster-tui  {walk.mount}  web: 3x2 replicate, 6 volumes" in walk.opened


def test_it_counts_all_files(walk: Walkthrough) -> None:
    assert re.search(r" 81 of 81 files, .* complete", walk.opened)


def test_it_says_how_much_the_host_map_covers(walk: Walkthrough) -> None:
    assert re.search(r"map: .*5 of 6", walk.opened.splitlines()[0])


def test_the_unmapped_volume_is_named_with_its_files(walk: Walkthrough) -> None:
    assert f"! nx06-vol1 is unmapped: {on_the_unmapped(walk.volume)} files lose locality" in walk.opened


def test_a_directory_shows_its_own_files(walk: Walkthrough) -> None:
    assert [row.split()[0] for row in rows(walk.browsed)] == ["old/terms.idx", "terms.idx"]


def test_the_filter_shows_what_matches_and_nothing_else(walk: Walkthrough) -> None:
    assert all("2006-08-" in row for row in rows(walk.filtered))


def test_the_replicas_of_the_file_under_the_cursor_are_where_getfattr_says(walk: Walkthrough) -> None:
    value = walk.volume.pathinfo("web_logs/2006-08/2006-08-02.log").decode()
    hosts = set(re.findall(r"\):(nx\d\d):", value))
    assert set(re.findall(r"host +(nx\d\d)", walk.moved)) == hosts


def test_the_dialog_says_how_many_files_it_will_write(walk: Walkthrough) -> None:
    assert f"{AUGUST} files, " in walk.dialog


def test_the_export_is_announced(walk: Walkthrough) -> None:
    assert f"{AUGUST} files in" in walk.exported


def test_the_list_is_what_files_returns(walk: Walkthrough) -> None:
    assert json.loads(walk.target.read_bytes()) == files(str(walk.mount), "2006-08")


def test_nothing_but_the_list_was_written(walk: Walkthrough) -> None:
    assert [name for name in os.listdir(walk.target.parent) if name != "tmux"] == [walk.target.name]


def test_it_ends_well_and_gives_the_shell_its_screen_back(walk: Walkthrough) -> None:
    first, *_, last = (line for line in walk.left.splitlines() if line)
    assert first.startswith(f"{PROMPT}{PROGRAM}")
    assert last == PROMPT.strip()
    assert "exit=0" in walk.left.splitlines()


def test_no_mode_of_the_terminal_is_left_on(walk: Walkthrough) -> None:
    before, after = walk.modes
    assert after == before


def test_the_terminals_settings_are_as_before(walk: Walkthrough) -> None:
    before, after = walk.settings
    assert after == before
