"""The units of work on a mount: what a worker does, wherever it runs.

A unit is a directory, or a batch of a directory's files, never one file. Arguments and results are plain tuples of
plain values, and an error travels as data: so that any ``concurrent.futures.Executor`` can carry them, in
threads, in processes, or on other machines that have the mount at the same path.
"""

from __future__ import annotations

import errno
import os
from typing import NamedTuple

from .attributes import RawPlacement, ask_placement
from .errors import PathinfoError, meaning
from .listing import list_directory

__all__ = ["FAILED", "GONE", "Answer", "GroupAnswer", "ListedDirectory", "ResolvedFiles", "list_unit", "resolve_unit"]


class GroupAnswer(NamedTuple):
    """What a recording says of a file: the index of its group, and those of the group's volumes that lack it."""

    group: int
    absent: tuple[int, ...] = ()


Answer = RawPlacement | GroupAnswer

GONE = -1  # in ResolvedFiles.placed: the file vanished since it was listed
FAILED = -2  # the file is there, but its placement is not to be had


class ListedDirectory(NamedTuple):
    """One directory, listed. ``directory``: below the mount point, without a leading slash, "" for its root.

    Names sorted as bytes. ``others``: entries that are no files. ``error``: (errno, words) where it could not be
    listed; ``gone``: it vanished.
    """

    directory: bytes
    directories: list[bytes]
    files: list[bytes]
    others: int = 0
    error: tuple[int, str] | None = None
    gone: bool = False


class ResolvedFiles(NamedTuple):
    """Where a batch of files of one directory lie.

    ``answers``: the distinct ones; ``placed``: for each file an index into it, GONE or FAILED. ``sizes``: bytes of each
    file, -1 where not asked for or not to be had. ``failures``: (index of the file, errno, words).
    """

    answers: list[Answer]
    placed: list[int]
    sizes: list[int]
    failures: list[tuple[int, int, str]]


def list_unit(mount_point: bytes, directory: bytes) -> ListedDirectory:
    """Lists one directory of the mount at ``mount_point``."""
    try:
        listing = list_directory(os.path.join(mount_point, directory))
    except (FileNotFoundError, NotADirectoryError):
        return ListedDirectory(directory, [], [], gone=True)
    except OSError as error:
        return ListedDirectory(directory, [], [], error=_as_data(error))
    return ListedDirectory(directory, listing.directories, listing.files, listing.others)


def resolve_unit(
    mount_point: bytes, directory: bytes, names: list[bytes], disperse: bool, sizes: bool
) -> ResolvedFiles:
    """Asks for the placement of each named file, and its size where that is wanted.

    A link may lead to a file elsewhere that has such attributes too: on another inputfs, or in a brick on this
    machine. They would be taken for this inputfs's own, so that what is not on its device is not asked.
    """
    result = ResolvedFiles([], [], [], [])
    numbers: dict[RawPlacement, int] = {}
    device: int | None = None
    for index, name in enumerate(names):
        below = os.path.join(directory, name)
        path = os.path.join(mount_point, below)
        try:
            if device is None:
                device = os.stat(mount_point).st_dev
            status = os.stat(path)
            if status.st_dev != device:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
            raw = ask_placement(path, disperse=disperse, below_mount=b"/" + below)
            size = status.st_size if sizes else -1
        except (FileNotFoundError, NotADirectoryError):
            result.placed.append(GONE)
            result.sizes.append(-1)
        except (OSError, PathinfoError) as error:
            result.placed.append(FAILED)
            result.sizes.append(-1)
            result.failures.append((index, *_as_data(error)))
        else:
            result.placed.append(numbers.setdefault(raw, len(numbers)))
            result.sizes.append(size)
    result.answers.extend(numbers)
    return result


def _as_data(error: OSError | PathinfoError) -> tuple[int, str]:
    if isinstance(error, OSError) and error.errno:
        return error.errno, meaning(error.errno)
    return 0, str(error)
