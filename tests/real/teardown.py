"""Takes a volume down: its mounts, its processes, its directory.

It needs nothing but the volume's directory, so the same code serves the process that made the volume, the
guardian that outlives it, and `down` on the command line. Processes are found by their command lines, which
all name a file in the directory: so none is missed that was being started when its parent died, and none is
hit that got an old process's number.
"""

import contextlib
import ctypes
import errno
import os
import shutil
import signal
import stat
from pathlib import Path

from .state import STATE_FILE, Mount, State, VolumeError, mounts, read_state
from .waiting import WaitError, wait_until

DAEMONS = (b"glusterfs", b"glusterfsd")
MNT_DETACH, UMOUNT_NOFOLLOW = 2, 8
TERM_SECONDS, KILL_SECONDS = 3.0, 10.0

libc = ctypes.CDLL(None, use_errno=True)


class TeardownError(VolumeError):
    """Something of a volume is left over."""


def tear_down(directory: Path) -> None:
    """Resume, unmount, end, remove. Doing it again does no harm; raises TeardownError if something stays."""
    state = read_state(directory)
    if state is None:
        return
    processes = gluster_processes(directory)
    for pid in processes:
        send(pid, signal.SIGCONT)
    unmount_all(directory, state)
    end_processes(directory)
    # A client that was just starting may have mounted in between.
    unmount_all(directory, state)
    if left := mounts_of(directory, state):
        raise TeardownError(f"still mounted: {' '.join(mount.point for mount in left)}")
    remove(directory, state)


def gluster_processes(directory: Path) -> list[int]:
    """The live GlusterFS processes that name a file below `directory` on their command lines."""
    below = os.fsencode(directory) + b"/"
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            arguments = command_line(int(entry.name))
            if os.path.basename(arguments[0]) in DAEMONS and any(a.startswith(below) for a in arguments):
                found.append(int(entry.name))
    return sorted(found)


def command_line(pid: int) -> list[bytes]:
    """A process's arguments; one empty one if it is gone, or dead and not yet waited for."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return [b""]


def mounts_of(directory: Path, state: State) -> list[Mount]:
    """The mounts of a volume: all below its directory, and its own ones elsewhere."""
    below = f"{directory}/"
    return [
        mount
        for mount in mounts()
        if mount.point.startswith(below)
        # A mount point elsewhere may be another's by now: then it does not come from this volume.
        or (mount.point == state.mountpoint and mount.source.startswith(state.source))
    ]


def unmount_all(directory: Path, state: State) -> None:
    """Unmount what a volume has mounted, the last first: a bind mount before what it shows."""
    for mount in reversed(mounts_of(directory, state)):
        unmount(mount.point)


def unmount(point: str) -> None:
    """Unmount, lazily if it is in use. By system call: umount(8) would look at a mount that may not answer."""
    for flags in (UMOUNT_NOFOLLOW, UMOUNT_NOFOLLOW | MNT_DETACH):
        if libc.umount2(os.fsencode(point), flags) == 0:
            return
        number = ctypes.get_errno()
        if number == errno.EINVAL:  # not mounted any more
            return
    raise TeardownError(f"cannot unmount {point}: {os.strerror(number)}")


def end_processes(directory: Path) -> None:
    """SIGTERM to what is left of a volume's processes, SIGKILL to what does not mind."""
    for number, seconds in ((signal.SIGTERM, TERM_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        for pid in gluster_processes(directory):
            send(pid, number)
        with contextlib.suppress(WaitError):
            wait_until(lambda: not gluster_processes(directory), seconds)
            return
    raise TeardownError(f"still running: {gluster_processes(directory)}")


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process that may have ended by now."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def remove(directory: Path, state: State) -> None:
    """Remove the directory's content, the state last: until then a second attempt finds its way."""
    for entry in os.scandir(os.fsencode(directory)):
        if entry.name == os.fsencode(STATE_FILE):
            continue
        if stat.S_ISDIR(entry.stat(follow_symlinks=False).st_mode):
            shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)
    (directory / STATE_FILE).unlink()
    for made in reversed(state.made):
        # A directory that somebody has put something into since is no longer only the volume's.
        with contextlib.suppress(OSError):
            os.rmdir(made)
