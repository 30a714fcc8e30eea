"""An export from the explorer: it runs on a thread of its own, can be cancelled, and tells how it went."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from disco.dfs.gluster.errors import ExportError, GlusterError
from disco.dfs.gluster.export import Rules, replacing, target_fault, write_list
from disco.dfs.gluster.formats import FORMATS, Format
from disco.dfs.gluster.picture import SelectionPicture
from disco.dfs.gluster.walk import PlacedFiles, missing_groups

from .crash import UnexpectedError
from .session import Session

__all__ = ["CancelledError", "ExportRun", "TargetCheck", "check_target", "preview"]

_PREVIEWED = 5
_TELL_EVERY = 0.1  # seconds
_LOOKED_THROUGH = 200  # files among which those for the preview are looked for: it is made on the screen's thread


class CancelledError(GlusterError):
    """The user cancelled the export."""

    def __init__(self) -> None:
        super().__init__("cancelled: nothing was written")


@dataclass(frozen=True)
class TargetCheck:
    """What is known of a target. ``fault``: why it cannot be written, None where it can; ``exists``: it would be
    replaced.
    """

    target: str
    fault: str | None
    exists: bool = False

    @property
    def words(self) -> str:
        """The check in a line."""
        if self.fault is not None:
            return f"x {self.fault}"
        return "! it exists: you will be asked before it is replaced" if self.exists else "a new file"


def absolute(target: str) -> str:
    """The path that a user means: ``~`` is their home."""
    return os.path.abspath(os.path.expanduser(target)) + ("/" if target.endswith("/") else "") if target else ""


def check_target(target: str) -> TargetCheck:
    """Looks at a target; never on the screen's thread, since it may lie on a mount that hangs."""
    try:
        path = os.fsencode(absolute(target))
        return TargetCheck(target, target_fault(path), os.path.exists(path))
    except (ValueError, UnicodeError) as error:  # a NUL, or what the file system's encoding does not have
        return TargetCheck(target, str(error))


def make_format(session: Session, name: str, *, percent_encode: bool) -> Format:
    """A format by its name, for the addresses of a session."""
    return FORMATS[name](session.addresser, percent_encode=percent_encode)


def preview(picture: SelectionPicture, format: Format) -> str:
    """The first lines as they will be written; the error in its place where a name cannot be carried."""
    first: list[PlacedFiles] = []
    for number in range(min(len(picture), _LOOKED_THROUGH)):
        row = picture.row(number)
        placement = picture.placement(row)
        if placement is not None:
            size = row.directory.sizes[row.index]
            first.append(PlacedFiles(row.directory.path, [row.name], [placement], [size]))
            if len(first) == _PREVIEWED:
                break
    try:
        lines = format.begin + b"".join([format.encode(placed) for placed in first])
    except GlusterError as error:
        return f"x {error}"
    return lines.decode("utf-8", "surrogateescape") if first else ""


class ExportRun:
    """Writes a picture's files to a target. ``replace``: whether it may take the place of a file that is there.
    ``told``, ``ended``: called on the run's thread, with the number of files so far, and at the end with the error or
    None. ``screen_first``: called there time and again (see ``pacing.py``).
    """

    def __init__(
        self,
        session: Session,
        picture: SelectionPicture,
        format: Format,
        rules: Rules,
        target: str,
        told: Callable[[int], None],
        ended: Callable[[int, GlusterError | None], None],
        *,
        replace: bool,
        screen_first: Callable[[], None] = lambda: None,
    ) -> None:
        self._screen_first = screen_first
        self._tell_at = 0.0
        self._session, self._picture, self._format, self._rules = session, picture, format, rules
        self.target = absolute(target)
        self._told, self._ended = told, ended
        self._replace = replace
        self._cancelled = threading.Event()

    def begin(self) -> None:
        """Starts to write."""
        threading.Thread(target=self._run, name="export", daemon=True).start()

    def cancel(self) -> None:
        """Ends it before the file is in its place; after that it has no effect."""
        self._cancelled.set()

    def _run(self) -> None:
        files, error = 0, None
        try:
            with replacing(os.fsencode(self.target), replace=self._replace) as out:
                mount_point = self._session.source.mount_point
                tally = write_list(
                    self._picture.batches(),
                    lambda: [*missing_groups(self._session.source), *self._picture.failures(mount_point)],
                    self._format,
                    self._rules,
                    out,
                    self._progress,
                )
                files = tally.files
                self._told(files)
                self._end_if_cancelled()
        except GlusterError as caught:
            error = caught
        except (OSError, ValueError) as caught:
            error = ExportError(os.fsencode(self.target), str(caught))
        except Exception as caught:  # noqa: BLE001 - nobody else would hear of it
            error = UnexpectedError(caught)
        self._ended(files, error)

    def _end_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise CancelledError

    def _progress(self, files: int) -> None:
        self._end_if_cancelled()
        self._screen_first()
        if time.monotonic() >= self._tell_at:
            self._told(files)
            self._tell_at = time.monotonic() + _TELL_EVERY
