"""One sized attribute read a file, and the attributes of the older releases.

``xattr.getxattr`` asks twice, for the size and then for the value, and each is a round trip to the brick; a
buffer that is large enough from the start asks once.

| release | attribute | content |
|---|---|---|
| 3.0 and later | ``glusterfs.pathinfo`` | every brick that holds the file (see ``pathinfo.py``) |
| 2.0.7 and later 2.x | ``user.glusterfs.location``, else ``trusted.glusterfs.location`` | one volume name |
| before 2.0.6 | any whose name contains ``trusted`` | the volume name is what follows its last ``.`` |
"""

from __future__ import annotations

import errno
import os
import re
from typing import Literal, NamedTuple

try:
    from xattr.lib import _getxattr, _listxattr
except ImportError as error:  # pyxattr installs under the same name
    raise ImportError(
        "the module 'xattr' is not that of the package xattr (is pyxattr installed?): pip install 'xattr>=1.3'"
    ) from error

from .errors import PathinfoError
from .pathinfo import Brick, parse_pathinfo

__all__ = ["RawPlacement", "ask_placement", "older_placement", "placement_of"]

_PATHINFO = b"glusterfs.pathinfo"
# Disperse volumes answer ENOMEM to the name above in 9.0 and later; posix and distribute compare prefixes, so
# that one letter less passes disperse by and reaches one brick of the group.
_PATHINFO_OF_DISPERSE = b"glusterfs.pathinf"
_LOCATIONS = (b"user.glusterfs.location", b"trusted.glusterfs.location")
_USUAL_SIZE = 4096
_LARGEST_SIZE = 65536  # GlusterFS answers E2BIG above

_OF_THE_GRAMMAR = re.compile(rb"[<>():\0]")
_MOST_PATTERNS = 10_000  # a hard link that answers with its other name has one of its own
_patterns: dict[bytes, RawPlacement] = {}

Way = Literal["attribute", "location"]


class RawPlacement(NamedTuple):
    """What one file's attribute says, before it is held against the client graph.

    ``group``: the name of its replica or disperse set, "" where the value names none. ``bricks``: sorted; for
    the older releases a volume name stands for the host, and the directory is empty.
    """

    way: Way
    group: str
    bricks: tuple[Brick, ...]


def _read(path: bytes, name: bytes) -> bytes:
    try:
        value: bytes = _getxattr(path, name, _USUAL_SIZE)
    except OSError as error:
        if error.errno != errno.ERANGE:
            raise
        value = _getxattr(path, name, _LARGEST_SIZE)
    return value


def ask_placement(path: bytes, *, disperse: bool = False, below_mount: bytes = b"") -> RawPlacement:
    """Asks GlusterFS where one file is. Never to be called for a directory: see ``pathinfo.py``.

    ``disperse``: the file's volume is known to be dispersed. ``below_mount``: the path below the mount point, with
    a leading slash. Raises OSError as the mount answers, and PathinfoError for a value that makes no sense.
    """
    try:
        value = _read(path, _PATHINFO_OF_DISPERSE if disperse else _PATHINFO)
    except OSError as error:
        if error.errno == errno.ENOMEM and not disperse:
            return ask_placement(path, disperse=True, below_mount=below_mount)
        if error.errno not in (errno.ENOTSUP, errno.ENODATA):
            raise
        older = older_placement(path)
        if older is None:
            raise
        return older
    return placement_of(value, below_mount)


def placement_of(value: bytes, path: bytes) -> RawPlacement:
    """What a ``glusterfs.pathinfo`` of the file at ``path`` says (below the mount point, with a leading slash, b"" for
    not known). Read once for all the files of a group: their values are the same but for the path in each entry.
    """
    entry_end = path + b">"
    if not path or _OF_THE_GRAMMAR.search(path):
        return _read_value(value, path)
    pattern = value.replace(entry_end, b"\0>")
    known = _patterns.get(pattern)
    if known is None:
        known = _read_value(value, path)
        if value.count(entry_end) == len(known.bricks):  # else some of it stands in a brick's directory
            if len(_patterns) >= _MOST_PATTERNS:
                _patterns.clear()
            _patterns[pattern] = known
    return known


def _read_value(value: bytes, path: bytes) -> RawPlacement:
    read = parse_pathinfo(value, path=path)
    return RawPlacement("attribute", read.group, tuple(sorted(read.bricks)))


def older_placement(path: bytes) -> RawPlacement | None:
    """What the attributes of GlusterFS before 3.0 say of a file; None where it has none of them."""
    for name in _LOCATIONS:
        try:
            value = _read(path, name).rstrip(b"\0")
        except OSError as error:
            if error.errno not in (errno.ENODATA, errno.ENOTSUP, errno.EPERM):
                raise
            continue
        if not value or b"/" in value or b"\0" in value:
            raise PathinfoError(value, f"{name.decode()} is not a volume name")
        return RawPlacement("location", "", (Brick(os.fsdecode(value), ""),))
    try:
        names = [name for name in _listxattr(path).split(b"\0") if b"trusted" in name]
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            raise
        return None
    volumes = sorted({os.fsdecode(name.rpartition(b".")[2]) for name in names})
    return RawPlacement("location", "", tuple(Brick(volume, "") for volume in volumes)) if volumes else None
