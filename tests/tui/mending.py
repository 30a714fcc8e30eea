"""Driving the host-map workbench in tests: opening it, waiting until it has looked, going to a volume."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from disco.dfs.gluster.errors import HostnameMapError
from disco.dfs.gluster.hostmap import HostnameMap, read_hostname_map
from gluster_tui.screens.edit import EditScreen
from gluster_tui.screens.save_map import SaveMapScreen
from gluster_tui.screens.workbench import WorkbenchScreen
from gluster_tui.session import Session

from .driving import explorer, running, until
from .sources import dataset

__all__ = [
    "COMMENTED",
    "at_workbench",
    "edit",
    "go_to",
    "nodes",
    "opened",
    "rows",
    "save",
    "take",
    "take_all",
    "to_saving",
    "to_workbench",
    "with_file",
    "workbench",
    "worked_out",
]

COMMENTED = "# racks 1 to 3\n\nnx01-vol1   node-1  # the first\nnx02 node-2\n\tnx03:/data/b1 node-3\n"


def workbench(pilot: Pilot[None]) -> WorkbenchScreen:
    """The workbench, wherever it is in the stack."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, WorkbenchScreen))


def with_file(path: Path, text: str = COMMENTED) -> Session:
    """A dataset whose map is in a file, in which nx04-vol1 is in no entry."""
    path.write_text(text)
    recording = dataset()
    try:
        return Session(recording, recording.start, read_hostname_map(str(path)), map_is_named=True)
    except HostnameMapError as error:
        return Session(recording, recording.start, HostnameMap.none(), error, map_is_named=True)


async def to_workbench(pilot: Pilot[None]) -> None:
    """Opens it, and waits until all of it is worked out."""
    await until(pilot, lambda: explorer(pilot).desk.file is not None, "the file was looked at")
    await pilot.press("m")
    await worked_out(pilot)


async def worked_out(pilot: Pilot[None]) -> None:
    """Waits until the workbench shows what is on the desk."""

    def shown() -> bool:
        bench = workbench(pilot)
        if bench.analysis is None or any(row.share is None for row in bench.analysis.rows):
            return False
        return bench.analysis.hostmap.text == bench.desk.hostmap.text

    await until(pilot, shown, "the workbench has looked")


async def go_to(pilot: Pilot[None], name: str) -> None:
    """Puts the cursor on a volume."""
    table = workbench(pilot).table
    table.cursor = [row.volume.name for row in table.rows].index(name)
    await pilot.pause()


async def opened(pilot: Pilot[None], screen: type) -> None:
    """Waits for a dialog."""
    await until(pilot, lambda: isinstance(pilot.app.screen, screen), f"the {screen.__name__}")


@asynccontextmanager
async def at_workbench(session: Session, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    """The app, its workbench open, all of it worked out."""
    async with running(session, size, notifications=True) as pilot:
        await to_workbench(pilot)
        yield pilot


async def take_all(pilot: Pilot[None]) -> None:
    """Takes all suggestions."""
    await pilot.press("T")
    await worked_out(pilot)


async def take(pilot: Pilot[None], name: str) -> None:
    """Takes the suggestion for a volume."""
    await go_to(pilot, name)
    await pilot.press("t")
    await worked_out(pilot)


async def edit(pilot: Pilot[None], typed: str) -> None:
    """Edits what is under the cursor."""
    await pilot.press("e")
    await opened(pilot, EditScreen)
    pilot.app.screen.query_one(Input).value = typed
    await pilot.press("enter")
    await worked_out(pilot)


async def to_saving(pilot: Pilot[None], target: str | None = None) -> None:
    """Opens the dialog, and names another target."""
    await pilot.press("w")
    await opened(pilot, SaveMapScreen)
    if target is not None:
        pilot.app.screen.query_one("#map-target", Input).value = target
        await pilot.pause()


async def save(pilot: Pilot[None]) -> None:
    """Saves by the dialog, and waits until it has."""
    await to_saving(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, SaveMapScreen), "it is saved")


def rows(pilot: Pilot[None]) -> list[str]:
    """The lines of the table."""
    table = workbench(pilot).table
    return [table.row_text(row, 200).plain for row in range(table.row_count)]


def nodes(pilot: Pilot[None]) -> list[str]:
    """The node of each volume, as the session goes by it."""
    return explorer(pilot).session.nodes
