"""Fills the catalog and keeps the selection, on one thread of its own.

The screen asks (``select``, ``look_at``, ``stop``...), and never waits; what has changed comes to it as one ``Update``,
at most every ``PUBLISH_EVERY`` seconds. Work that the source does comes back to this thread as futures that are done.
Order of work: the rows on the screen, then listings, then what the selection keeps, then the rest.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from disco.dfs.gluster.catalog import Catalog, Progress
from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.filters import Filter, Substring
from disco.dfs.gluster.inputfs import Source, Start
from disco.dfs.gluster.selection import Selection, SelectionPicture
from disco.dfs.gluster.units import GroupAnswer, ListedDirectory, ResolvedFiles, without_cookies
from disco.dfs.gluster.walker import FEW_TEACHERS, placement_or_fault

from .agenda import Agenda, Work
from .crash import UnexpectedError

__all__ = ["Loader", "Update", "Waiting"]

PUBLISH_EVERY = 0.08  # seconds
_SLICE = 0.02  # seconds of filtering before newer requests are looked at
_LISTINGS = 32  # under way at once
_BATCHES = 16
_TEACHERS, _TEACHERS_UNREAD = 9, 300  # files of a group asked for its hosts; while none could be read


@dataclass(frozen=True)
class Waiting:
    """A call on the mount that has not come back. ``since``: as ``time.monotonic()``."""

    path: bytes
    since: float


@dataclass(frozen=True)
class Update:
    """What the screen shows, at one moment. ``ticket``: that of the ``select`` whose picture it holds.

    ``asking_hosts``: hosts of a group are still being asked for. ``filtering``: the picture does not show all yet
    that is in memory. ``unlisted``: directories of its scope that were known and not listed when it was made; the
    catalog, which goes on, cannot tell. ``stopped``: the walk was stopped before its end.
    """

    ticket: int
    picture: SelectionPicture
    unlisted: int
    progress: Progress
    waiting: tuple[Waiting, ...]
    filtering: bool
    stopped: bool
    error: GlusterError | None = None
    asking_hosts: bool = False

    @property
    def complete(self) -> bool:
        """Whether the picture holds all there is below its scope, and where each file of it lies."""
        return not (self.filtering or self.unlisted or self.picture.totals.pending or self.asking_hosts)

    @property
    def settled(self) -> bool:
        """Whether nothing more will come by itself: it is complete, or was stopped and what was found is placed."""
        return self.complete or (self.stopped and not self.filtering and not self.picture.totals.pending)


@dataclass
class _Job:
    """What the source was asked for. ``indexes``: of the files asked for, None for a listing."""

    path: bytes
    indexes: Sequence[int] | None
    since: float = field(default_factory=time.monotonic)


class Loader:
    """Loads the dataset below ``start``; ``publish`` is called on the loader's thread with each update."""

    def __init__(self, source: Source, start: Start, publish: Callable[[Update], None]) -> None:
        self.source = source
        self.catalog = Catalog(start.directory)
        self._publish = publish
        self._events: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._selection = Selection(self.catalog, source.mount_point, start.directory, Substring(b""))
        self._ticket = 0
        self._asked_ticket = 0
        self._jobs: dict[int, _Job] = {}
        self._agenda = Agenda(self.catalog)
        self._refilter: Iterator[bytes] | None = None
        self._dirty: set[bytes] = set()
        self._changed = True
        self._stopped = False
        self._finishing = False
        self._closed = False
        self._error: GlusterError | None = None
        self._distrusting = False
        self._asked_for_hosts: dict[int, int] = {}  # files of each group
        self._thread = threading.Thread(target=self._run, name="loader", daemon=True)

    def begin(self) -> None:
        """Starts the walk."""
        self._thread.start()

    # What the screen asks for: from any thread, at once.

    def select(self, scope: bytes, keep: Filter) -> int:
        """Shows what ``keep`` keeps below ``scope`` from now on; returns the ticket that its updates carry."""
        self._asked_ticket += 1
        ticket = self._asked_ticket
        self._events.put(lambda: self._select(ticket, scope, keep))
        return ticket

    def look_at(self, files: list[tuple[bytes, list[int]]]) -> None:
        """Resolves these files before all others: (directory, indexes of files)."""
        self._events.put(lambda: setattr(self._agenda, "looked_at", files))

    def stop(self) -> None:
        """Begins no more work; what was found stays."""
        self._events.put(lambda: self._set_stopped(True))

    def go_on(self) -> None:
        """Goes on where it was stopped."""
        self._events.put(lambda: self._set_stopped(False))

    def finish_selection(self) -> None:
        """Resolves what is selected even after a stop: for an export of what was found."""
        self._events.put(lambda: setattr(self, "_finishing", True))

    def close(self) -> None:
        """Ends the thread; nothing is waited for."""
        self._closed = True
        self._events.put(lambda: None)

    # The loader's thread.

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            self._error, self._stopped = UnexpectedError(error), True
            self._publish(self._picture())

    def _work(self) -> None:
        published = 0.0
        while not self._closed:
            self._take_events(block=self._refilter is None, until=published + PUBLISH_EVERY)
            if self._closed:
                return
            self._begin_work()
            self._filter_some()
            now = time.monotonic()
            if self._changed and now >= published + PUBLISH_EVERY:
                self._update_dirty()
                self._publish(self._picture())
                published, self._changed = now, False

    def _take_events(self, *, block: bool, until: float) -> None:
        try:
            timeout = max(until - time.monotonic(), 0.001) if self._changed else None
            self._events.get(block=block, timeout=timeout)()
            while True:
                self._events.get_nowait()()
        except queue.Empty:
            pass

    def _picture(self) -> Update:
        waiting = tuple(Waiting(job.path, job.since) for job in list(self._jobs.values()))
        return Update(
            ticket=self._ticket,
            picture=self._selection.picture(),
            unlisted=self.catalog.directories[self._selection.scope].unlisted,
            progress=replace(self.catalog.progress),
            waiting=waiting,
            filtering=self._refilter is not None,
            stopped=self._stopped,
            error=self._error,
            asking_hosts=any(job.indexes == () for job in self._jobs.values()),
        )

    def _set_stopped(self, stopped: bool) -> None:
        self._stopped = stopped and not self.catalog.progress.complete
        self._finishing = False
        self._changed = True

    def _select(self, ticket: int, scope: bytes, keep: Filter) -> None:
        self._ticket = ticket
        self._selection = Selection(self.catalog, self.source.mount_point, scope, keep)
        self._refilter = iter(self._selection.below(scope))
        self._dirty.clear()
        self._agenda.select_anew()
        self._changed = True

    def _filter_some(self) -> None:
        """Filters what is in memory, a slice of time at a turn, so that the next keystroke can overtake."""
        if self._refilter is None:
            return
        until = time.monotonic() + _SLICE
        for path in self._refilter:
            self._selection.update(path)
            self._agenda.selected.append(path)
            if time.monotonic() > until:
                return
        self._refilter = None
        self._changed = True

    def _update_dirty(self) -> None:
        for path in self._dirty:
            self._selection.update(path)
        self._dirty.clear()

    def _begin_work(self) -> None:
        agenda = self._agenda
        while (files := agenda.next_looked_at()) is not None:
            self._resolve(*files)
        if self._stopped:
            while self._finishing and len(self._jobs) < _BATCHES and (work := self._next_selected()) is not None:
                self._resolve(*work)
            return
        listings = sum(job.indexes is None for job in self._jobs.values())
        while agenda.to_list and listings < _LISTINGS:
            self._list(agenda.to_list.popleft())
            listings += 1
        batches = len(self._jobs) - listings
        while batches < _BATCHES and (work := self._next_selected() or agenda.next_of_rest()) is not None:
            self._resolve(*work)
            batches += 1

    def _next_selected(self) -> Work | None:
        return self._agenda.next_selected(self._selection.kept)

    def _list(self, path: bytes) -> None:
        self._ask(_Job(path, None), self.source.list_directory(path, sizes=True), self._listed)

    def _resolve(self, path: bytes, indexes: Sequence[int]) -> None:
        self._agenda.begun(path, indexes)
        names = self.catalog.directories[path].names
        future = self.source.resolve_files(path, [names[i] for i in indexes], sizes=True)
        self._ask(_Job(path, indexes), future, self._resolved)

    def _ask(
        self, job: _Job, future: Future[ListedDirectory] | Future[ResolvedFiles], take: Callable[..., None]
    ) -> None:
        self._jobs[id(job)] = job
        self._changed = True  # it may hang, and shows as waiting then

        def done(future: Future[ListedDirectory] | Future[ResolvedFiles]) -> None:
            self._events.put(lambda: self._take(job, future, take))

        future.add_done_callback(done)

    def _take(
        self, job: _Job, future: Future[ListedDirectory] | Future[ResolvedFiles], take: Callable[..., None]
    ) -> None:
        del self._jobs[id(job)]
        self._changed = True
        error = future.exception()
        if isinstance(error, GlusterError):
            self._error = error
            self._stopped = True
        elif error is not None:
            raise error
        else:
            take(job, future.result())

    def _listed(self, job: _Job, listed: ListedDirectory) -> None:
        if self.source.disproved is not None:
            if not self._distrusting:
                self._distrust_cookies()
            listed = without_cookies(listed)  # it may have been on its way when they were disproved
        self._ask_for_hosts(listed)
        placements = [placement_or_fault(self.source, answer) for answer in listed.answers]
        found = self.catalog.add_listing(listed, placements)
        self._agenda.to_list.extendleft(reversed(found))
        self._agenda.rest.append(job.path)
        self._dirty.add(job.path)
        if self._selection.covers(job.path):
            self._selection.update(job.path)
            self._agenda.selected.append(job.path)

    def _ask_for_hosts(self, listed: ListedDirectory) -> None:
        """Asks some files of each group whose hosts nobody has told yet for their attribute, besides their cookie."""
        cluster = self.source.cluster
        for number, answer in enumerate(listed.answers):
            if not isinstance(answer, GroupAnswer) or answer.way != "cookie" or cluster.taught(answer.group):
                continue
            asked = self._asked_for_hosts.get(answer.group, 0)
            names = [n for n, place in zip(listed.files, listed.placed, strict=True) if place == number][:FEW_TEACHERS]
            if names and asked < (_TEACHERS if cluster.shown(answer.group) else _TEACHERS_UNREAD):
                self._asked_for_hosts[answer.group] = asked + len(names)
                future = self.source.resolve_files(listed.directory, names, sizes=False)
                self._ask(_Job(listed.directory, ()), future, self._told_hosts)

    def _told_hosts(self, job: _Job, resolved: ResolvedFiles) -> None:
        for answer in resolved.answers:
            placement_or_fault(self.source, answer)
        self._dirty.add(job.path)

    def _distrust_cookies(self) -> None:
        """Asks the attribute of every file that was placed by its cookie: one of them was found wrong."""
        self._distrusting = True
        self.catalog.forget_places("cookie")
        self._agenda.rest = deque(self.catalog.directories)
        self._select(self._ticket, self._selection.scope, self._selection.keep)

    def _resolved(self, job: _Job, resolved: ResolvedFiles) -> None:
        assert job.indexes is not None
        placements = [placement_or_fault(self.source, answer) for answer in resolved.answers]
        self.catalog.add_resolved(job.path, job.indexes, resolved, placements)
        self._agenda.done(job.path, job.indexes)
        self._dirty.add(job.path)
