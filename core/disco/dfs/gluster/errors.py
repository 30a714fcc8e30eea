"""The errors of the resolver: one family, each with its facts as attributes.

Paths are bytes as the kernel gave them. ``shown()`` is how every message writes them, so that a hostile
name cannot reach a terminal through an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

__all__ = [
    "AddressError",
    "CookiesDisprovedError",
    "ExportError",
    "FailedFilesError",
    "Failure",
    "FilterError",
    "GlusterError",
    "GraphError",
    "HostnameMapError",
    "MapChangedError",
    "MapSaveError",
    "NoHostnameMapError",
    "NodesError",
    "NotInputfsError",
    "PathError",
    "PathinfoError",
    "RecordingError",
    "UnmappedVolumesError",
    "can_be_shown",
    "shown",
]


# Printable by Unicode, and yet they show nothing, or only change how wide a terminal takes the one before to be:
# joiners, blank letters, variation selectors, skin tones.
_UNSEEN = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    r"\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)


def can_be_shown(text: str) -> bool:
    """Whether a name may be shown as it is."""
    return text.isprintable() and (text.isascii() or not _UNSEEN.search(text))


def shown(name: bytes | str) -> str:
    """A name as a message may quote it: as ``\\x1b`` what a terminal would obey, or would not show, and bytes that are
    not UTF-8.
    """
    text = os.fsdecode(name)
    return text if can_be_shown(text) else "".join(c if can_be_shown(c) else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as a surrogate escape
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


def _rebuilt(cls: type[GlusterError], args: tuple[object, ...], facts: dict[str, Any]) -> GlusterError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(facts)
    return error


class GlusterError(Exception):
    """Any error of this package. ``str(error)`` says what is so and what helps, harmless to any terminal."""

    def __init__(self, message: str) -> None:
        super().__init__(shown(message))

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception whose __init__ takes facts cannot be unpickled by its args alone, and would break a
        # process pool that carries it.
        return _rebuilt, (type(self), self.args, self.__dict__)


class PathError(GlusterError):
    """A path could not be read: it does not exist, may not be read, or its mount does not answer."""

    def __init__(self, path: bytes, errno: int, fact: str = "") -> None:
        self.path, self.errno = path, errno
        super().__init__(f"{shown(path)}: {fact or meaning(errno)}")


class NotInputfsError(GlusterError):
    """A path lies on some other file system than GlusterFS."""

    def __init__(self, path: bytes, fstype: str, mount_point: bytes, reason: str = "") -> None:
        self.path, self.fstype, self.mount_point = path, fstype, mount_point
        super().__init__(
            f"{shown(path)} is not on GlusterFS: it is on {fstype}, mounted at {shown(mount_point)}"
            + (f" ({reason})" if reason else "")
        )


class GraphError(GlusterError):
    """A client graph (volfile) that cannot be read. ``line`` counts from 1; 0 where no line is to blame."""

    def __init__(self, path: bytes, line: int, fact: str) -> None:
        self.path, self.line, self.fact = path, line, fact
        super().__init__(f"{shown(path)}{f', line {line}' if line else ''}: {fact}")


class PathinfoError(GlusterError):
    """A ``glusterfs.pathinfo`` value that its grammar does not explain."""

    def __init__(self, value: bytes, fact: str) -> None:
        self.value, self.fact = value, fact
        super().__init__(f"{fact}: {shown(value[:200])}{'...' if len(value) > 200 else ''}")


class FilterError(GlusterError):
    """A filter expression that does not compile. ``position`` counts characters from 0, or is None."""

    def __init__(self, pattern: str, fact: str, position: int | None) -> None:
        self.pattern, self.fact, self.position = pattern, fact, position
        where = "" if position is None else f" at position {position}"
        super().__init__(f"bad expression '{shown(pattern)}': {fact}{where}")


class HostnameMapError(GlusterError):
    """A host map with an entry that cannot be used. ``line`` counts from 1; None for a mapping."""

    def __init__(self, source: str, line: int | None, fact: str) -> None:
        self.source, self.line, self.fact = source, line, fact
        super().__init__(f"{shown(source)}{f', line {line}' if line else ''}: {fact}")


class NoHostnameMapError(GlusterError):
    """No host map was passed and none was found. ``places`` are the places that were looked at."""

    def __init__(self, places: tuple[str, ...]) -> None:
        self.places = places
        super().__init__(
            "no host map: looked at " + " and ".join(shown(place) for place in places) + ". "
            "Write one there ('volume node' a line), pass hostname_map={...}, "
            "or hostname_map={} to use the hosts as they are named"
        )


class MapChangedError(GlusterError):
    """A host map's file is not what it was when it was read. ``read``, ``found``: what it held then, and now; None
    where it was not there. Nothing was written.
    """

    def __init__(self, path: bytes, read: bytes | None, found: bytes | None) -> None:
        self.path, self.read, self.found = path, read, found
        if read is None:
            fact = "is there already: merge with it, or overwrite it"
        else:
            done = "is gone" if found is None else "was changed by someone else"
            fact = f"{done} since it was read: reload it, merge with it, or overwrite it"
        super().__init__(f"{shown(path)} {fact}")


class MapSaveError(GlusterError):
    """A host map that could not be saved; the file is as it was. ``elsewhere``: a path that may do; ``use_line``: the
    line for a shell that has jobs use the map from there.
    """

    def __init__(self, path: bytes, fact: str, elsewhere: str, use_line: str) -> None:
        self.path, self.fact, self.elsewhere, self.use_line = path, fact, elsewhere, use_line
        super().__init__(
            f"cannot save {shown(path)}: {fact}. Save it elsewhere, as {shown(elsewhere)}, and use it from there: "
            f"{shown(use_line)}"
        )


class NodesError(GlusterError):
    """A list of the cluster's nodes that could not be had. ``source``: the file, the URL, or words."""

    def __init__(self, source: str, fact: str) -> None:
        self.source, self.fact = source, fact
        super().__init__(f"the nodes of {shown(source)}: {fact}")


