"""The explorer on a recording of many files, without a terminal: memory, times, and the longest pauses of its loop.

python -m tests.bench.explorer RECORDING
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rich.console import RenderableType
from textual.screen import Screen

import gluster_tui.app
from disco.dfs.gluster.export import Rules
from disco.dfs.gluster.filters import Substring, compile_regex
from disco.dfs.gluster.selection import Selection
from gluster_tui.app import GlusterTui
from gluster_tui.exporting import ExportRun, make_format
from gluster_tui.map_choice import MapChoice
from gluster_tui.pacing import ScreenFirst
from gluster_tui.screens.explorer import ExplorerScreen
from gluster_tui.session import open_path
from gluster_tui.subcommands.explore import PAINTS_A_SECOND, SWITCH_EVERY
from gluster_tui.updates import Update
from gluster_tui.widgets.bars import FilterBar

from .made_up import write_recording

SIZES = {1_000_000: 5, 10_000_000: 3}  # files, and how often they are explored
TYPED = ("4f0", "access", "0001", "day-00", "zzz", "log")
NEEDLES = ("zzz", "4f0", "00004", "s-00", "7.l", "log")  # paths hold none of them
PAGES = 100


def resident() -> int:
    """Bytes of memory that this process takes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class Pauses:
    """How long the loop did not come back, by what was done meanwhile; in seconds."""

    def __init__(self) -> None:
        self.doing = "start"
        self.longest: dict[str, float] = {}

    async def watch(self) -> None:
        """Goes on until it is cancelled."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            pause = time.perf_counter() - before
            self.longest[self.doing] = max(self.longest.get(self.doing, 0), pause)


class WatchedApp(GlusterTui):
    """``painted``: the update whose files are on the screen."""

    CSS_PATH = Path(gluster_tui.app.__file__).with_name("styles.tcss")
    painted: Update | None = None

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        if isinstance(screen, ExplorerScreen) and not screen.files._styles_cache._dirty_lines:
            self.painted = screen.latest


class Driven:
    """The app on a recording."""

    def __init__(self, recording: str) -> None:
        self.app = WatchedApp(lambda: open_path(recording, MapChoice()), recording)

    @property
    def screen(self) -> ExplorerScreen:
        """Its main screen."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, ExplorerScreen))

    @property
    def latest(self) -> Update:
        """What it shows."""
        assert self.screen.latest is not None
        return self.screen.latest

    async def until(self, condition: Callable[[], object]) -> float:
        """Waits; returns the seconds that took."""
        begun = time.perf_counter()
        while self.app._exception is None:
            with suppress(StopIteration, AssertionError):  # not opened yet
                if condition():
                    return time.perf_counter() - begun
            await asyncio.sleep(0.001)
        raise self.app._exception

    async def page(self) -> None:
        """Goes a page down, until that is painted."""
        before = self.screen.files.cursor
        self.app.simulate_key("pagedown")
        await self.until(lambda: self.screen.files.cursor != before and not self.screen.files._repaint_required)

    async def type(self, key: str) -> float:
        """Types a key into the filter; seconds until the first matches, or that there are none, are on the screen."""
        begun, ticket = time.perf_counter(), self.screen.ticket
        self.app.simulate_key(key)
        await self.until(lambda: self.screen.ticket > ticket and self._is_painted())
        return time.perf_counter() - begun

    def _is_painted(self) -> bool:
        painted = self.app.painted
        return (
            painted is not None
            and painted.ticket == self.screen.ticket
            and (len(painted.picture) > 0 or not painted.filtering)
        )

    async def type_words(self, pause: float) -> list[float]:
        """Types some words; ``pause``: seconds between two keys. Returns what ``type`` did for each key that has
        matches.
        """
        typed = []
        for word in TYPED:
            for key in word:
                seconds = await self.type(key)
                if len(self.latest.picture):
                    typed.append(seconds)
                await asyncio.sleep(pause)
            await self.clear()
            await asyncio.sleep(pause)
        return typed

    async def clear(self) -> None:
        """Takes the filter away, until all files are in the list."""
        ticket, self.screen.query_one(FilterBar).input.value = self.screen.ticket, ""
        await self.until(lambda: ticket < self.screen.ticket == self.latest.ticket and self.latest.complete)

    async def match(self, expression: str) -> tuple[float, float]:
        """Filters by an expression; seconds until the first matches, and until all, are in the list."""
        self.screen.loader.expect_expression()
        matcher = self.screen.loader._matcher
        await self.until(lambda: matcher._helper is not None)
        assert matcher._helper is not None
        await self.until(matcher._helper.submit(os.getpid).done)  # it is there by the time that one is typed
        begun = time.perf_counter()
        self.screen.ticket = self.screen.loader.select(b"", compile_regex(expression))
        await self.until(lambda: self.latest.ticket == self.screen.ticket and len(self.latest.picture))
        first = time.perf_counter() - begun
        await self.until(lambda: self.latest.complete)
        full = time.perf_counter() - begun
        self.screen.ticket = self.screen.loader.select(b"", Substring(b""))
        await self.until(lambda: self.latest.ticket == self.screen.ticket and self.latest.complete)
        return first, full

    async def export(self, target: Path) -> float:
        """Writes all files as lines; returns the seconds that took."""
        ended, loop, begun = asyncio.Event(), asyncio.get_running_loop(), time.perf_counter()
        ExportRun(
            self.screen.session,
            self.latest.picture,
            make_format(self.screen.session, "lines", percent_encode=False),
            Rules(),
            str(target),
            lambda files: None,
            lambda files, error: loop.call_soon_threadsafe(ended.set) and None,
            replace=True,
            screen_first=ScreenFirst(loop),
        ).begin()
        await ended.wait()
        return time.perf_counter() - begun


