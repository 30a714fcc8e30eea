"""Driving the app in tests: opening it on a dataset, waiting until nothing moves any more, reading the screen."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path

from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from disco.dfs.gluster.export import Rules, write_list
from disco.dfs.gluster.filters import Filter, Substring
from disco.dfs.gluster.formats import FORMATS
from disco.dfs.gluster.inputfs import Start
from disco.dfs.gluster.picture import SelectionPicture
from disco.dfs.gluster.walk import Report, walk
from gluster_tui.app import GlusterTui
from gluster_tui.loader import Loader
from gluster_tui.map_choice import MapChoice
from gluster_tui.screens.explorer import ExplorerScreen
from gluster_tui.session import Session, open_recorded
from gluster_tui.updates import Update
from gluster_tui.widgets.bars import FilterBar

__all__ = [
    "DEMO",
    "WIDE",
    "Alone",
    "alone",
    "app_of",
    "demo_app",
    "enter_filter",
    "explorer",
    "files_shown",
    "in_view",
    "list_of",
    "names_in",
    "on_screen",
    "picture_of",
    "running",
    "settled",
    "strips",
    "until",
]

DEMO = str(resources.files("gluster_tui") / "demo" / "recording.jsonl")
WIDE = (100, 24)  # the least width of the wide layout


def app_of(opener: Callable[[], Session], words: str = "/inputfs") -> GlusterTui:
    """The app on whatever ``opener`` opens."""
    return GlusterTui(opener, words)


def demo_app() -> GlusterTui:
    """The app on the recording that comes with it."""
    return app_of(lambda: open_recorded(DEMO, MapChoice()), "demo")


@asynccontextmanager
async def running(
    session: Session, size: tuple[int, int] = WIDE, *, settle: bool = True, notifications: bool = False
) -> AsyncIterator[Pilot[None]]:
    """The app on a session, its first selection whole; or as soon as the main screen is there."""
    async with app_of(lambda: session).run_test(size=size, notifications=notifications) as pilot:
        if settle:
            await settled(pilot)
        else:
            await until(pilot, lambda: isinstance(pilot.app.screen, ExplorerScreen), "the main screen")
            await until(pilot, lambda: explorer(pilot).latest, "the first update")
        yield pilot


class Alone(App[None]):
    """Widgets without the rest of the app, in its look. ``told``: the messages of ours that they posted."""

    CSS_PATH = str(resources.files("gluster_tui") / "styles.tcss")

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    def hear(self, message: Message) -> None:
        """Keeps a message; it is heard again by every parent that it comes up to."""
        if type(message).__module__.startswith("gluster_tui") and not any(message is known for known in self.told):
            self.told.append(message)


@asynccontextmanager
async def alone(*widgets: Widget, size: tuple[int, int] = (60, 20)) -> AsyncIterator[tuple[Pilot[None], Alone]]:
    """Widgets without the rest of the app; the first that can has the keys."""
    app = Alone(*widgets)
    async with app.run_test(size=size, message_hook=app.hear) as pilot:
        next((widget for widget in widgets if widget.can_focus), widgets[0]).focus()
        await pilot.pause()
        yield pilot, app


def explorer(pilot: Pilot[None]) -> ExplorerScreen:
    """The main screen, wherever it is in the stack."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, ExplorerScreen))


async def until(pilot: Pilot[None], condition: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Waits for a condition, letting the app go on in between."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        await asyncio.sleep(0.02)
    await pilot.pause()


async def settled(pilot: Pilot[None]) -> None:
    """Waits until the selection is whole and is what the screen asked for last."""

    def quiet() -> bool:
        screens = [s for s in pilot.app.screen_stack if isinstance(s, ExplorerScreen)]
        if not screens or screens[0].latest is None:
            return False
        latest = screens[0].latest
        return latest.ticket == screens[0].ticket and latest.complete

    await until(pilot, quiet, "the selection is whole")


async def enter_filter(pilot: Pilot[None], text: str) -> None:
    """Pastes into the filter line, and waits for what the filter keeps."""
    await pilot.press("slash")
    pilot.app.screen.post_message(events.Paste(text))
    await until(pilot, lambda: text in explorer(pilot).query_one(FilterBar).input.value, "the text is in the line")
    await settled(pilot)


def files_shown(pilot: Pilot[None]) -> list[bytes]:
    """The paths in the list of files, below the mount point."""
    picture = explorer(pilot).files.picture
    assert picture is not None
    rows = [picture.row(number) for number in range(len(picture))]
    return [(row.directory.path + b"/" + row.name).lstrip(b"/") for row in rows]


def strips(pilot: Pilot[None]) -> list[Strip]:
    """The whole screen as it goes to the terminal, a strip a line."""
    app = pilot.app
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return [Strip.join(list(line)) for line in update.strips]


def on_screen(pilot: Pilot[None]) -> str:
    """The whole screen, as text."""
    return "\n".join(strip.text for strip in strips(pilot))


def in_view(pilot: Pilot[None], widget: Widget) -> list[str]:
    """What a widget shows on the screen, line by line, without outer blanks."""
    region = widget.content_region
    lines = strips(pilot)[region.y : region.bottom]
    return [line.crop(region.x, region.right).text.rstrip() for line in lines]


def picture_of(session: Session) -> SelectionPicture:
    """The whole dataset, walked, without a screen."""
    updates: list[Update] = []
    complete = threading.Event()

    def took(update: Update) -> None:
        updates.append(update)
        if update.complete:
            complete.set()

    loader = Loader(session.source, session.start, took)
    loader.begin()
    assert complete.wait(20)
    loader.close()
    return updates[-1].picture


def names_in(folder: Path) -> list[str]:
    """What is in a directory, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def list_of(session: Session, format: str = "json", keep: Filter | None = None, *, scope: bytes = b"") -> bytes:
    """The list that the core writes of the files below ``scope`` that ``keep`` keeps; failed ones are left out."""
    out, report = io.BytesIO(), Report()
    batches = walk(session.source, Start(scope), keep or Substring(b""), report=report, sizes=True)
    made = FORMATS[format](session.addresser)
    write_list(batches, lambda: report.failures, made, Rules(skip_failed=True), out)
    return out.getvalue()
