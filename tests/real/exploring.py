"""The explorer on a real mount, in a test's own process."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from gluster_tui.map_choice import MapChoice
from gluster_tui.session import open_path

from ..tui.driving import app_of, settled

SIZE = (120, 40)


@asynccontextmanager
async def exploring(path: str | bytes | Path) -> AsyncIterator[Pilot[None]]:
    """The app on a path of a mount, all of it read."""
    name = os.fsdecode(path)
    async with app_of(lambda: open_path(name, MapChoice()), name).run_test(size=SIZE) as pilot:
        await settled(pilot)
        yield pilot