async def explore(recording: str) -> None:
    """Measures what it takes to load, scroll, search and export."""
    driven, pauses = Driven(recording), Pauses()
    async with driven.app.run_test(size=(120, 40)):
        before = resident()
        watching = asyncio.create_task(pauses.watch())
        usable = await driven.until(lambda: len(driven.latest.picture))
        pauses.doing = "load"
        complete = usable + await driven.until(lambda: driven.latest.complete)
        files = len(driven.latest.picture)
        tell("memory a file, sizes included", (resident() - before) / files, "bytes")
        tell("recording usable", usable, "s")
        tell("recording complete", complete, "s")
        pauses.doing, begun = "scroll", time.perf_counter()
        for _ in range(PAGES):
            await driven.page()
        tell("page down held", PAGES / (time.perf_counter() - begun), "screens a second")
        pauses.doing = "search"
        driven.app.simulate_key("slash")
        for words, pause in (("ten keys a second", 0.1), ("without a pause", 0)):
            typed = [seconds for _ in range(2) for seconds in await driven.type_words(pause)]
            tell(f"key to first matches, 95 of 100, {words}", statistics.quantiles(typed, n=20)[-1] * 1000, "ms")
        first, full = await driven.match("access.*7f")
        tell("expression: first matches", first * 1000, "ms")
        tell("expression: full count", full, "s")
        pauses.doing = "export"
        with tempfile.TemporaryDirectory() as folder:
            seconds = await driven.export(Path(folder, "list.txt"))
            watching.cancel()
        tell("export of all to lines", files / seconds, "files a second")
        count(driven)
    for doing, longest in pauses.longest.items():
        tell(f"longest pause of the loop: {doing}", longest * 1000, "ms")


def count(driven: Driven) -> None:
    """Counts what some strings keep, and has grep and fzf count the same names."""
    catalog = driven.screen.loader.catalog
    with tempfile.NamedTemporaryFile() as names:
        for directory in catalog.directories.values():
            if directory.places:
                names.write(directory.joined_names.replace(b"\0", b"\n") + b"\n")
        names.flush()
        for needle in NEEDLES:
            pairs = [(counted(driven, needle), grepped(needle, names.name)) for _ in range(3)]
            ours, theirs = (statistics.median(seconds) for seconds in zip(*pairs, strict=True))
            tell(f"count of {needle!r} over grep -c", ours / theirs, "")
            if shutil.which("fzf"):
                tell(f"fzf --filter over count of {needle!r}", filtered_by_fzf(needle, names.name) / ours, "")


def counted(driven: Driven, needle: str) -> float:
    """Seconds of a count by a selection of its own."""
    catalog, begun = driven.screen.loader.catalog, time.perf_counter()
    selection = Selection(catalog, b"/", catalog.root, Substring(needle.encode()))
    for run in selection.runs_to_match():
        selection.match(run)
    len(selection.picture())
    return time.perf_counter() - begun


def grepped(needle: str, path: str) -> float:
    """Seconds of grep. Its output goes to a pipe: into /dev/null it would stop at the first match."""
    begun = time.perf_counter()
    command = ["grep", "-c", "-F", "-e", needle, path]
    subprocess.run(command, stdout=subprocess.PIPE, env={"LC_ALL": "C"}, check=False)
    return time.perf_counter() - begun


def filtered_by_fzf(needle: str, path: str) -> float:
    """Seconds of fzf as it comes."""
    begun = time.perf_counter()
    with Path(path).open("rb") as names:
        subprocess.run(["fzf", "--filter", needle], stdin=names, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - begun


def tell(measure: str, value: float, unit: str) -> None:
    """Says what was measured to whoever started this process."""
    print(json.dumps([measure, value, unit]), flush=True)


def main() -> None:
    """Prints the tables: medians of several runs, each a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        for files, runs in SIZES.items():
            recording = Path(folder, f"{files}.jsonl")
            write_recording(files, recording)
            print(f"the explorer on a recording of {files:,} files, medians of {runs} runs", flush=True)
            command = [sys.executable, "-m", "tests.bench.explorer", recording]
            environment = {**os.environ, "TEXTUAL_FPS": PAINTS_A_SECOND}
            told = [
                subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout for _ in range(runs)
            ]
            lines = [map(json.loads, text.splitlines()) for text in told]
            for rows in zip(*lines, strict=True):
                measure, _, unit = rows[0]
                median = statistics.median(value for _, value, _ in rows)
                print(f"  {measure:52} {median:,.{0 if median > 10 else 2}f} {unit}", flush=True)
            recording.unlink()


if __name__ == "__main__":
    sys.setswitchinterval(SWITCH_EVERY)  # as the command does
    asyncio.run(explore(sys.argv[1]))
