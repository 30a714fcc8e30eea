"""Names that attack a terminal, a markup language or a table: shown whole, harmless and in their columns."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from disco.dfs.gluster.errors import PathError
from disco.dfs.gluster.mounts import Mount
from gluster_tui.app import GlusterTui
from gluster_tui.screens.export import ExportScreen
from gluster_tui.screens.mounts import MountsScreen
from gluster_tui.screens.opening import OpeningScreen, ProblemScreen
from gluster_tui.session import Session
from tests.core.samples import ODD_NAMES

from .driving import explorer, in_view, on_screen, running, settled, strips, until
from .sources import HeldSource, dataset, everything, session_of

ACTION = b"[@click=app.bell]x"
NAMES = [
    *ODD_NAMES.values(),
    ACTION,
    b"[@click='app.bell()']y[/]",
    b"[red]red[/red]",
    b"[/]",
    b"$TITLE {0} %s",
    b"\x1b]0;owned\x07",
    b"\x1b]52;c;b3duZWQ=\x07",
    b"\x1b[2J\x1b[H",
    b"\x9b31m",
    "\u009b31m".encode(),
    "\u202efdp.exe".encode(),
    "\u2066isolated\u2069".encode(),
    "zero\u200bwidth\u00ad\ufeff".encode(),
    "日本語の長い名前".encode() * 10,
    ("e" + "\u0301" * 40).encode(),
    "\u0301combines with what stands before".encode(),
    "❤\ufe0f👨\u200d👩\u200d👧🇩🇪👍🏽".encode(),
    b"n" * 255,
    b"\xff" * 255,
]
SIZES = [(80, 24), (120, 40)]


def hostile() -> Session:
    """Every name as a file and as a directory that holds it."""
    return session_of(dataset([*NAMES, *(b"d-" + name[:100] + b"/" + name for name in NAMES)]))


def check(pilot: Pilot[None]) -> None:
    """Nothing on the screen is acted on by a terminal, every line is as wide as the screen, nothing can be clicked
    that a name brought.
    """
    for strip in strips(pilot):
        assert strip.text.isprintable(), repr(strip.text)
        assert strip.cell_length == cell_len(strip.text) == pilot.app.size.width
        for segment in strip:
            meta = segment.style.meta if segment.style else {}
            assert "bell" not in str(meta)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_in_the_list_and_the_tree(size: tuple[int, int]) -> None:
    async with running(hostile(), size) as pilot:
        for page in range(3):
            check(pilot)
            explorer(pilot).files.action_move_page(1)
            explorer(pilot).tree_panel.scroll_to(y=page * size[1], animate=False)
            await pilot.pause()


async def test_clicks_on_a_name_never_run_an_action(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[object] = []
    async with running(session_of(dataset([ACTION, ACTION + b"d/x"])), (120, 40)) as pilot:
        monkeypatch.setattr(pilot.app, "bell", lambda: rung.append(1))
        for panel in ("#files", "#tree", "#replicas"):
            lines = in_view(pilot, explorer(pilot).query_one(panel))
            row, x = next((y, line.index("[@c")) for y, line in enumerate(lines) if "[@c" in line)
            await pilot.click(panel, offset=(x + 6, row + 1))
        assert rung == []


async def test_in_the_export_dialog_its_preview_and_its_question() -> None:
    async with running(hostile(), (120, 40)) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen), "the dialog")
        for format in ("csv", "lines", "json"):
            await pilot.click(f"#format-{format}")
            check(pilot)
        pilot.app.screen.query_one("#target", Input).value = "/no/[red]/[@click=app.bell]x"
        await until(pilot, lambda: "does not exist" in on_screen(pilot), "the target is looked at")
        check(pilot)


async def test_in_the_name_that_the_export_dialog_proposes() -> None:
    async with running(hostile(), (120, 40)) as pilot:
        tree = explorer(pilot).tree_panel
        tree.cursor = next(row for row in range(tree.row_count) if "[@click" in tree.row_text(row, 60).plain)
        await pilot.pause()
        await settled(pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen), "the dialog")
        assert pilot.app.screen.query_one("#target", Input).value.startswith("[@click=")
        check(pilot)


async def test_in_notifications() -> None:
    async with running(session_of(dataset([ACTION + b"\x1b[31m\xff"])), (120, 40), notifications=True) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "Copied" in on_screen(pilot), "it is told")
        assert ACTION.decode() + "\\x1b[31m\\xff" in on_screen(pilot)
        check(pilot)


async def test_in_the_names_of_volumes_hosts_bricks_groups_and_of_the_inputfs() -> None:
    bad = "\x1b]0;owned\x07[@click=app.bell]x\u202e"
    volumes = [{"name": bad, "host": bad, "brick": f"/{bad}", "configured_host": f"{bad}.", "group": 0}]
    groups = [{"name": bad, "kind": "single", "redundancy": 0}]
    first = {"": {"groups": [0]}}
    source = dataset([b"a"], change=first, volumes=volumes, groups=groups, name=bad, mount_point=f"/{bad}")
    async with running(session_of(source), (120, 40), settle=False) as pilot:
        check(pilot)


@pytest.mark.parametrize(
    "change", [{"failed": {"0": [5, "\x1b]0;owned\x07"]}, "groups": [-1]}, {"error": [5, "\x1b]0;owned\x07"]}]
)
async def test_in_the_words_of_an_error_that_a_recording_tells(change: dict[str, object]) -> None:
    async with running(session_of(dataset([b"d/a"], change={"d": change})), (120, 40)) as pilot:
        explorer(pilot).tree_panel.focus()
        await pilot.press("down")
        await pilot.pause()
        check(pilot)


async def test_in_a_call_that_is_waited_for() -> None:
    source = HeldSource(dataset([b"d\x1b[31m\xff/a"]), hold_listings=everything)
    async with running(session_of(source), settle=False) as pilot:
        check(pilot)


async def test_on_the_screens_before_a_dataset_is_open() -> None:
    bad = b"/[@click=app.bell]x\x1b[31m\xff"

    def opener() -> Session:
        raise PathError(bad, 2)

    mounts = [Mount(bad, bad, "fuse.glusterfs", bad, "0:40"), Mount(b"/b", b"/", "fuse.glusterfs", bad, "0:41")]
    app = GlusterTui(opener, bad.decode("utf-8", "surrogateescape"), mounts=lambda: mounts)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, OpeningScreen | ProblemScreen), "something to see")
        check(pilot)
        await until(pilot, lambda: isinstance(pilot.app.screen, ProblemScreen), "the problem")
        check(pilot)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, MountsScreen), "the mounts")
        check(pilot)


async def test_in_a_filter_and_its_error() -> None:
    async with running(hostile(), (120, 40)) as pilot:
        await pilot.press("ctrl+r", "slash", *"[@(")
        check(pilot)


@pytest.mark.parametrize("key", ["slash", "e"])
async def test_what_a_terminal_acts_on_cannot_be_pasted_into_a_line(key: str) -> None:
    async with running(session_of(dataset()), (120, 40)) as pilot:
        await pilot.press(key)
        for text in ("\x1b[31m", "\u202e", "harmless"):
            pilot.app.screen.post_message(events.Paste(text))
        await until(pilot, lambda: "harmless" in on_screen(pilot), "what is harmless is pasted")
        check(pilot)
