"""Which files a dataset's selection keeps.

Source of the semantics: the seeds' ``files()``. A string is a substring anywhere in the file's absolute
path; a compiled expression is matched (``pattern.match``) against the file's name.
"""

from __future__ import annotations

import os
import re
import warnings
from dataclasses import dataclass

from .errors import FilterError

__all__ = ["Filter", "FilterArgument", "Regex", "Substring", "as_filter", "compile_regex"]

FilterArgument = str | re.Pattern[str] | re.Pattern[bytes] | None


@dataclass(frozen=True, slots=True)
class Substring:
    """Keeps the files whose absolute path holds ``needle``; the empty needle keeps all."""

    needle: bytes

    def kept(self, directory: bytes, names: list[bytes]) -> list[int]:
        """Indexes into ``names`` of the files kept. ``directory``: absolute, as bytes."""
        needle = self.needle
        prefix = directory if directory.endswith(b"/") else directory + b"/"
        if needle in prefix:
            return list(range(len(names)))
        # A match that does not lie in the directory alone ends in the name: so only as much of the
        # directory's end as the needle could cover has to be looked at.
        tail = prefix[-(len(needle) - 1) :] if len(needle) > 1 else b""
        if not _spans(needle, tail):
            return [i for i, name in enumerate(names) if needle in name]
        return [i for i, name in enumerate(names) if needle in name or needle in tail + name]

    def spans(self, directory: bytes, name: bytes) -> list[tuple[int, int]]:
        """Where the name matches, as (start, end) in its bytes: what a screen may mark."""
        needle, prefix = self.needle, (directory if directory.endswith(b"/") else directory + b"/")
        if not needle:
            return []
        path, found = prefix + name, []
        at = path.find(needle, max(0, len(prefix) - len(needle) + 1))
        while at >= 0:
            start, end = at - len(prefix), at - len(prefix) + len(needle)
            found.append((max(start, 0), end))
            at = path.find(needle, at + len(needle))
        return found

    @property
    def keeps_all(self) -> bool:
        """Whether nothing is filtered out."""
        return not self.needle


def _spans(needle: bytes, tail: bytes) -> bool:
    return any(tail.endswith(needle[:k]) for k in range(1, len(needle)))


@dataclass(frozen=True, slots=True)
class Regex:
    """Keeps the files whose name ``pattern.match`` accepts; a pattern of text sees bytes that are not UTF-8 as
    surrogate escapes.
    """

    pattern: re.Pattern[str] | re.Pattern[bytes]

    def kept(self, directory: bytes, names: list[bytes]) -> list[int]:
        """Indexes into ``names`` of the files kept; the directory has no say."""
        if isinstance(self.pattern.pattern, str):
            match = self.pattern.match
            return [i for i, name in enumerate(names) if match(os.fsdecode(name))]
        match_bytes = self.pattern.match
        return [i for i, name in enumerate(names) if match_bytes(name)]

    def spans(self, directory: bytes, name: bytes) -> list[tuple[int, int]]:
        """Where the name matches, as (start, end) in its bytes."""
        if isinstance(self.pattern.pattern, str):
            found = self.pattern.match(os.fsdecode(name))
            end = len(os.fsencode(found.group())) if found else 0
        else:
            found_bytes = self.pattern.match(name)
            end = found_bytes.end() if found_bytes else 0
        return [(0, end)] if end else []

    @property
    def keeps_all(self) -> bool:
        """An expression is never taken to be empty: only matching tells."""
        return False


Filter = Substring | Regex


def as_filter(argument: FilterArgument) -> Filter:
    """The filter that an argument of ``files()`` means; TypeError for anything but str, expression, None."""
    if argument is None:
        return Substring(b"")
    if isinstance(argument, str):
        return Substring(os.fsencode(argument))
    if isinstance(argument, re.Pattern):
        return Regex(argument)
    raise TypeError(f"filter must be a str, a compiled regular expression or None, not {type(argument).__name__}")


def compile_regex(text: str) -> Regex:
    """The filter that an expression typed by a user means; FilterError where it does not compile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "[[" may mean something else in a later Python: no concern of a user
            return Regex(re.compile(text))
    except (re.error, OverflowError, RecursionError) as error:
        position = getattr(error, "pos", None)
        raise FilterError(text, getattr(error, "msg", str(error)), position) from error
