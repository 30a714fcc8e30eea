"""The mount that a path is on, as a source of listings and placements: its root, its graph, its host map.

A mount and a recording answer through one small interface, ``Source``: whoever walks a dataset need not know
which of them it is. Everything that touches the mount is a unit of work for the executor, so that whoever waits
for it can choose where it runs, and whether to wait.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Literal, Protocol

from .cluster import Cluster
from .cookies import UNKNOWN
from .doubts import Doubts
from .errors import GlusterError, PathError, PathinfoError, meaning
from .graph import ClientGraph, parse_volfile
from .hostmap import MAP_VARIABLE, HostnameMap, find_hostname_map
from .meta import is_stale_unit, states_of
from .mount_facts import GraphFacts, MountFacts, Start, find_mount_unit, read_graph_unit
from .placement import Placement, Placements
from .units import (
    Answer,
    FileSizes,
    GroupAnswer,
    ListedDirectory,
    ListTask,
    ResolvedFiles,
    joined,
    lacks_mount,
    list_unit,
    resolve_unit,
    size_unit,
    without_cookies,
)
from .workers import DaemonExecutor, SureExecutor, completed, then

__all__ = ["Inputfs", "PlacementMode", "Source", "Start", "open_inputfs"]

PlacementMode = Literal["auto", "exact"]

# One file in so many is asked for its attribute besides its cookie, and some at the start.
_FILES_A_CHECK = 1000
_FIRST_CHECKS = 16
_GROUPS_A_DIRECTORY = 4  # at most, as far as a guess is needed how many files a listing will compare
_LISTINGS_DURING_CHANGE = 5  # listings of one directory while the graph goes on changing
_WATCH_EVERY = 0.5  # seconds after which a listing looks again which volumes are online, and which groups are up

# The mounts on which a cookie was once found wrong, as (mount point, device), and the file that showed it: the
# attribute is asked there from then on.
_disproved: dict[tuple[bytes, str], bytes] = {}


class Source(Protocol):
    """What answers for a dataset: a mount, or a recording of one.

    ``mount_point``: absolute. Directories and files are named by their path below it, as bytes without a leading
    slash, "" for the root. ``disproved``: the path of a file whose attribute contradicted its cookie; from then on what
    cookies said is not to be used. ``listings_ahead``: how many listings may well be asked for at once. ``lost``: units
    of work that an executor did not bring back, and that were done anew.
    """

    @property
    def mount_point(self) -> bytes: ...
    @property
    def cluster(self) -> Cluster: ...
    @property
    def disproved(self) -> bytes | None: ...
    @property
    def lost(self) -> int: ...
    @property
    def listings_ahead(self) -> int: ...
    def list_directory(self, directory: bytes, *, sizes: bool, ask: bool = False) -> Future[ListedDirectory]: ...
    def doubtful(self) -> Future[list[ListedDirectory]]: ...
    def is_stale(self) -> Future[bool]: ...
    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]: ...
    def ask_sizes(self, directory: bytes, names: list[bytes]) -> Future[FileSizes]: ...
    def placement(self, answer: Answer) -> Placement: ...
    def hostname_map(self, *, lenient: bool = False) -> Future[HostnameMap]: ...
    def close(self) -> None: ...


class Inputfs:
    """One mounted GlusterFS file system, as a ``Source``; made by ``open_inputfs()``."""

    listings_ahead = 32

    def __init__(self, facts: MountFacts, executor: Executor, mode: PlacementMode = "auto") -> None:
        self.mount = facts.mount
        self.cluster = Cluster(name=os.path.basename(os.fsdecode(facts.mount.source)))
        self._identity = (facts.mount.mount_point, facts.mount.device)
        self.disproved: bytes | None = _disproved.get(self._identity) if mode == "auto" else None
        self.checked = 0  # files whose cookie was compared with their attribute
        self._executor = executor
        self._placements = Placements(self.cluster)
        self._lock = threading.Lock()
        self._graph: tuple[bytes, bytes] | None = None
        self._leaf_groups: tuple[int, ...] | None = None
        self._checking = 0  # files that listings under way will compare, about
        self._by_cookie = mode == "auto" and self.disproved is None
        self._files = 0
        self._watched_at = time.monotonic()
        self._doubts = Doubts()
        if facts.graph is not None:
            self._take_graph(facts.graph)

    @property
    def mount_point(self) -> bytes:
        return self.mount.mount_point

    @property
    def lost(self) -> int:
        """Units of work that a caller's executor lost, so that they were done on threads of this process."""
        return self._executor.lost if isinstance(self._executor, SureExecutor) else 0

    @property
    def _disperse(self) -> bool:
        return any(group.kind == "disperse" for group in self.cluster.groups)

    def _take_graph(self, facts: GraphFacts) -> None:
        """Takes up the graph that is active; volumes that are known already keep their index."""
        graph = parse_volfile(facts.volfile, facts.link)
        with self._lock:
            self.cluster.adopt(graph.cluster())
            self.cluster.set_states(facts.states)
            self._placements.forget()
            self._graph = (facts.link, facts.shape)
            self._leaf_groups = _leaf_groups(graph, self.cluster)

    def list_directory(self, directory: bytes, *, sizes: bool, ask: bool = False) -> Future[ListedDirectory]:
        """Lists one directory, and says where its files lie as far as cookies tell; where these are not used, and
        ``ask`` is set, by attribute. A directory that was listed while the client graph changed is listed again.
        """
        listing: Future[ListedDirectory] = Future()
        self._list(directory, sizes, ask, listing, None, _LISTINGS_DURING_CHANGE)
        return listing

    def _list(
        self,
        directory: bytes,
        sizes: bool,
        ask: bool,
        listing: Future[ListedDirectory],
        earlier: ListedDirectory | None,
        attempts: int,
        suspected: bool = False,
    ) -> None:
        begun = self._doubts.begin()
        with self._lock:
            task = ListTask(
                self.mount_point,
                directory,
                self._leaf_groups if self._by_cookie else None,
                self._graph,
                frozenset(range(len(self.cluster.groups))) if suspected else self._to_check(),
                self.cluster.watched if self._graph is not None else (),
                self._is_time_to_look(),
                sizes,
                self._disperse,
                ask,
            )
            self._checking += min(len(task.check), _GROUPS_A_DIRECTORY)
        look = self._doubts.look()

        def ended(_: Future[ListedDirectory]) -> None:
            with self._lock:
                self._checking -= min(len(task.check), _GROUPS_A_DIRECTORY)

        def take(listed: ListedDirectory) -> None:
            self._take_states(listed.states, look)
            if earlier is not None:
                listed = joined(earlier, listed)
            if listed.stale and attempts:
                again = partial(self._list, directory, sizes, ask, listing, listed, attempts - 1)
                self._reread_graph(task, listing, again)
            elif listed.stale:  # workers do not agree on the graph: the attribute tells
                listing.set_result(without_cookies(listed._replace(checks=())))
            elif (contradicting := self._contradicting(listed)) is not None and not suspected:
                # A file that was renamed between the listing and the look at its attribute contradicts it too.
                self._list(directory, sizes, ask, listing, earlier, attempts, suspected=True)
            else:
                if self._graph is not None and not (listed.error or listed.gone):
                    self._doubts.listed(listed, begun)
                if contradicting is not None:
                    self._disprove(os.path.join(self.mount_point, directory, contradicting))
                self._files += len(listed.files)
                listing.set_result(listed if self.disproved is None else without_cookies(listed))

        future = self._executor.submit(list_unit, task)
        future.add_done_callback(ended)
        then(future, listing, take)

    def _reread_graph(self, task: ListTask, listing: Future[ListedDirectory], go_on: Callable[[], None]) -> None:
        assert task.graph is not None

        def take(facts: GraphFacts | GlusterError) -> None:
            if isinstance(facts, PathError):  # the mount has died since
                listing.set_result(ListedDirectory(task.directory, [], [], error=(facts.errno, meaning(facts.errno))))
                return
            if isinstance(facts, GlusterError):
                raise facts
            if self._graph != (facts.link, facts.shape):
                self._take_graph(facts)
            go_on()

        then(self._executor.submit(read_graph_unit, task.graph[0]), listing, take)

    def _to_check(self) -> frozenset[int]:
        """The groups of which a listing asks one file's attribute: those whose hosts nobody has told yet, and all as
        often as the sample wants it.
        """
        if not self._by_cookie or self._leaf_groups is None:
            return frozenset()
        if self.checked + self._checking < _FIRST_CHECKS + self._files // _FILES_A_CHECK:
            return frozenset(range(len(self.cluster.groups)))
        return frozenset()

    def doubtful(self) -> Future[list[ListedDirectory]]:
        """Listings that may lack a part, since a brick was lost meanwhile; each is told once."""
        if self._graph is None or not self._doubts.any:
            return completed([])
        told: Future[list[ListedDirectory]] = Future()
        look = self._doubts.look()

        def take(states: dict[str, bool]) -> None:
            self._take_states(states, look)
            told.set_result(self._doubts.take())

        then(self._executor.submit(states_of, self._graph[0], self.cluster.watched), told, take)
        return told

    def is_stale(self) -> Future[bool]:
        """Whether the client graph is another by now than that by which the last directory was listed."""
        if self._graph is None:
            return completed(False)
        return self._executor.submit(is_stale_unit, *self._graph)

    def _take_states(self, states: dict[str, bool] | None, look: int) -> None:
        """Takes up what a look at the volumes and groups told; a mount that has died tells nothing."""
        if not states:
            return
        lost = any(volume.online and states.get(volume.name) is False for volume in self.cluster.volumes)
        if self.cluster.set_states(states):
            self._placements.forget()
        self._doubts.looked(look, lost=lost)

    def _is_time_to_look(self) -> bool:
        if self._graph is None or time.monotonic() - self._watched_at < _WATCH_EVERY:
            return False
        self._watched_at = time.monotonic()
        return True

    def _contradicting(self, listed: ListedDirectory) -> bytes | None:
        """The name of a file whose attribute contradicts its cookie, of those that were asked."""
        for index, raw in listed.checks:
            self.checked += 1
            answer = listed.answers[listed.placed[index]]
            assert isinstance(answer, GroupAnswer)
            try:
                agree = self.cluster.locate(raw.group, raw.bricks, likely=answer.group)[0] == answer.group
            except PathinfoError:
                agree = False
            if not agree:
                return listed.files[index]
        return None

    def _disprove(self, path: bytes) -> None:
        _disproved[self._identity] = self.disproved = path
        self._by_cookie = False
        self.cluster.forget_likely()

    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]:
        """Asks where files of one directory lie, by their attribute, and how large they are."""
        return self._executor.submit(resolve_unit, self.mount_point, directory, names, self._disperse, sizes)

    def ask_sizes(self, directory: bytes, names: list[bytes]) -> Future[FileSizes]:
        """Asks how large files of one directory are: a large directory's listing says it of the first only."""
        return self._executor.submit(size_unit, self.mount_point, directory, names)

    def placement(self, answer: Answer) -> Placement:
        """Where a file lies of which ``answer`` was said; PathinfoError where no volume of the graph fits."""
        return self._placements.of(answer)

    def hostname_map(self, *, lenient: bool = False) -> Future[HostnameMap]:
        """The host map found for this mount; NoHostnameMapError, PathError or HostnameMapError from the future, the
        last not of a map that is read leniently: its lines that cannot be used are left out.
        """
        named = os.environ.get(MAP_VARIABLE)
        if named and isinstance(self._executor, SureExecutor):  # it is a file of this machine's, not of a worker's
            return self._executor.submit_here(find_hostname_map, self.mount_point, named, lenient)
        return self._executor.submit(find_hostname_map, self.mount_point, named, lenient)

    def close(self) -> None:
        """Takes no more work; a call that hangs in the mount is not waited for. A caller's executor is left open."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _leaf_groups(graph: ClientGraph, cluster: Cluster) -> tuple[int, ...]:
    """The group of each leaf, by the cluster's indexes; UNKNOWN of ``cookies.py`` for those that are no bricks, and for
    all where a listing may tell the wrong brick.
    """
    if not graph.tells_linkto_files:
        return (UNKNOWN,) * len(graph.leaves)
    groups = {volume.name: volume.group for volume in cluster.volumes}
    return tuple(groups.get(leaf, -1) for leaf in graph.leaves)


def open_inputfs(
    path: str | bytes, *, executor: Executor | None = None, placement: PlacementMode = "auto"
) -> tuple[Inputfs, Start]:
    """The GlusterFS mount that ``path`` is on, and where on it the path is.

    ``executor``: where all work on the mount is done; by default 16 daemon threads. ``placement``: "auto" takes a
    file's group from its cookie, "exact" asks each file's attribute. Raises PathError where the path cannot be read,
    NotInputfsError where it is on another file system, GraphError for a graph that makes no sense.
    """
    if placement not in ("auto", "exact"):
        raise ValueError(f'placement must be "auto" or "exact", not {placement!r}')
    used = DaemonExecutor() if executor is None else SureExecutor(executor, lacks_mount)
    where = os.fsencode(path)
    if where:
        where = os.path.join(os.getcwdb(), where)  # a worker stands elsewhere
    try:
        facts = used.submit(find_mount_unit, where).result()
        if isinstance(facts, GlusterError):
            raise facts
        return Inputfs(facts, used, placement), facts.start
    except BaseException:
        used.shutdown(wait=False)
        raise
