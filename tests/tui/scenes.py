"""The states of every screen, each with a way to it: what the snapshots show. None of them depends on a clock, on the
directory that one stands in beyond what a scene puts there, or on this machine.
"""

from __future__ import annotations

import errno
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from textual.pilot import Pilot
from textual.widgets import Input

from disco.dfs.gluster.errors import GlusterError, NotInputfsError, PathError, RecordingError
from disco.dfs.gluster.mounts import Mount
from gluster_tui.app import GlusterTui
from gluster_tui.screens.export import ExportScreen
from gluster_tui.screens.mounts import MountsScreen
from gluster_tui.screens.opening import OpeningScreen, ProblemScreen
from gluster_tui.screens.question import QuestionScreen
from gluster_tui.screens.save_map import SaveMapScreen
from gluster_tui.session import Session
from gluster_tui.updates import Waiting
from gluster_tui.widgets.bars import NoticeBar

from .driving import app_of, demo_app, enter_filter, explorer, on_screen, settled, until
from .mending import COMMENTED, to_workbench, with_file, worked_out
from .sources import HeldSource, dataset, everything, no_map_session, session_of

__all__ = ["NOW", "SCENES", "Scene"]

NOW = 1000.0  # what the clock says in every scene

Way = Callable[[Pilot[None]], Awaitable[None]]


class Scene(NamedTuple):
    """``app``: what runs; ``way``: the keys and the waiting that lead to the state."""

    app: Callable[[], GlusterTui]
    way: Way


def on(session: Callable[[], Session]) -> Callable[[], GlusterTui]:
    """The app on a session."""
    return lambda: app_of(session)


def plain() -> Session:
    return session_of(dataset())


def held(**how: Callable[[bytes], bool]) -> Callable[[], Session]:
    return lambda: session_of(HeldSource(dataset(), **how))  # type: ignore[arg-type]


def failing(error: GlusterError) -> Callable[[], GlusterTui]:
    def opener() -> Session:
        raise error

    return lambda: GlusterTui(opener, "/inputfs")