class AddressError(GlusterError):
    """A name that a format cannot carry."""

    def __init__(self, path: bytes, fact: str) -> None:
        self.path, self.fact = path, fact
        super().__init__(f"{shown(path)}: {fact}")


class ExportError(GlusterError):
    """A list that could not be written. The target is as it was before."""

    def __init__(self, target: bytes, fact: str) -> None:
        self.target, self.fact = target, fact
        super().__init__(f"cannot write {shown(target)}: {fact}")


class UnmappedVolumesError(GlusterError):
    """An export that was told to refuse unmapped volumes met some. ``files`` counts files by volume name."""

    def __init__(self, files: dict[str, int]) -> None:
        self.files = files
        listed = ", ".join(f"{shown(name)} ({count:,} files)" for name, count in files.items())
        super().__init__(f"refused, no node is known for: {listed}")


class RecordingError(GlusterError):
    """A recording that cannot be read. ``line`` counts from 1; 0 where no line is to blame."""

    def __init__(self, path: bytes, line: int, fact: str) -> None:
        self.path, self.line, self.fact = path, line, fact
        super().__init__(f"{shown(path)}{f', line {line}' if line else ''}: {fact}")


class CookiesDisprovedError(GlusterError):
    """A file's attribute contradicted what the directory listing said of it, after others had been given by theirs.

    ``path``: that file. ``given``: how many files were given by then that may be wrong. Asking again gives what the
    attributes say, of every file of this mount. ``files()`` does so by itself.
    """

    def __init__(self, path: bytes, given: int) -> None:
        self.path, self.given = path, given
        super().__init__(
            f"the listing of {shown(path)} says another place than its attribute, so that {given:,} files given before "
            "may be wrong: ask again, and every file's attribute is asked"
        )


class Failure(NamedTuple):
    """A file that could not be placed, or a directory that could not be read.

    ``path``: absolute, as bytes. ``errno``: 0 where the system gave no error. ``fact``: in words.
    """

    path: bytes
    errno: int
    fact: str

    def __str__(self) -> str:
        return f"{shown(self.path)}: {shown(self.fact)}"


class FailedFilesError(GlusterError):
    """Some files could not be placed or some directories could not be read; all others were.

    ``failures``: every one of them. ``resolved``: what ``files()`` would have returned without them, a list
    of addresses a file (empty from ``iter_files()``, whose caller has it already).
    """

    def __init__(self, failures: Iterable[Failure], resolved: list[list[str]]) -> None:
        self.failures, self.resolved = tuple(failures), resolved
        first = "; ".join(str(failure) for failure in self.failures[:3])
        more = f"; and {len(self.failures) - 3:,} more" if len(self.failures) > 3 else ""
        super().__init__(f"{len(self.failures):,} could not be resolved: {first}{more}")


def meaning(errno: int) -> str:
    """What an error number of a GlusterFS client means, in words that help (measured on 10.3)."""
    return _MEANINGS.get(errno) or os.strerror(errno)


_MEANINGS = {
    2: "No such file or directory",
    13: "Permission denied",
    18: "not on this inputfs, so that it has no placement there (a link that leads out of the inputfs?)",
    95: "not on GlusterFS, so that it has no placement (a link that leads out of the inputfs?)",
    103: "Software caused connection abort (the mount's client has died)",
    107: "Transport endpoint is not connected (the bricks that hold it are down, or the mount's client has died)",
}
