"""`python -m tests.real.volume up DIR` and `down DIR`: a real volume to try things on."""

import argparse
import contextlib
import os
import re
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from .sample import host_map, write_sample
from .specs import VolumeSpec, dispersed, replicated
from .state import VolumeError, read_state
from .teardown import tear_down
from .volume import RealVolume

HOST_MAP = ".hostname_map"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; errors go to standard error as one sentence, with exit status 1."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "up":
            up(options)
        else:
            down(options.directory)
    except (VolumeError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = argparse.ArgumentParser(prog="python -m tests.real.volume", description=__doc__)
    commands = whole.add_subparsers(dest="command", required=True)
    made = commands.add_parser("up", help="make a volume, mount it, and write a sample tree on it")
    made.add_argument("directory", type=Path, metavar="DIR", help="where the volume lives: new, or empty")
    made.add_argument("--groups", type=int, default=2, metavar="N", help="how many groups (default: 2)")
    kind = made.add_mutually_exclusive_group()
    kind.add_argument("--replicas", type=int, default=2, metavar="N", help="replicas of a file (default: 2)")
    kind.add_argument("--disperse", metavar="D+R", help="D data and R redundancy bricks a group, as 2+1")
    made.add_argument("--arbiter", action="store_true", help="one more brick a group, which holds no data")
    made.add_argument("--files", type=int, default=200, metavar="N", help="sample files (default: 200)")
    made.add_argument("--mount", type=Path, metavar="MNT", help="mount point (default: DIR/mnt)")
    gone = commands.add_parser("down", help="take a volume down and remove it, with all that is on it")
    gone.add_argument("directory", type=Path, metavar="DIR")
    return whole


def up(options: argparse.Namespace) -> None:
    """Make a volume that outlives this command."""
    volume = RealVolume(described(options), options.directory, mountpoint=options.mount, guarded=False)
    volume.start()
    try:
        (volume.mountpoint / HOST_MAP).write_text(host_map(volume.spec))
        write_sample(volume.mountpoint, options.files)
    except BaseException:
        volume.close()
        raise
    print(f"{options.files} files on {volume.mountpoint}, from {len(volume.spec.bricks)} bricks\n")
    programs = Path(sysconfig.get_path("scripts"))
    print(f"    {programs / 'gluster-tui'} {volume.mountpoint}")
    print(f"    kill -9 $(cat {volume.directory}/run/bricks-1.pid)     # lose a brick; -STOP: make it hang")
    print(f"    {programs / 'python'} -m tests.real.volume down {volume.directory}")


def described(options: argparse.Namespace) -> VolumeSpec:
    """The volume that the options ask for: a process a brick, so that one can be stopped by hand."""
    if options.disperse is None:
        return replicated(options.groups, options.replicas, arbiter=options.arbiter, one_process=False)
    match = re.fullmatch(r"(\d+)\+(\d+)", options.disperse)
    if not match or options.arbiter:
        raise ValueError("--disperse takes D+R, as 2+1, and goes without --arbiter")
    return dispersed(options.groups, int(match[1]), int(match[2]), one_process=False)


def down(directory: Path) -> None:
    """Take a volume down, whoever made it."""
    directory = directory.resolve()
    if os.geteuid() != 0:
        raise VolumeError("unmounting needs root: run as root, or with sudo")
    state = read_state(directory)
    if state is None:
        raise VolumeError(f"{directory} holds no volume")
    # The one who stands in what goes away gets a working directory that is there.
    with contextlib.suppress(FileNotFoundError):
        if Path.cwd().is_relative_to(directory):
            os.chdir("/")
    tear_down(directory)
    print(f"{state.name} is gone: {state.mountpoint}, its processes, and its bricks in {directory}")
