"""The file of a host map, read to be edited, and saved: whole, where it was, and over nobody else's changes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .errors import ExportError, MapChangedError, MapSaveError, PathError, shown
from .export import replacing, target_fault
from .hostmap import MAP_VARIABLE

__all__ = ["MapFile", "diff_lines", "read_map_file", "save_map", "use_line"]

_LOCK_WAIT = 5.0  # seconds that another one's saving may take
_LOCK_LOOK = 0.02  # seconds between two looks


@dataclass(frozen=True)
class MapFile:
    """A map's file at one moment. ``path``: as it was named; ``content``: None where there is no file. ``others``: who
    else than its user and root may change it, in words; "" for nobody.
    """

    path: bytes
    content: bytes | None
    others: str = ""


def read_map_file(path: str | bytes) -> MapFile:
    """The file, or that there is none; PathError where that cannot be told."""
    named = os.fsencode(path)
    try:
        with open(named, "rb") as file:
            status = os.fstat(file.fileno())
            return MapFile(named, file.read(), _others(named, status))
    except FileNotFoundError:
        return MapFile(named, None)
    except OSError as error:
        raise PathError(named, error.errno or 0) from error


def diff_lines(before: bytes | None, after: bytes, name: str) -> list[str]:
    """What saving would change, as the lines of a unified diff, without line endings and harmless to a terminal; none
    where nothing changes. ``before``: None where there is no file.
    """
    if before == after:
        return []
    import difflib  # it takes long to load, and only this needs it

    old, new = ([shown(line) for line in _diffed(text or b"")] for text in (before, after))
    source = "/dev/null" if before is None else name
    return list(difflib.unified_diff(old, new, shown(source), shown(name), lineterm=""))


def _diffed(text: bytes) -> list[bytes]:
    """The lines, each told apart from one that differs in its ending alone."""
    *lines, last = text.split(b"\n")
    return [*lines, last + b" (no newline at the end)"] if last else lines


def use_line(path: str | bytes) -> str:
    """The line for a shell that has jobs, and this program, use the map in a file."""
    return f"export {MAP_VARIABLE}={shlex.quote(os.path.abspath(os.fsdecode(path)))}"


def save_map(
    text: bytes, path: str | bytes, read: bytes | None, *, overwrite: bool = False, backup: bool = False
) -> MapFile:
    """Writes a map's text into its file: beside it, synced, renamed; mode and owner stay, a link goes on leading to it.

    ``read``: what the file held when it was read, None where there was none; MapChangedError where it holds something
    else by now, unless ``overwrite``. ``backup``: what it held is kept beside it, as ``.bak``. MapSaveError where the
    system refuses. After any error, and whenever the process is killed, the file is the old one or the new one.
    """
    target = os.fsencode(path)
    real = os.path.realpath(target)
    try:
        fault = _save_fault(target, real)
        if fault:
            raise ExportError(target, fault)
        with _alone(real):
            before = _content(real)
            _compare(target, before, read, overwrite)
            if backup and before is not None:
                _back_up(real, before)
            # From this last look until the rename, some microseconds, a program that knows nothing of our lock, or one
            # on another client of the inputfs, may still save and be lost: no system call compares and renames at once.
            _write(real, text, like=real, look=lambda: _compare(target, _content(real), read, overwrite))
        return read_map_file(target)
    except (OSError, ExportError) as error:
        fact = error.fact if isinstance(error, ExportError) else error.strerror or str(error)
        elsewhere = os.path.join(os.path.expanduser("~"), "hostname_map")
        raise MapSaveError(target, fact, elsewhere, use_line(elsewhere)) from error


def _compare(target: bytes, found: bytes | None, read: bytes | None, overwrite: bool) -> None:
    if found != read and not overwrite:
        raise MapChangedError(target, read, found)


def _content(real: bytes) -> bytes | None:
    try:
        with open(real, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _back_up(real: bytes, content: bytes) -> None:
    target = real + b".bak"
    if os.path.islink(target):  # whoever made it chose what would be written over
        raise ExportError(target, f"the backup {os.fsdecode(target)} is a link")
    _write(target, content, like=real)


def _write(real: bytes, text: bytes, *, like: bytes, look: Callable[[], None] = lambda: None) -> None:
    """Replaces a file by one with the mode and owner of the file ``like``. ``look``: called right before the rename."""
    with replacing(real) as out:
        with contextlib.suppress(FileNotFoundError):
            status, own = os.stat(like), os.fstat(out.fileno())
            if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
                try:
                    os.fchown(out.fileno(), status.st_uid, status.st_gid)
                except PermissionError as error:
                    owner = f"uid {status.st_uid}, gid {status.st_gid}"
                    raise ExportError(real, f"this user cannot keep its owner ({owner})") from error
            os.fchmod(out.fileno(), stat.S_IMODE(status.st_mode))
        out.write(text)
        out.flush()
        os.fsync(out.fileno())  # now, since it may take long, and what is looked at is to be looked at late
        look()


@contextlib.contextmanager
def _alone(real: bytes) -> Iterator[None]:
    """Nobody else of this machine who saves through here does so meanwhile: the directory is locked, since the file is
    replaced.
    """
    fd = os.open(os.path.dirname(real), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + _LOCK_WAIT
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise ExportError(real, "someone else is saving in its directory, and does not end") from error
                time.sleep(_LOCK_LOOK)
            except OSError:  # a file system without locks: what is looked at must do
                break
        yield
    finally:
        os.close(fd)  # which unlocks


def _save_fault(target: bytes, real: bytes) -> str | None:
    """Why a map cannot be saved, as far as looking can tell; None where it can."""
    folder = os.path.dirname(real)
    with contextlib.suppress(OSError):
        if os.statvfs(folder).f_flag & os.ST_RDONLY:
            return f"{shown(folder)} is mounted read-only"
    fault = target_fault(target)
    if fault is None and os.path.exists(real) and not os.access(real, os.W_OK):
        return "no permission to write it"
    return fault


def _others(path: bytes, status: os.stat_result) -> str:
    folder = os.stat(os.path.dirname(os.path.realpath(path)))
    who = [
        (status.st_mode & stat.S_IWOTH, "everyone"),
        (status.st_mode & stat.S_IWGRP, f"its group (gid {status.st_gid})"),
        (status.st_uid not in (0, os.geteuid()), f"its owner (uid {status.st_uid})"),
        (folder.st_mode & 0o022 and not folder.st_mode & stat.S_ISVTX, "whoever may write in its directory"),
    ]
    return ", ".join(words for may, words in who if may)
