"""What is left of an error that should not have happened: a log in the user's state directory."""

from __future__ import annotations

import platform
import traceback
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TypeVar

from platformdirs import user_state_path

from disco.dfs.gluster.errors import GlusterError

from . import __version__

__all__ = ["UnexpectedError", "log_crash", "outcome"]

T = TypeVar("T")


class UnexpectedError(GlusterError):
    """An error that should not have happened, and is being handled; its log is written."""

    def __init__(self, error: BaseException | None) -> None:
        super().__init__(f"this should not have happened: {error!r}. {log_crash()}")


def log_crash(told: str | None = None) -> str:
    """Writes the error that is being handled to a log, or what is told of one; returns a sentence that says where."""
    text = (
        f"gluster-tui {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{datetime.now(UTC).isoformat(timespec='seconds')}\n\n{told or traceback.format_exc()}"
    )
    path = user_state_path("gluster-tui") / "crash.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        return f"Its log could not be written to {path} ({error.strerror}):\n{text}"
    return f"Its log is in {path}: please send it with your report."


def outcome(future: Future[T]) -> T | GlusterError:
    """What came of a future that is done: its result, or why there is none."""
    try:
        return future.result()
    except GlusterError as error:
        return error
    except Exception as error:  # noqa: BLE001 - nobody else would hear of it
        return UnexpectedError(error)
