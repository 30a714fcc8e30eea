"""Memory and speed of an export without a file system: a source that makes its listings up, as a directory gives
them.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from array import array
from concurrent.futures import Future

from disco.dfs.gluster.addresses import Addresser
from disco.dfs.gluster.cluster import Cluster, Group, Volume
from disco.dfs.gluster.cookies import groups_of
from disco.dfs.gluster.export import Rules, write_list
from disco.dfs.gluster.filters import Substring
from disco.dfs.gluster.formats import LinesFormat
from disco.dfs.gluster.hostmap import HostnameMap
from disco.dfs.gluster.mount_facts import Start
from disco.dfs.gluster.pathinfo import Brick
from disco.dfs.gluster.placement import Placement, Placements
from disco.dfs.gluster.units import Answer, GroupAnswer, ListedDirectory, ResolvedFiles
from disco.dfs.gluster.walk import Report, walk
from disco.dfs.gluster.workers import completed

FILES_A_DIRECTORY = 200
LEAF_GROUPS = (0, 0, 1, 1)
NAMES = [b"access-%03d-2006-07.log.gz" % i for i in range(FILES_A_DIRECTORY)]
COOKIES = array("Q", [(1 << 62) | (i * 7919 << 2) | (i & 3) for i in range(FILES_A_DIRECTORY)])


def cluster() -> Cluster:
    """A 2x2 replicate volume."""
    volumes = tuple(Volume(i, f"nx{i}-vol1", f"nx{i}", f"/b{i}", f"nx{i}", i // 2, online=True) for i in range(4))
    groups = tuple(Group(i, f"replicate-{i}", "replicate", (2 * i, 2 * i + 1)) for i in range(2))
    made = Cluster(volumes, groups, name="web")
    for volume in volumes:
        made.locate(groups[volume.group].name, (Brick(volume.host, volume.brick),))
    return made


class MadeUp:
    """A ``Source`` of ``directories`` directories below its root."""

    mount_point = b"/inputfs"
    disproved = None
    lost = 0
    listings_ahead = 32

    def __init__(self, directories: int) -> None:
        self.directories = directories
        self.cluster = cluster()
        self._placements = Placements(self.cluster)

    def list_directory(self, directory: bytes, *, sizes: bool, ask: bool = False) -> Future[ListedDirectory]:
        """A directory as ``getdents64`` would give it: names, and cookies to be decoded."""
        if not directory:
            return completed(ListedDirectory(b"", [b"day-%06d" % i for i in range(self.directories)], []))
        placed = groups_of(COOKIES, LEAF_GROUPS)
        answers = [GroupAnswer("cookie", 0), GroupAnswer("cookie", 1)]
        return completed(ListedDirectory(directory, [], NAMES, answers=answers, placed=placed))

    def is_stale(self) -> Future[bool]:
        """It never is."""
        return completed(False)

    def doubtful(self) -> Future[list[ListedDirectory]]:
        """All listings are whole."""
        return completed([])

    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]:
        """Nothing is left for the attribute here."""
        raise NotImplementedError

    def placement(self, answer: Answer) -> Placement:
        """Where a file lies."""
        return self._placements.of(answer)

    def hostname_map(self, *, lenient: bool = False) -> Future[HostnameMap]:
        """No map."""
        return completed(HostnameMap.none())

    def close(self) -> None:
        """Nothing is open."""


def export(directories: int) -> None:
    """Exports all to nowhere; prints seconds and the peak of memory in MB."""
    source = MadeUp(directories)
    report = Report()
    format = LinesFormat(Addresser(source.cluster, HostnameMap.none()))
    batches = walk(source, Start(b""), Substring(b""), report=report)
    begun = time.process_time()
    with open(os.devnull, "wb") as out:
        tally = write_list(batches, lambda: [], format, Rules(), out)
    seconds = time.process_time() - begun
    print(tally.files, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measured(directories: int) -> tuple[int, float, float]:
    """Files, seconds and MB of an export in a fresh process."""
    code = f"from tests.bench.memory import export; export({directories})"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    return int(told[0]), float(told[1]), float(told[2])


def main() -> None:
    """Prints both measures."""
    small, large = measured(100), measured(10_000)
    print(f"peak memory of an export to lines, {small[0]:,} files: {small[2]:.0f} MB; {large[0]:,}: {large[2]:.0f} MB")
    print(f"  difference: {large[2] - small[2]:.1f} MB")
    speeds = sorted(files / seconds for files, seconds, _ in (measured(5_000) for _ in range(3)))
    print(f"listings of 1,000,000 entries to lines: {speeds[1]:,.0f} files/s of one core")