def keys(*pressed: str) -> Way:
    """To press keys when all is there."""

    async def way(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await pilot.press(*pressed)
        await settled(pilot)

    return way


def filtered(text: str, *before: str) -> Way:
    async def way(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await pilot.press(*before)
        await enter_filter(pilot, text)

    return way


def sight(words: str) -> Way:
    """To wait until words stand on the screen."""

    async def way(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: words in on_screen(pilot), words)

    return way


def screen(kind: type) -> Way:
    async def way(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, kind), kind.__name__)

    return way


async def stopped(pilot: Pilot[None]) -> None:
    await sight("walking... 80%")(pilot)
    await pilot.press("escape")
    await sight("stopped at 80%")(pilot)


async def hanging(pilot: Pilot[None]) -> None:
    await sight("walking... 80%")(pilot)
    latest = explorer(pilot).latest
    assert latest is not None
    waiting = Waiting(b"web_logs/2006-07", NOW - 42)
    explorer(pilot).query_one(NoticeBar).show(replace(latest, waiting=(waiting,)))


def told(**facts: Any) -> Way:
    """To a state that the loader tells of."""

    async def way(pilot: Pilot[None]) -> None:
        await settled(pilot)
        latest = explorer(pilot).latest
        assert latest is not None
        explorer(pilot).query_one(NoticeBar).show(replace(latest, **facts))

    return way


def mending(*pressed: str) -> Way:
    """To the workbench, and on by keys."""

    async def way(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await to_workbench(pilot)
        for key in pressed:
            await pilot.press(key)
            await worked_out(pilot)

    return way


async def difference(pilot: Pilot[None]) -> None:
    await mending("T", "w")(pilot)
    await screen(SaveMapScreen)(pilot)


async def conflict(pilot: Pilot[None]) -> None:
    await mending("T")(pilot)
    mapped(COMMENTED.replace("node-1", "node-10"))
    await pilot.press("w")
    await screen(SaveMapScreen)(pilot)
    await pilot.press("enter")
    await sight("changed by someone else")(pilot)


def mapped(text: str) -> Session:
    """A dataset whose map is in a file where one stands."""
    return with_file(Path("hostname_map"), text)


async def in_tree(pilot: Pilot[None]) -> None:
    await settled(pilot)
    explorer(pilot).tree_panel.focus()
    await pilot.press("down")
    await settled(pilot)


def export(target: str, words: str, *then: str, until_words: str | None = None) -> Way:
    """To the export dialog with a target of which ``words`` are said."""

    async def way(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "complete" in on_screen(pilot) or "walking... 80%" in on_screen(pilot), "the list")
        await pilot.press("e")
        await screen(ExportScreen)(pilot)
        pilot.app.screen.query_one("#target", Input).value = target
        await sight(words)(pilot)
        for key in then:
            await (pilot.click(key) if key.startswith("#") else pilot.press(key))
        if until_words:
            await sight(until_words)(pilot)

    return way


def old_list() -> None:
    with open("list.json", "w") as file:
        file.write("old")


async def question(pilot: Pilot[None]) -> None:
    old_list()
    await export("list.json", "it exists", "enter")(pilot)
    await screen(QuestionScreen)(pilot)


async def existing(pilot: Pilot[None]) -> None:
    old_list()
    await export("list.json", "it exists")(pilot)


def mounts(*found: Mount) -> Callable[[], GlusterTui]:
    return lambda: GlusterTui(None, "", mounts=lambda: list(found))


def large() -> Session:
    """A directory so large that sizes come behind all else."""
    files = [b"2006-07/access-%05d.log" % number for number in range(60_000, 60_060)]
    return session_of(HeldSource(dataset(files), hold_files=everything, placed=True, sized=10))


def never() -> GlusterTui:
    return GlusterTui(lambda: bool(threading.Event().wait(60)) and plain(), "/inputfs/web_logs")


HOSTILE = (b"[red]red", b"[@click=app.bell]x", b"\x1b[31mred", b"two\nlines", "\u202egpj.exe".encode())
MORE_HOSTILE = ("日本語".encode(), ("e\u0301" * 5).encode(), b"\xff\xfe", b"n" * 255)
FAULTY = {b"genomes/chr2": errno.ENOTCONN, b"README": errno.EIO}
LATE = {"hold_listings": lambda path: path == b"web_logs/2006-07"}
MOUNTS = (
    Mount(b"/inputfs", b"/", "fuse.glusterfs", b"nx01:/web", "0:40"),
    Mount(b"/mnt/genomes", b"/", "fuse.glusterfs", b"nx11:/genomes", "0:41"),
    Mount(b"/srv/part", b"/part", "fuse.glusterfs", b"nx01:/web", "0:40"),
)

MISTAKEN = "nx01-vol1 node-1\nnx02 node-1\nnx02 node-1\nnx03:/data/b1\nnx09 node-9\n# racks\nnx03 node/3\n"

SCENES: dict[str, Scene] = {
    "explorer": Scene(demo_app, keys("down", "down")),
    "filtered": Scene(demo_app, filtered("2006-07-04_1")),
    "filter-error": Scene(demo_app, filtered("access.*_(0[0-6", "ctrl+r")),
    "filtered-to-nothing": Scene(on(plain), filtered("no such file")),
    "loading": Scene(on(held(hold_listings=everything)), sight("walking... 0%")),
    "sizes": Scene(on(large), sight("sizes... 16%")),
    "hanging": Scene(on(held(**LATE)), hanging),
    "stopped": Scene(on(held(**LATE)), stopped),
    "unreadable-directory": Scene(on(lambda: session_of(HeldSource(dataset(), faults={b"genomes": 13}))), in_tree),
    "failed-files": Scene(on(lambda: session_of(HeldSource(dataset(), faults=FAULTY))), keys()),
    "no-host-map": Scene(on(lambda: no_map_session(dataset())), keys()),
    "empty-directory": Scene(on(lambda: session_of(dataset([b"empty/"]))), keys()),
    "hostile-names": Scene(on(lambda: session_of(dataset([*HOSTILE, *MORE_HOSTILE]))), keys("down", "down")),
    "light": Scene(demo_app, keys()),
    "export": Scene(demo_app, export("list.json", "a new file")),
    "export-existing-file": Scene(on(plain), existing),
    "export-bad-target": Scene(on(plain), export("/no/such/list.json", "does not exist")),
    "export-refused": Scene(
        on(plain), export("list.json", "a new file", "#refuse-unmapped", "#go", until_words="x refused")
    ),
    "question": Scene(on(plain), question),
    "stale": Scene(on(plain), told(stale=True)),
    "expression-stopped": Scene(on(plain), told(filter_fault="this expression takes too long: stopped after 5 s")),
    "workbench": Scene(on(lambda: mapped(COMMENTED)), mending("end")),
    "workbench-clean": Scene(on(lambda: mapped(COMMENTED + "nx04 node-4\n")), mending()),
    "workbench-findings": Scene(on(lambda: mapped(MISTAKEN)), mending("tab")),
    "workbench-trace": Scene(on(lambda: mapped(COMMENTED + "NX04 node-4\nnx04.example.com node-4\n")), mending("end")),
    "workbench-from-nothing": Scene(on(lambda: no_map_session(dataset(hostmap=None))), mending()),
    "workbench-edited": Scene(on(lambda: mapped(COMMENTED)), mending("T")),
    "workbench-edit": Scene(on(lambda: mapped(COMMENTED)), mending("end", "e")),
    "workbench-difference": Scene(on(lambda: mapped(COMMENTED)), difference),
    "workbench-conflict": Scene(on(lambda: mapped(COMMENTED)), conflict),
    "help": Scene(on(plain), keys("question_mark")),
    "mounts-none": Scene(mounts(), screen(MountsScreen)),
    "mounts-three": Scene(mounts(*MOUNTS), screen(MountsScreen)),
    "opening": Scene(never, screen(OpeningScreen)),
    "problem-not-glusterfs": Scene(failing(NotInputfsError(b"/home/anna", "ext4", b"/")), screen(ProblemScreen)),
    "problem-does-not-exist": Scene(failing(PathError(b"/inputfs/web_lgos", 2)), screen(ProblemScreen)),
    "problem-permission": Scene(failing(PathError(b"/inputfs/private", 13)), screen(ProblemScreen)),
    "problem-dead-mount": Scene(failing(PathError(b"/inputfs", 107)), screen(ProblemScreen)),
    "problem-recording": Scene(failing(RecordingError(b"web.jsonl", 12, "not a line of JSON")), screen(ProblemScreen)),
}
