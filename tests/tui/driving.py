"""Driving the app in tests: opening it on the demo, and waiting until nothing moves any more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from importlib import resources

from textual.pilot import Pilot

from gluster_tui.app import GlusterTui
from gluster_tui.screens.explorer import ExplorerScreen
from gluster_tui.session import MapChoice, Session, open_recorded

__all__ = ["DEMO", "app_of", "demo_app", "explorer", "settled", "until"]

DEMO = str(resources.files("gluster_tui") / "demo" / "recording.jsonl")


def app_of(opener: Callable[[], Session], words: str = "/inputfs") -> GlusterTui:
    """The app on whatever ``opener`` opens."""
    return GlusterTui(opener, words)


def demo_app() -> GlusterTui:
    """The app on the recording that comes with it."""
    return app_of(lambda: open_recorded(DEMO, MapChoice()), "demo")


def explorer(pilot: Pilot[None]) -> ExplorerScreen:
    """The main screen, wherever it is in the stack."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, ExplorerScreen))


async def until(pilot: Pilot[None], condition: Callable[[], object], what: str, seconds: float = 20) -> None:
    """Waits for a condition, letting the app go on in between."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        await asyncio.sleep(0.01)
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
    await pilot.pause()
