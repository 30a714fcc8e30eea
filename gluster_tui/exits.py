"""How a command ends."""

from __future__ import annotations

__all__ = ["BAD_INPUT", "BROKEN_PIPE", "CRASHED", "DONE", "FAILED", "INTERRUPTED", "REFUSED", "Exit"]

DONE, FAILED, BAD_INPUT, REFUSED = 0, 1, 2, 3
CRASHED = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED, BROKEN_PIPE = 130, 141  # as shells say it of SIGINT and SIGPIPE


class Exit(Exception):  # noqa: N818 - it is an end, not always an error
    """Ends the program with an exit code, and a sentence where there is something to say."""

    def __init__(self, code: int, words: str = "") -> None:
        super().__init__(code, words)
        self.code, self.words = code, words
