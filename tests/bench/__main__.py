"""What the resolver costs, measured on a real volume beside what else there is.

    make bench

Starts a 2x2 volume with 20,000 files in 100 directories, runs the two sides of each measure in turn, prints medians and
their ratio, and leaves nothing behind. Of Python's ways the call is timed, without the start of a fresh interpreter; of
programs, all of it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.real.prerequisites import missing
from tests.real.specs import replicated
from tests.real.volume import RealVolume

from . import explorer, first_screen, memory

RUNS = 9
DIRECTORIES, FILES = 100, 200


def fill(folder: Path) -> None:
    """Makes the files, empty."""
    for directory in range(DIRECTORIES):
        path = folder / f"day-{directory:03}"
        path.mkdir(parents=True)
        for file in range(FILES):
            (path / f"access-{file:03}.log.gz").touch()


def program(*command: str | Path) -> Callable[[], float]:
    """Seconds of one run of a program; its output is read and dropped."""

    def run() -> float:
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - begun

    return run


def python(way: str, folder: Path) -> Callable[[], float]:
    """Seconds of one call of a function of ways.py, in a fresh interpreter."""
    command = [sys.executable, "-m", "tests.bench.ways", way, folder]
    return lambda: float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def in_turn(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> tuple[float, float]:
    """The medians of both, A B A B ..., after one run of each that does not count."""
    ours(), theirs()
    pairs = [(ours(), theirs()) for _ in range(runs)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def main() -> int:
    """Prints the table."""
    if lacks := missing():
        print(f"make bench needs {'; '.join(lacks)}", file=sys.stderr)
        return 1
    with RealVolume(replicated(2, 2)) as volume:
        folder = volume.mountpoint / "web_logs"
        print(f"Making {DIRECTORIES * FILES:,} files in {DIRECTORIES} directories ...", flush=True)
        fill(folder)
        print(f"{'measure':62} {'ours':>9} {'theirs':>9}   ratio")
        auto, exact = python("auto", folder), python("exact", folder)
        compare("files() against find -type f", auto, program("find", folder, "-type", "f"), RUNS, less=True)
        compare("files() against the seeds' three attribute listings a file", auto, python("seeds", folder), 3)
        pathinfo = program("getfattr", "-R", "-n", "glusterfs.pathinfo", folder)
        compare("files() against getfattr -R -n glusterfs.pathinfo", auto, pathinfo, 3)
        compare("files(placement='exact') against xattr.getxattr a file", exact, python("getxattr", folder), 3)
    memory.main()
    first_screen.main()
    explorer.main()
    return 0


def compare(
    words: str, ours: Callable[[], float], theirs: Callable[[], float], runs: int, *, less: bool = False
) -> None:
    """Prints one measure: our time over theirs where ``less``, else theirs over ours."""
    a, b = in_turn(ours, theirs, runs)
    print(f"{words:62} {a:8.3f}s {b:8.3f}s   {a / b if less else b / a:.2f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
