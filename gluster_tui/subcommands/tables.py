"""The facts of a dataset as plain tables, for a pipe or a log."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice

from disco.dfs.gluster.errors import GlusterError, NoHostnameMapError
from disco.dfs.gluster.filters import Substring
from disco.dfs.gluster.mounts import Mount, gluster_mounts
from disco.dfs.gluster.walk import Report, missing_groups, walk

from ..display import shown, size_text
from ..exits import BAD_INPUT, DONE, FAILED, Exit
from ..map_choice import MapChoice
from ..session import Session
from .opening import opened

__all__ = ["print_dataset", "print_mounts", "print_path"]

_FILES = 10


def print_path(path: str | None, choice: MapChoice) -> int:
    """What is at a path, or which mounts there are where there is not just one; returns the exit code."""
    try:
        if path is None:
            mounts = gluster_mounts()
            if len(mounts) != 1:
                print_mounts(mounts)
                return DONE
            path = os.fsdecode(mounts[0].mount_point)
        session = opened(path, choice, map_needed=False)
        failed = print_dataset(session)
    except GlusterError as error:
        raise Exit(BAD_INPUT, shown(str(error))) from error
    session.close()
    return FAILED if failed else DONE


def print_mounts(mounts: Sequence[Mount]) -> None:
    """The GlusterFS mounts of this machine."""
    if not mounts:
        print("No GlusterFS mount on this machine. 'gluster-tui demo' shows a recorded cluster.")
        return
    print_table(["mount point", "source"], [[shown(mount.mount_point), shown(mount.source)] for mount in mounts])


def print_dataset(session: Session) -> int:
    """The inputfs, its volumes, what is unmapped, and the first files with their addresses. Returns how many files or
    directories met on the way could not be resolved.
    """
    source = session.source
    report = Report()
    files = list(islice(_first_files(session, report), _FILES + 1))  # also teaches the hosts of their groups
    print(f"inputfs   {shown(source.mount_point)}")
    print(f"volume    {shown(session.cluster_words)}")
    print(f"host map  {shown(session.map_words)}")
    if session.map_error is not None:
        print(f"          {_why_no_map(session.map_error)}")
    print()
    rows = []
    for volume in source.cluster.volumes:
        assignment = session.hostmap.assign(volume)
        state = "arbiter" if volume.arbiter else {True: "online", False: "offline", None: "unknown"}[volume.online]
        by = assignment.entry.place if assignment.entry else "unmapped" if assignment.unmapped else "its host"
        group = source.cluster.groups[volume.group].name
        names = (volume.name, volume.host, volume.brick, group, state, "" if volume.arbiter else assignment.node)
        rows.append([*(shown(name) for name in names), "" if volume.arbiter else by])
    print_table(["volume", "host", "brick", "group", "state", "node", "by"], rows)
    unmapped = [volume.name for volume in session.unmapped_volumes]
    if unmapped:
        print(f"\n! unmapped: {shown(', '.join(unmapped))}")
    print()
    if files:
        print_table(["file", "size", "addresses"], files[:_FILES])
        if len(files) > _FILES:
            print("... 'gluster-tui export' writes all of them")
    else:
        print("no files")
    failures = [*report.failures, *(f for f in missing_groups(source) if f not in report.failures)]
    for failure in failures:
        print(f"x {failure}")
    return len(failures)


def _why_no_map(error: GlusterError) -> str:
    if isinstance(error, NoHostnameMapError):
        return f"looked at {' and '.join(map(shown, error.places))}; --hostname-map FILE names another"
    return shown(str(error))


def _first_files(session: Session, report: Report) -> Iterator[list[str]]:
    for placed in walk(session.source, session.start, Substring(b""), report=report, sizes=True):
        addresses = session.addresser.addresses(placed.directory, placed.names, placed.placements)
        for name, size, replicas in zip(placed.names, placed.sizes, addresses, strict=True):
            path = os.path.join(b"/", placed.directory, name)
            yield [shown(path), size_text(size), " ".join(map(shown, replicas))]


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, two spaces between."""
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    for row in [heads, *rows]:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
