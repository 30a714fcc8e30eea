"""Directory listings with their cookies: what ``getdents64`` says, and no more.

Every entry of a directory on GlusterFS comes with a ``d_off`` that says which client returned it (see
``placement.py``). ``os.scandir`` hides it, so the system call is made here, with large buffers and without a
``stat``: GlusterFS tells an entry's kind too.

Source: getdents(2), ``struct linux_dirent64``.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
import threading
from array import array
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Listing", "list_directory"]

_BUFFER_SIZE = 256 * 1024
_thread = threading.local()  # .buffer: making one takes as long as reading a hundred entries
_HEADER = struct.Struct("=8xQHB")  # d_ino, which is left out, d_off, d_reclen, d_type; the name follows, NUL-ended
_NAME_AT = _HEADER.size

_DT_UNKNOWN, _DT_DIR, _DT_REG, _DT_LNK = 0, 4, 8, 10
_UNTOLD = -2
_AS_FILES = (_DT_REG, _UNTOLD)
_NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # gone since, or a link that leads nowhere
_KIND_OF_MODE = {stat.S_IFDIR: _DT_DIR, stat.S_IFREG: _DT_REG, stat.S_IFLNK: _DT_LNK}


class Listing(NamedTuple):
    """One directory's entries, names sorted as bytes.

    ``files``: regular files, and symbolic links to such. ``cookies``: the ``d_off`` of each file, 0 where it says
    nothing of it: of links, and where the platform does not give it. ``others``: how many sockets, pipes, devices,
    links to something else than a file.
    """

    directories: list[bytes]
    files: list[bytes]
    cookies: array[int]
    others: int


def _load_getdents64() -> ctypes._NamedFuncPointer | None:
    try:
        function = ctypes.CDLL(None, use_errno=True).getdents64
    except (AttributeError, OSError):
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)
    function.restype = ctypes.c_ssize_t
    return function


_getdents64 = _load_getdents64()


def list_directory(path: bytes, between: Callable[[], None] = lambda: None) -> Listing:
    """Lists one directory; OSError where it cannot be read. Links are followed once, to see what they lead to; one of
    which that cannot be told counts as a file, so that whoever asks where it lies hears why.

    ``between``: called after each block of entries that came.
    """
    directories: list[bytes] = []
    files: list[tuple[bytes, int]] = []
    others = 0
    for name, cookie, kind in _entries(path, between):
        if kind == _DT_UNKNOWN:
            kind = _kind_of(os.path.join(path, name), follow=False)
        if kind == _DT_REG:
            files.append((name, cookie))
        elif kind == _DT_DIR:
            if name not in (b".", b".."):
                directories.append(name)
        elif kind == _UNTOLD or (kind == _DT_LNK and _kind_of(os.path.join(path, name), follow=True) in _AS_FILES):
            files.append((name, 0))
        else:
            others += 1
    directories.sort()
    files.sort()
    return Listing(directories, [name for name, _ in files], array("Q", [cookie for _, cookie in files]), others)


def _kind_of(path: bytes, *, follow: bool) -> int:
    try:
        mode = os.stat(path, follow_symlinks=follow).st_mode
    except OSError as error:
        return -1 if error.errno in _NOWHERE else _UNTOLD
    return _KIND_OF_MODE.get(stat.S_IFMT(mode), -1)


def _entries(path: bytes, between: Callable[[], None] = lambda: None) -> list[tuple[bytes, int, int]]:
    """(name, cookie, kind) of every entry, in the order of the directory."""
    if _getdents64 is None:
        found = _entries_without_cookies(path)
        between()
        return found
    found = []
    buffer = _buffer()
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        while True:
            size = _getdents64(fd, buffer, _BUFFER_SIZE)
            if size < 0:
                number = ctypes.get_errno()
                if number == errno.EINTR:
                    continue
                raise OSError(number, os.strerror(number), path)
            if size == 0:
                return found
            _append_entries(ctypes.string_at(buffer, size), found)
            between()
    finally:
        os.close(fd)


def _buffer() -> ctypes.Array[ctypes.c_char]:
    try:
        made: ctypes.Array[ctypes.c_char] = _thread.buffer
    except AttributeError:
        made = _thread.buffer = ctypes.create_string_buffer(_BUFFER_SIZE)
    return made


def _append_entries(block: bytes, found: list[tuple[bytes, int, int]]) -> None:
    at, size, unpack, index, append, name_at = 0, len(block), _HEADER.unpack_from, block.index, found.append, _NAME_AT
    while at < size:  # the one loop here that is run for each file of a dataset
        cookie, length, kind = unpack(block, at)
        append((block[at + name_at : index(b"\0", at + name_at)], cookie, kind))
        at += length


def _entries_without_cookies(path: bytes) -> list[tuple[bytes, int, int]]:
    found: list[tuple[bytes, int, int]] = []
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_symlink():
                kind = _DT_LNK
            elif entry.is_dir(follow_symlinks=False):
                kind = _DT_DIR
            else:
                kind = _DT_REG if entry.is_file(follow_symlinks=False) else -1
            found.append((entry.name, 0, kind))
    return found
