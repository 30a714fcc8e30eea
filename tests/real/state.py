"""A volume's directory: made on the way up, and what is noted in it for the way down."""

import json
import os
import re
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

STATE_FILE = "state.json"
DIRECTORIES = ("log", "run")


class VolumeError(Exception):
    """A volume that cannot be made, used as asked, or taken down; the message says why."""


@dataclass(slots=True)
class State:
    """What a volume's directory cannot say by itself; kept in it as state.json.

    name            the volume's name
    source          what stands before its mounts in the list of mounts
    mountpoint      where it is mounted, which may be outside of the directory
    made            the directories that the volume made and that go with it, the outer ones first
    """

    name: str
    source: str
    mountpoint: str
    made: list[str]

    def write(self, directory: Path) -> None:
        """Replace the file in one step: whoever reads it finds the old state or the new one."""
        new = directory / f"{STATE_FILE}.new"
        new.write_text(json.dumps(asdict(self), indent=2) + "\n")
        new.replace(directory / STATE_FILE)


def read_state(directory: Path) -> State | None:
    """The state of the volume in `directory`; None if there is none."""
    try:
        return State(**json.loads((directory / STATE_FILE).read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, TypeError) as error:
        raise VolumeError(f"{directory / STATE_FILE} is no volume's state: {error}") from error


def prepare(name: str, directory: Path | None, mountpoint: Path | None) -> tuple[Path, Path]:
    """Make a volume's directory and mount point, or take those given; return both, absolute.

    The state is written before anything that it would have to take back.
    """
    check(directory, mountpoint)
    made = []
    if directory is None:
        directory = Path(tempfile.mkdtemp(prefix="gluster-real-"))
        directory.chmod(0o755)  # other users may look at the mount, too
        made.append(directory)
    else:
        made += make(directory)
    directory = directory.resolve()
    mountpoint = (mountpoint or directory / "mnt").resolve()
    made += absent(mountpoint)
    state = State(name, f"127.0.0.1:{name}", str(mountpoint), [str(path) for path in made])
    state.write(directory)
    make(mountpoint)
    for part in DIRECTORIES:
        (directory / part).mkdir()
    return directory, mountpoint


def check(directory: Path | None, mountpoint: Path | None) -> None:
    """Refuse places that are in use."""
    where = str(directory.resolve() if directory else tempfile.gettempdir())
    if len(where.split()) != 1:
        raise VolumeError(f"a volfile cannot hold white space: {where!r}")
    for path in (directory, mountpoint):
        if path and path.exists() and not path.is_dir():
            raise VolumeError(f"{path} is not a directory")
    if directory and directory.is_dir() and any(directory.iterdir()):
        raise VolumeError(f"{directory} {'holds a volume' if read_state(directory) else 'is not empty'}")
    if mountpoint and str(mountpoint.resolve()) in (mount.point for mount in mounts()):
        raise VolumeError(f"{mountpoint} is mounted already")


def absent(path: Path) -> list[Path]:
    """The directories that are lacking for a path to be one, the outer ones first."""
    return [place for place in (*reversed(path.parents), path) if not place.exists()]


def make(path: Path) -> list[Path]:
    """Make a directory and those above it; return the ones that were not there."""
    new = absent(path)
    path.mkdir(parents=True, exist_ok=True)
    return new


class Mount(NamedTuple):
    """One line of /proc/self/mountinfo."""

    point: str
    kind: str
    source: str


def mounts() -> list[Mount]:
    """All mounts that this process sees, in the order in which they were made."""
    found = []
    for line in Path("/proc/self/mountinfo").read_bytes().splitlines():
        left, _, right = line.partition(b" - ")
        kind, source = right.split(b" ")[:2]
        found.append(Mount(*(os.fsdecode(unescape(word)) for word in (left.split(b" ")[4], kind, source))))
    return found


def unescape(word: bytes) -> bytes:
    """A word of mountinfo as it is: it writes white space and backslashes as three octal digits."""
    return re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8)]), word)
