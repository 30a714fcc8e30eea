"""Writing an input list: whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, BinaryIO

from .addresses import Addresser
from .errors import ExportError, FailedFilesError, Failure, UnmappedVolumesError
from .formats import Format
from .placement import Placement
from .walk import PlacedFiles

__all__ = [
    "Rules",
    "Tally",
    "discard_unfinished",
    "inside_fault",
    "replacing",
    "target_fault",
    "unmapped_files",
    "write_list",
]


class Tally:
    """What a list's files add up to. ``unmapped``: files by the index of a volume that no map entry names.

    ``bytes``: of the files whose size is known; ``unsized``: how many files have none.
    """

    def __init__(self, addresser: Addresser) -> None:
        self._addresser = addresser
        self.files = 0
        self.bytes = 0
        self.unsized = 0
        self.by_placement: Counter[Placement] = Counter()

    def add(self, placed: PlacedFiles) -> None:
        """Counts some files."""
        self.files += len(placed.names)
        known = [size for size in placed.sizes if size >= 0]
        self.bytes += sum(known)
        self.unsized += len(placed.sizes) - len(known)
        self.by_placement.update(placed.placements)

    @property
    def unmapped(self) -> dict[int, int]:
        """How many files each unmapped volume holds, by volume index, in the order of the client graph."""
        return unmapped_files(self._addresser, self.by_placement)


def unmapped_files(addresser: Addresser, by_placement: dict[Placement, int]) -> dict[int, int]:
    """How many files each unmapped volume holds, by volume index, from the number of files by placement."""
    counts: dict[int, int] = {}
    for placement, files in by_placement.items():
        for index in addresser.unmapped(placement):
            counts[index] = counts.get(index, 0) + files
    return dict(sorted(counts.items()))


@dataclass(frozen=True)
class Rules:
    """What an export does with files that are not as they should be.

    ``refuse_unmapped``: nothing is written when a file lies on an unmapped volume; else such go by their host.
    ``skip_failed``: files that could not be placed are left out; else nothing is written when there are any.
    """

    refuse_unmapped: bool = False
    skip_failed: bool = False


def write_list(
    batches: Iterable[PlacedFiles],
    failures: Callable[[], Sequence[Failure]],
    format: Format,
    rules: Rules,
    out: IO[bytes],
    progress: Callable[[int], None] = lambda files: None,
) -> Tally:
    """Writes the whole list, and only then says whether it may stay: the caller drops ``out`` after an error.

    ``failures``: asked when all batches were written. ``progress``: called with the number of files so far; what it
    raises ends the export. Raises UnmappedVolumesError, FailedFilesError, and AddressError for a name that cannot be
    carried.
    """
    tally = Tally(format.addresser)
    out.write(format.begin)
    for placed in batches:
        out.write(format.encode(placed))
        tally.add(placed)
        progress(tally.files)
    out.write(format.end)
    failed = failures()
    if failed and not rules.skip_failed:
        raise FailedFilesError(failed, [])
    if rules.refuse_unmapped and tally.unmapped:
        volumes = format.addresser.cluster.volumes
        raise UnmappedVolumesError({volumes[index].name: files for index, files in tally.unmapped.items()})
    return tally


def target_fault(target: bytes) -> str | None:
    """Why a list cannot be written to ``target``, as far as looking can tell; None where it can."""
    if not target:
        return "no file is named"
    real = os.path.realpath(target)
    folder = os.path.dirname(real)
    try:
        if not os.path.isdir(folder):
            return f"the directory {os.fsdecode(folder)} does not exist"
        if os.path.isdir(real) or target.endswith(b"/"):
            return "it is a directory"
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(os.lstat(real).st_mode):
                return "it is not a regular file"
    except OSError as error:
        return error.strerror or str(error)
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"no permission to write in {os.fsdecode(folder)}"
    return None


def inside_fault(target: bytes, dataset: bytes) -> str | None:
    """Why a list of what is below the directory ``dataset`` cannot be written to ``target`` while that is read."""
    folder, root = os.path.dirname(os.path.realpath(target)), os.path.realpath(dataset)
    if folder == root or folder.startswith(root.rstrip(b"/") + b"/"):
        return f"it lies in {os.fsdecode(dataset)}, which is being read: write it elsewhere, and move it there"
    return None


_unfinished: set[bytes] = set()


def discard_unfinished() -> None:
    """Removes what is being written: for a program that ends in the middle of it."""
    for temporary in list(_unfinished):
        with contextlib.suppress(OSError):
            os.unlink(temporary)


@contextlib.contextmanager
def replacing(target: bytes, *, replace: bool = True) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of ``target`` when the block ends without an error.

    ``replace``: whether of a file that is there already; without, ExportError where there is one by then.

    It is written beside the target under a name that nobody can have planted, synced, and renamed; the mode of a
    file that it replaces is kept. After an error nothing of it is left. ExportError where the system refuses.
    """
    fault = target_fault(target)
    if fault:
        raise ExportError(target, fault)
    real = os.path.realpath(target)
    temporary = os.path.join(os.path.dirname(real), b".gluster-tui-" + secrets.token_hex(8).encode())
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise ExportError(target, error.strerror or str(error)) from error
    _unfinished.add(temporary)
    try:
        with os.fdopen(fd, "wb") as file:
            with contextlib.suppress(FileNotFoundError):
                os.fchmod(fd, stat.S_IMODE(os.stat(real).st_mode))
            yield file
            file.flush()
            os.fsync(fd)
        if replace:
            os.rename(temporary, real)
        else:
            _rename_to_new(temporary, real)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        if isinstance(error, FileExistsError):
            raise ExportError(target, "a file of that name has appeared meanwhile") from error
        if isinstance(error, OSError):
            raise ExportError(target, error.strerror or str(error)) from error
        raise
    finally:
        _unfinished.discard(temporary)
    _sync_folder(os.path.dirname(real))


def _rename_to_new(path: bytes, new: bytes) -> None:
    """FileExistsError where there is one of the new name."""
    try:
        os.link(path, new)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        # The file system has no hard links, as FAT: the name is taken by an empty file first.
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC))
        os.rename(path, new)
    else:
        os.unlink(path)


def _sync_folder(folder: bytes) -> None:
    """Makes the new name last through a crash, as far as this user may: the file itself is written already."""
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
