"""Fills the catalog and keeps the selection, on one thread of its own.

The screen asks (``select``, ``look_at``, ``stop``...), and never waits; what has changed comes to it as one ``Update``,
at most every ``PUBLISH_EVERY`` seconds. Work that the source does comes back to this thread as futures that are done.
Order of work: the rows on the screen, then listings, then what the selection keeps, then the rest, then sizes.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import TypeVar

from disco.dfs.gluster.catalog import Catalog, CatalogDirectory
from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.filters import Filter, Substring
from disco.dfs.gluster.inputfs import Source, Start
from disco.dfs.gluster.selection import Selection
from disco.dfs.gluster.units import PENDING, FileSizes, GroupAnswer, ListedDirectory, ResolvedFiles, without_cookies
from disco.dfs.gluster.walker import FEW_TEACHERS, placement_or_fault

from .agenda import Agenda, Work
from .crash import UnexpectedError
from .matcher import Matcher
from .requests import Request, Requests
from .updates import Update

__all__ = ["Loader"]

T = TypeVar("T")

PUBLISH_EVERY = 0.08  # seconds; longer where a picture takes long to make
_NOTHING_EVERY = 0.3
_FIRST_WITHIN = 0.05  # seconds that the screen shows what was selected before, while nothing is found yet
_PICTURE_SHARE = 5  # times as long as a picture takes to make, nothing is published
_BATCHES, _SIZE_BATCHES = 16, 4  # under way at once; with more, each of sizes takes so long that it shows as waiting
_GRAPH_EVERY = 3.0  # seconds
_TEACHERS, _TEACHERS_UNREAD = 9, 300  # files of a group asked for its hosts; while none could be read


class Loader:
    """Loads the dataset below ``start``; ``publish`` is called on the loader's thread with each update.

    ``screen_first``: called on that thread time and again (see ``pacing.py``).
    """

    def __init__(
        self,
        source: Source,
        start: Start,
        publish: Callable[[Update], None],
        screen_first: Callable[[], None] = lambda: None,
    ) -> None:
        self._screen_first = screen_first
        self.source = source
        self.catalog = Catalog(start.directory)
        self._publish = publish
        self._events: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._selection = self._all_files()
        self._ticket = 0
        self._asked_ticket = 0
        self._requests = Requests(self._events.put)
        self._agenda = Agenda(self.catalog)
        self._matcher = Matcher(self.catalog, self._events.put, self._has_matches, screen_first)
        self._dirty: set[CatalogDirectory] = set()
        self._changed = True
        self._publish_at = 0.0
        self._shows_nothing = True
        self._stopped = False
        self._finishing = False
        self._closed = self._lets_go = False
        self._error: GlusterError | None = None
        self._distrusting = False
        self._asked_for_hosts: dict[int, int] = {}  # files of each group
        self._stale = False
        self._told: Update | None = None
        self._look_at_graph: float | None = None  # when to look whether it is another
        self._in_doubt = True  # whether a listing may lack a part, since a brick was lost meanwhile
        self._thread = threading.Thread(target=self._run, name="loader", daemon=True)

    def begin(self) -> None:
        """Starts the walk."""
        self._thread.start()

    # What the screen asks for: from any thread, at once.

    def select(self, scope: bytes, keep: Filter) -> int:
        """Shows what ``keep`` keeps below ``scope`` from now on; returns the ticket that its updates carry."""
        ticket = self._next_ticket()
        self._events.put(lambda: self._select(ticket, scope, keep))
        return ticket

    def _next_ticket(self) -> int:
        self._asked_ticket += 1
        return self._asked_ticket

    def expect_expression(self) -> None:
        """Makes ready for a filter that is a regular expression."""
        self._events.put(self._matcher.prepare)

    def look_at(self, files: list[Work]) -> None:
        """Resolves these files before all others."""
        self._events.put(lambda: self._agenda.look_at(files))

    def refresh(self, path: bytes) -> int:
        """Reads a directory anew, and all below it; returns the ticket that updates carry from then on."""
        ticket = self._next_ticket()
        self._events.put(lambda: self._refresh(ticket, path))
        return ticket

    def stop(self) -> None:
        """Begins no more work; what was found stays."""
        self._events.put(lambda: self._set_stopped(True))

    def go_on(self) -> None:
        """Goes on where it was stopped."""
        self._events.put(lambda: self._set_stopped(False))

    def finish_selection(self) -> None:
        """Resolves what is selected even after a stop: for an export of what was found."""
        self._events.put(lambda: setattr(self, "_finishing", True))

    def close(self, *, let_go: bool = False) -> None:
        """Ends the thread; nothing is waited for. ``let_go``: the memory is needed for something else."""
        self._lets_go = let_go
        self._closed = True
        self._events.put(lambda: None)

    def wait_until_ended(self, seconds: float) -> None:
        """Waits for the end of the thread, for so long; not for the screen's thread."""
        if self._thread.is_alive():  # one that was never begun cannot be waited for
            self._thread.join(seconds)

    # The loader's thread.

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - nobody else would hear of it
            self._error, self._stopped = UnexpectedError(error), True
            self._publish(self._picture_after_error())
        finally:
            self._matcher.close()
            if self._lets_go:
                self._let_go()

    def _work(self) -> None:
        while not self._closed:
            was_busy = self._matcher.busy  # its last answer comes as an event
            self._take_events()
            if self._closed:
                return
            self._begin_work()
            self._matcher.keep_deadline()
            if was_busy or self._matcher.busy:
                self._matcher.go_on()
                self._changed = True
                if not self._matcher.busy:
                    self._publish_at = 0.0  # it is what the user waits for
            first_matches = self._shows_nothing and self._selection.totals.files > 0
            if self._changed and (first_matches or time.monotonic() >= self._publish_at):
                self._update_dirty()
                begun = time.monotonic()
                picture = self._picture()
                ended = time.monotonic()
                self._told = picture
                self._publish(picture)
                # What has nothing to show yet is not to be held up by showing it.
                self._shows_nothing = not len(picture.picture)
                soon = _NOTHING_EVERY if self._shows_nothing and self._matcher.busy else PUBLISH_EVERY
                self._publish_at = ended + max(soon, _PICTURE_SHARE * (ended - begun))
                self._changed = False

    def _take_events(self) -> None:
        due = [self._publish_at] if self._changed else []
        due += [at for at in (self._matcher.deadline, self._look_at_graph) if at is not None]
        timeout = max(min(due) - time.monotonic(), 0.001) if due else None
        try:
            self._events.get(block=not self._matcher.can_go_on, timeout=timeout)()
            while True:
                self._screen_first()
                self._events.get_nowait()()
        except queue.Empty:
            pass

    def _picture(self) -> Update:
        return Update(
            ticket=self._ticket,
            picture=self._selection.picture(),
            unlisted=self._selection.scope.unlisted,
            progress=replace(self.catalog.progress),
            waiting=self._requests.waiting(),
            filtering=self._matcher.busy,
            stopped=self._stopped,
            error=self._error,
            asking_hosts=self._requests.awaited,
            filter_fault=self._matcher.fault,
            filtered=self._matcher.fraction,
            stale=self._stale,
        )

    def _let_go(self) -> None:
        """Gives the memory back. Else it would be there until the garbage collector comes, which would stop the screen
        for a second with 10,000,000 files.
        """
        if self._told is not None:
            self._told.picture.let_go()
        self._selection = self._all_files()
        self._agenda, self._told = Agenda(self.catalog), None
        self._dirty.clear()
        self.catalog.let_go()

    def _picture_after_error(self) -> Update:
        """What was told last: to make a picture may be what went wrong."""
        if self._told is None:
            self._selection = self._all_files()
            self._told = self._picture()
        return replace(self._told, error=self._error, stopped=True, filtering=True)

    def _set_stopped(self, stopped: bool) -> None:
        self._stopped = stopped and not (self.catalog.progress.complete and not self.catalog.unsized)
        self._finishing = False
        self._changed = True

    def _all_files(self) -> Selection:
        """Without those that are listed by now."""
        return Selection(self.catalog, self.source.mount_point, self.catalog.root, Substring(b""))

    def _select(self, ticket: int, scope: bytes, keep: Filter) -> None:
        self._ticket = ticket
        directory, earlier = self.catalog.directories.get(scope, self.catalog.root), self._selection
        narrower = earlier.scope is directory and not self._matcher.busy and _keeps_no_more(keep, earlier.keep)
        self._begin_selection(directory, keep, earlier if narrower else None)

    def _begin_selection(self, scope: CatalogDirectory, keep: Filter, narrows: Selection | None) -> None:
        self._selection = Selection(self.catalog, self.source.mount_point, scope, keep, narrows)
        self._dirty.clear()
        self._agenda.select_anew()
        self._matcher.begin(self._selection)
        self._changed = self._shows_nothing = True
        self._publish_at = time.monotonic() + _FIRST_WITHIN

    def _select_again(self) -> None:
        """Selects the same, of what is listed otherwise now: what was selected may be there no more."""
        scope = self.catalog.directories.get(self._selection.scope.path, self.catalog.root)
        self._begin_selection(scope, self._selection.keep, None)

    def _has_matches(self, directory: CatalogDirectory) -> None:
        if directory.count_at(PENDING):
            self._agenda.selected.append(directory)

    def _refresh(self, ticket: int, path: bytes) -> None:
        self._ticket, self._changed = ticket, True
        if path not in self.catalog.directories:
            return
        self.catalog.forget(path)
        self._agenda.to_list.appendleft(self.catalog.directories[path])
        self._error, self._stopped = None, False
        self._select_again()

    def _update_dirty(self) -> None:
        for directory in self._dirty:
            if isinstance(self._selection.keep, Substring) or self._selection.knows(directory):
                self._selection.update(directory)
        self._dirty.clear()

    def _begin_work(self) -> None:
        agenda = self._agenda
        while (files := agenda.next_looked_at()) is not None:
            self._resolve(*files)
        while (files := agenda.next_looked_at_unsized()) is not None:
            self._ask_sizes(*files)
        if self._stopped:
            if self._finishing:
                self._begin_batches(self._next_selected, 0)
            return
        listings = self._requests.listings
        while listings < self.source.listings_ahead and (directory := agenda.next_to_list()) is not None:
            self._list(directory)
            listings += 1
        if self._look_at_graph is not None and time.monotonic() > self._look_at_graph:
            self._look_at_graph = None
            self._ask(Request(self.catalog.root, ()), self.source.is_stale(), self._looked_at_graph)
        if self._in_doubt and self.catalog.progress.complete and self._requests.only_sizes:
            self._in_doubt = False
            self._ask(Request(self.catalog.root, (), awaited=True), self.source.doubtful(), self._doubted)
        self._begin_batches(lambda: self._next_selected() or agenda.next_of_rest(), listings)

    def _begin_batches(self, next_work: Callable[[], Work | None], listings: int) -> None:
        """Asks for places, then for sizes."""
        while len(self._requests) - listings < _BATCHES and (work := next_work()) is not None:
            self._resolve(*work)
        while len(self._requests) - listings < _SIZE_BATCHES and (work := self._agenda.next_unsized()) is not None:
            self._ask_sizes(*work)

    def _next_selected(self) -> Work | None:
        return self._agenda.next_selected(self._selection.kept)

    def _list(self, directory: CatalogDirectory) -> None:
        self._ask(Request(directory, None), self.source.list_directory(directory.path, sizes=True), self._listed)

    def _resolve(self, directory: CatalogDirectory, indexes: Sequence[int]) -> None:
        self._agenda.begun(directory, indexes)
        names = directory.names
        future = self.source.resolve_files(directory.path, [names[i] for i in indexes], sizes=True)
        self._ask(Request(directory, indexes), future, self._resolved)

    def _ask_sizes(self, directory: CatalogDirectory, indexes: Sequence[int]) -> None:
        self._agenda.sizes_begun(directory, indexes)
        names = directory.names
        future = self.source.ask_sizes(directory.path, [names[i] for i in indexes])
        self._ask(Request(directory, indexes, sizes=True), future, self._told_sizes)

    def _ask(self, request: Request, future: Future[T], take: Callable[[Request, T], None]) -> None:
        self._requests.begin(request, future, partial(self._take, take))
        self._changed = True  # it may hang, and shows as waiting then

    def _take(self, take: Callable[[Request, T], None], request: Request, future: Future[T]) -> None:
        self._changed = True
        error = future.exception()
        if isinstance(error, GlusterError):
            self._error = error
            self._stopped = True
        elif error is not None:
            raise error
        elif self.catalog.numbered[request.directory.number] is request.directory:  # else it is read anew
            take(request, future.result())

    def _listed(self, request: Request, listed: ListedDirectory) -> None:
        if self.source.disproved is not None:
            if not self._distrusting:
                self._distrust_cookies()
            listed = without_cookies(listed)  # it may have been on its way when they were disproved
        self._in_doubt = True
        self._ask_for_hosts(request.directory, listed)
        placements = [placement_or_fault(self.source, answer) for answer in listed.answers]
        directory = request.directory
        self._agenda.to_list.extendleft(reversed(self.catalog.add_listing(listed, placements)))
        if directory.count_at(PENDING):
            self._agenda.rest.append(directory)
        if directory.unsized:
            self._agenda.unsized.append(directory)
        if not self._selection.covers(directory):
            return
        if isinstance(self._selection.keep, Substring) or not directory.places:
            self._selection.update(directory)
            self._has_matches(directory)
        else:
            self._matcher.add(directory)

    def _doubted(self, request: Request, doubtful: list[ListedDirectory]) -> None:
        """Reads those directories anew of which a part may have been left out."""
        for listed in doubtful:
            self._refresh(self._ticket, listed.directory)
        self._look_at_graph = time.monotonic() + _GRAPH_EVERY

    def _looked_at_graph(self, request: Request, stale: bool) -> None:
        self._stale = stale
        self._look_at_graph = time.monotonic() + _GRAPH_EVERY

    def _ask_for_hosts(self, directory: CatalogDirectory, listed: ListedDirectory) -> None:
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
                self._ask(Request(directory, (), awaited=True), future, self._told_hosts)

    def _told_hosts(self, request: Request, resolved: ResolvedFiles) -> None:
        for answer in resolved.answers:
            placement_or_fault(self.source, answer)
        self._dirty.add(request.directory)

    def _distrust_cookies(self) -> None:
        """Asks the attribute of every file that was placed by its cookie: one of them was found wrong."""
        self._distrusting = True
        self.catalog.forget_places("cookie")
        self._agenda.rest = deque(self.catalog.directories.values())
        self._select_again()

    def _resolved(self, request: Request, resolved: ResolvedFiles) -> None:
        assert request.indexes is not None
        placements = [placement_or_fault(self.source, answer) for answer in resolved.answers]
        self.catalog.add_resolved(request.directory.path, request.indexes, resolved, placements)
        self._agenda.done(request.directory, request.indexes)
        self._dirty.add(request.directory)

    def _told_sizes(self, request: Request, told: FileSizes) -> None:
        assert request.indexes is not None
        self.catalog.add_sizes(request.directory.path, request.indexes, told.sizes)
        self._agenda.sizes_done(request.directory, request.indexes)
        self._dirty.add(request.directory)


def _keeps_no_more(keep: Filter, earlier: Filter) -> bool:
    """Whether a filter keeps only what an earlier one did."""
    return isinstance(keep, Substring) and isinstance(earlier, Substring) and earlier.needle in keep.needle
