"""``files()``: the addresses of a dataset's files, a list a file, an address a replica."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Executor

from .addresses import Addresser
from .errors import CookiesDisprovedError, FailedFilesError, Failure
from .filters import FilterArgument, as_filter
from .hostmap import HostnameMap, HostnameMapArgument
from .inputfs import PlacementMode, open_inputfs
from .walk import Report, walk

__all__ = ["OnError", "as_hostname_map", "files", "iter_files"]

OnError = Callable[[Failure], object]


def files(
    path: str | bytes,
    filter: FilterArgument = None,  # the name that jobs pass since 2009
    hostname_map: HostnameMapArgument = None,
    *,
    on_error: OnError | None = None,
    report: Report | None = None,
    placement: PlacementMode = "auto",
    executor: Executor | None = None,
) -> list[list[str]]:
    """Walks ``path`` on GlusterFS and returns its files' addresses.

    Returns a list a file, in it one address a usable replica, ``dfs://NODE/path below the mount point``: files by
    path, replicas by their volume's place in the client graph, the same on every run. Arbiters and volumes that
    are offline are not addressed. Bytes that are not UTF-8 come as surrogate escapes (``os.fsencode`` gives them
    back).

    ``filter``: a string keeps the files with it anywhere in their absolute path; a compiled expression is matched
    (``pattern.match``) against each file's name; None or "" keeps all.

    ``hostname_map``: a mapping of volume names, ``host:/brick`` or hosts to nodes; ``{}`` uses the hosts as they are
    named; None reads the file that ``DISCO_HOSTNAME_MAP`` names, else ``.hostname_map`` at the mount point.
    A volume that no entry names goes by its host.

    ``placement``: "auto" says a group's volumes less arbiters and those offline, by the cookie of a file's directory
    entry, which costs no more than listing it; a sample is compared with the attribute, and one that differs has all
    files asked. "exact" asks each file's attribute, and so also finds a replica that still waits for healing.

    ``on_error``: called with each ``Failure`` as it is met; without it, FailedFilesError is raised at the end with all
    of them, and with what was resolved. ``report``: a ``Report`` to fill. ``executor``: any
    ``concurrent.futures.Executor``, whose workers see the mount at the same path; this is not to be called on one of
    them, which would wait for itself.

    Raises TypeError for an argument of another type, ValueError for another ``placement``, and of the family
    ``GlusterError``: PathError, NotInputfsError, NoHostnameMapError, HostnameMapError, GraphError, FailedFilesError.
    """
    _check_kinds(on_error, report, executor)
    failures: list[Failure] = []
    told: set[Failure] = set()

    def failed(failure: Failure) -> None:
        if on_error is not None and failure not in told:
            told.add(failure)
            on_error(failure)
        failures.append(failure)

    def once() -> list[list[str]]:
        return list(
            iter_files(
                path, filter, hostname_map, on_error=failed, report=counted, placement=placement, executor=executor
            )
        )

    counted = Report() if report is None else report
    before = counted.copy()
    try:
        resolved = once()
    except CookiesDisprovedError as error:
        counted.restore(before)
        counted.disproved = error.path
        failures.clear()
        resolved = once()  # the mount's cookies are not asked any more
    if counted.late > before.late:
        resolved.sort(key=_path_in)
    if failures and on_error is None:
        raise FailedFilesError(failures, resolved)
    return resolved


def _path_in(addresses: list[str]) -> bytes:
    """The path that a file's addresses have in common."""
    return os.fsencode(addresses[0].split("/", 3)[3])


def iter_files(
    path: str | bytes,
    filter: FilterArgument = None,
    hostname_map: HostnameMapArgument = None,
    *,
    on_error: OnError | None = None,
    report: Report | None = None,
    placement: PlacementMode = "auto",
    executor: Executor | None = None,
) -> Iterator[list[str]]:
    """As ``files()``, one file at a time, holding some batches in memory and never the whole.

    Errors of the arguments, the path and the host map are raised at once; FailedFilesError after the last file. Where
    a sample shows that files given before may be wrong, CookiesDisprovedError ends it: what is asked next is exact.
    Files that were left out of a listing, since a brick was lost meanwhile, come last and not by path.
    """
    keep = as_filter(filter)
    given = as_hostname_map(hostname_map)
    _check_kinds(on_error, report, executor)
    source, start = open_inputfs(path, executor=executor, placement=placement)
    try:
        addresser = Addresser(source.cluster, given or source.hostname_map().result())
    except BaseException:
        source.close()
        raise

    def stream() -> Iterator[list[str]]:
        counted = Report() if report is None else report
        earlier = told = len(counted.failures)
        try:
            for placed in walk(source, start, keep, report=counted):
                if on_error:
                    told = _tell(counted, told, on_error)
                yield from addresser.addresses(placed.directory, placed.names, placed.placements)
        finally:
            source.close()
        if on_error:
            _tell(counted, told, on_error)
        elif len(counted.failures) > earlier:
            raise FailedFilesError(counted.failures[earlier:], [])

    found = stream()
    # One that nobody ever asks for its first file would not come to the end that lets the threads go.
    weakref.finalize(found, source.close).atexit = False
    return found


def _check_kinds(on_error: object, report: object, executor: object) -> None:
    if on_error is not None and not callable(on_error):
        raise TypeError(f"on_error must be a function of a Failure or None, not {type(on_error).__name__}")
    if report is not None and not isinstance(report, Report):
        raise TypeError(f"report must be a Report or None, not {type(report).__name__}")
    if executor is not None and not isinstance(executor, Executor):
        raise TypeError(f"executor must be a concurrent.futures.Executor or None, not {executor!r}")


def _tell(report: Report, told: int, on_error: OnError) -> int:
    for failure in report.failures[told:]:
        on_error(failure)
    return len(report.failures)


def as_hostname_map(argument: HostnameMapArgument) -> HostnameMap | None:
    """The map that an argument of ``files()`` means, None where it is to be found; TypeError for other types."""
    if argument is None or isinstance(argument, HostnameMap):
        return argument
    if not hasattr(argument, "items"):
        raise TypeError(f"hostname_map must be a mapping of names to nodes or None, not {type(argument).__name__}")
    return HostnameMap.from_mapping(argument)
