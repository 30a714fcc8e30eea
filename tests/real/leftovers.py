"""What is left of a volume, seen without the code that takes it down."""

import os
from pathlib import Path


def processes_naming(directory: Path) -> list[int]:
    """The processes, but for this one, that name a directory on their command lines: bricks, clients, guardian."""
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if pid != os.getpid() and os.fsencode(directory) in command_line_of(pid)]


def command_line_of(pid: int) -> bytes:
    """The command line of a process; none if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def leftovers(directory: Path) -> list[object]:
    """What there is of a volume: processes, mounts, its directory."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    mounted = [line for line in lines if f" {directory}/" in line]
    return [*processes_naming(directory), *mounted, *directory.parent.glob(directory.name)]
