"""Driving the host-map workbench in tests: opening it, waiting until it has looked, going to a volume."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from disco.dfs.gluster.errors import HostnameMapError
from disco.dfs.gluster.hostmap import HostnameMap, read_hostname_map
from gluster_tui.screens.workbench import WorkbenchScreen
from gluster_tui.session import Session

from .driving import explorer, until
from .sources import dataset

__all__ = ["COMMENTED", "go_to", "opened", "to_workbench", "with_file", "workbench", "worked_out"]

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
