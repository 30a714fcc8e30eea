"""Where a file lies, by two judges that know nothing of the code under test.

`pathinfo` asks the program of the attr package; `holders` looks into the brick directories, and so tells the
truth for names that imitate an answer, for disperse volumes, and for bricks that are not reachable.
"""

import os
import stat
import subprocess
from collections.abc import Sequence

from .prerequisites import program

LINK_ATTRIBUTE = "trusted.glusterfs.dht.linkto"

AnyPath = bytes | str | os.PathLike[str]


class JudgeError(Exception):
    """getfattr gave no answer; the message is its own."""


def pathinfo(path: bytes) -> bytes:
    """The attribute's value as getfattr prints it, NUL at the end included. `path` is absolute.

    There is no timeout: a process that waits for a hanging brick cannot even be killed.
    """
    command = [program("getfattr"), "-n", "glusterfs.pathinfo", "--only-values", "--absolute-names", "--"]
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run([*command, path], capture_output=True, env=environment, check=False)
    if done.returncode != 0:
        raise JudgeError(done.stderr.decode(errors="backslashreplace").strip())
    return done.stdout


def holders(path: bytes, brick_directories: Sequence[str]) -> tuple[int, ...]:
    """The numbers of the bricks that have the file, arbiters included. `path` is relative to the volume's root."""
    places = [os.path.join(os.fsencode(directory), path) for directory in brick_directories]
    return tuple(number for number, place in enumerate(places) if holds(place))


def holds(place: bytes) -> bool:
    """Whether a brick has the file itself, and not only a note of the group that has it."""
    try:
        status = os.lstat(place)
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not status.st_mode & stat.S_ISVTX or not stat.S_ISREG(status.st_mode):
        return True
    try:
        os.getxattr(place, LINK_ATTRIBUTE, follow_symlinks=False)
    except OSError:
        return True
    return False
