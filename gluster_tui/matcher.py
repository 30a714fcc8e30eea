"""Finds out which files a filter keeps: a substring here, in slices of time; a user's expression in a helper process,
which is killed when it does not come to an end.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

from disco.dfs.gluster.catalog import Catalog, CatalogDirectory
from disco.dfs.gluster.filters import Regex
from disco.dfs.gluster.matching import match_unit
from disco.dfs.gluster.runs import Run
from disco.dfs.gluster.selection import Selection

from .helper import MATCHING, start_helper
from .helper_process import HelperProcess

__all__ = ["DEADLINE", "BatchSize", "Matcher"]

DEADLINE = 5.0  # seconds in which a helper has to be done with a batch
_FIRST_SLICE, _SLICE = 0.002, 0.005  # seconds of matching before what was found is shown, and newer requests heard
_AHEAD = 2  # batches that the helper has at hand
_STUCK = 0.25  # seconds that a helper has for what nobody wants any more, when another expression comes


class BatchSize:
    """How many ``files`` the helper is given at once: few at first, and as many as expressions have time for that are
    slow on each of them.
    """

    FIRST, MOST = 2_000, 20_000
    QUICK, SLOW = 0.25, 1.0  # seconds

    def __init__(self) -> None:
        self.files = self.FIRST

    def took(self, seconds: float) -> None:
        """A batch took so long."""
        if seconds < self.QUICK:
            self.files = min(2 * self.files, self.MOST)
        elif seconds > self.SLOW:
            self.files = max(self.files // 2, 1)


@dataclass(eq=False)
class _Batch:
    """Directories whose names the helper matches. ``since``: when it was its turn; when nobody wanted it any more."""

    selection: Selection
    directories: list[CatalogDirectory]
    since: float = field(default_factory=time.monotonic)


class Matcher:
    """Brings a selection up to what is listed. On the loader's thread only.

    ``tell``: gives a call to that thread; ``matched``: called there with each directory that has files that are kept.
    ``fault``: in words, why an expression was given up.
    """

    def __init__(
        self,
        catalog: Catalog,
        tell: Callable[[Callable[[], None]], None],
        matched: Callable[[CatalogDirectory], None],
        screen_first: Callable[[], None],
    ) -> None:
        self.fault: str | None = None
        self._catalog, self._tell, self._matched, self._screen_first = catalog, tell, matched, screen_first
        self._selection: Selection | None = None
        self._left: Iterator[CatalogDirectory] = iter(())  # for an expression
        self._runs: Iterator[Run] = iter(())  # for a string
        self._added: deque[CatalogDirectory] = deque()
        self._exhausted = True
        self._batches: list[_Batch] = []
        self._abandoned: list[_Batch] = []  # of expressions that nobody wants any more
        self._size, self._matched_files, self._slice = BatchSize(), 0, _FIRST_SLICE
        self._helper: HelperProcess | None = None

    @property
    def busy(self) -> bool:
        """Whether the selection does not show all yet that is listed."""
        return not self._exhausted or bool(self._batches)

    @property
    def can_go_on(self) -> bool:
        """Whether there is something to do now, and not only to wait for."""
        return not self._exhausted and len(self._batches) < _AHEAD

    @property
    def deadline(self) -> float | None:
        """When the helper is given up, as ``time.monotonic()``."""
        if self._abandoned:
            return self._abandoned[0].since + _STUCK
        return self._batches[0].since + DEADLINE if self._batches else None

    @property
    def fraction(self) -> float:
        """How much is matched, from 0 to 1."""
        if not self.busy or self._selection is None:
            return 1.0
        return min(self._matched_files / max(self._selection.scope.files_below, 1), 0.99)

    def begin(self, selection: Selection) -> None:
        """Matches what is listed anew, for another selection."""
        for batch in self._batches:
            batch.since = time.monotonic()
        self._abandoned += self._batches
        self._batches = []
        self._selection, self._exhausted = selection, False
        self._left, self._runs = iter(()), iter(())
        if isinstance(selection.keep, Regex):
            self._left = selection.to_match()
        else:
            self._runs = selection.runs_to_match()
        self._added.clear()
        self._size, self._matched_files, self._slice = BatchSize(), 0, _FIRST_SLICE
        self.fault = None

    def add(self, directory: CatalogDirectory) -> None:
        """A directory that was listed just now."""
        if self._is_regex and self.fault is None:
            self._added.append(directory)
            self._exhausted = False

    def prepare(self) -> None:
        """Starts the helper: an expression will come soon."""
        if self._helper is None or self._helper.ended:
            self._helper = HelperProcess(start_helper(MATCHING, [self._catalog.names.file.fileno()]), MATCHING)

    def keep_deadline(self) -> None:
        """Gives up what takes too long. To be called time and again, whatever is selected."""
        if self.deadline is None or time.monotonic() < self.deadline:
            return
        if self._abandoned:
            self._begin_anew()
        else:
            self._give_up(f"this expression takes too long: stopped after {DEADLINE:.0f} s")

    def go_on(self) -> None:
        """Does some of the work."""
        if self._exhausted or self._selection is None:
            return
        if self._is_regex:
            while len(self._batches) < _AHEAD and (directories := self._next_batch()):
                self._begin_batch(self._selection, directories)
            return
        until = time.monotonic() + self._slice
        self._slice = _SLICE
        for run in self._runs:
            self._screen_first()
            for directory in self._selection.match(run):
                self._matched(directory)
            self._matched_files += run.starts[-1]
            if time.monotonic() > until:
                return
        self._exhausted = True

    @property
    def _is_regex(self) -> bool:
        return self._selection is not None and isinstance(self._selection.keep, Regex)

    def _next(self) -> CatalogDirectory | None:
        directory = next(self._left, None)
        return self._added.popleft() if directory is None and self._added else directory

    def _next_batch(self) -> list[CatalogDirectory]:
        assert self._selection is not None
        directories, files = [], 0
        while (directory := self._next()) is not None:
            if directory.state == "failed":
                self._selection.update(directory)
            elif directory.places and not self._selection.knows(directory):
                directories.append(directory)
                files += len(directory.places)
                if files >= self._size.files:
                    return directories
        self._exhausted = True
        return directories

    def _begin_batch(self, selection: Selection, directories: list[CatalogDirectory]) -> None:
        assert isinstance(selection.keep, Regex)
        self.prepare()
        assert self._helper is not None
        batch = _Batch(selection, directories)
        self._batches.append(batch)
        spans = [directory.span for directory in directories]
        descriptor = self._catalog.names.file.fileno()
        future = self._helper.submit(match_unit, descriptor, str(selection.keep.pattern.pattern), spans)
        future.add_done_callback(lambda future: self._tell(lambda: self._take(batch, future)))

    def _begin_anew(self) -> None:
        """Without the helper, which is stuck in an expression that nobody wants any more."""
        self._kill()
        self.prepare()
        batches, self._batches = self._batches, []
        for batch in batches:
            self._begin_batch(batch.selection, batch.directories)

    def _take(self, batch: _Batch, future: Future[list[bytes | None]]) -> None:
        if batch in self._abandoned:
            self._abandoned.remove(batch)
        if batch not in self._batches:
            return  # of an expression that was given up
        self._batches.remove(batch)
        self._size.took(time.monotonic() - batch.since)
        for other in self._batches:  # it had to share the helper
            other.since = time.monotonic()
        if future.exception() is not None:
            self._give_up(str(future.exception()))
            return
        for directory, marks in zip(batch.directories, future.result(), strict=True):
            if self._catalog.numbered[directory.number] is directory:
                batch.selection.take(directory, marks)
                self._matched_files += len(directory.places)
                self._matched(directory)

    def _give_up(self, fault: str) -> None:
        self._drop()
        self.prepare()
        self.fault = fault

    def _drop(self) -> None:
        self._kill()
        self._batches.clear()
        self._added.clear()
        self._left, self._runs, self._exhausted = iter(()), iter(()), True

    def _kill(self) -> None:
        self._abandoned.clear()
        if self._helper is not None:
            self._helper.shutdown()
            self._helper = None

    def close(self) -> None:
        """Ends the helper, and matches nothing more."""
        self._drop()
        self._selection = None
