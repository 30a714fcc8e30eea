"""Which files a dataset's selection keeps.

Source of the semantics: the seeds' ``files()``. A string is a substring anywhere in the file's absolute
path; a compiled expression is matched (``pattern.match``) against the file's name.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, repeat
from typing import Any, cast

from .byte_search import first_place, pattern_of, places
from .errors import FilterError

__all__ = ["Filter", "FilterArgument", "Regex", "Substring", "as_filter", "compile_regex"]

FilterArgument = str | re.Pattern[str] | re.Pattern[bytes] | None


@dataclass(frozen=True, slots=True)
class Substring:
    """Keeps the files whose absolute path holds ``needle``; the empty needle keeps all."""

    needle: bytes

    def kept(self, directory: bytes, names: list[bytes]) -> list[int]:
        """Indexes into ``names``, which are sorted, of the files kept. ``directory``: absolute."""
        marks = self.marks(directory, b"\0".join(names)) if names else b""
        return list(range(len(names))) if marks is None else [i for i, mark in enumerate(marks) if mark]

    def marks(self, directory: bytes, names: bytes) -> bytes | None:
        """For each of a directory's files a byte, 1 where it is kept and 0 where not; b"" where none is, None where all
        are. ``names``: at least one, sorted, with a NUL between two.
        """
        needle = self.needle
        prefix = directory if directory.endswith(b"/") else directory + b"/"
        if needle in prefix:
            return None
        if b"\0" in needle:  # else it would match where one name ends and the next begins
            return b""
        head, slash, last = needle.rpartition(b"/")
        if slash:  # no name holds one: so the match ends with what a name begins with
            if not prefix.endswith(head + slash) or b"\0" + last not in b"\0" + names:
                return b""
            return bytes([name.startswith(last) for name in names.split(b"\0")])
        return self.name_marks(names)

    def name_marks(self, names: bytes) -> bytes | None:
        """As ``marks``, of a needle without slash and NUL that the directory's path does not hold."""
        if self.first(names) < 0:
            return b""
        count = names.count(b"\0") + 1
        marks = bytearray(count)
        for index in self.holders(names, count):
            marks[index] = 1
        return bytes(marks) if 0 in marks else None

    def first(self, names: bytes, start: int = 0) -> int:
        """Where the needle stands first in some names, from ``start`` on; -1 where it does not."""
        return first_place(names, self.needle, start)

    def holders(self, names: bytes, count: int, first: int = 0) -> list[int]:
        """Which of ``count`` names hold the needle, in their order, once for each time that it is in them. ``names``:
        with a NUL between two; ``needle``: not empty, without NUL; ``first``: it does not stand before.
        """
        size = names.find(b"\0") + 1
        # Of one length, as numbered files are: so the place of a match tells its name, without a count.
        if len(names) + 1 == size * count and names[size - 1 :: size] == bytes(count - 1):
            return [place // size for place in places(names, self.needle, first)]
        before = pattern_of(self.needle).split(names)
        before.pop()
        return list(accumulate(map(bytes.count, before, repeat(b"\0"))))

    def spans(self, directory: bytes, name: bytes, mark: int = 1) -> list[tuple[int, int]]:
        """Where the name matches, as (start, end) in its bytes: what a screen may mark. ``mark``: that of its file."""
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

    def marks(self, names: bytes) -> bytes | None:
        """For each of a directory's files a byte, 0 where it is not kept, else 1 more than the byte of its name where
        the match ends, or 255; b"" where none is kept, None where all are and no match has a length. ``names``: at
        least one, with a NUL between two.
        """
        text = isinstance(self.pattern.pattern, str)
        subjects: Sequence[str | bytes] = os.fsdecode(names).split("\0") if text else names.split(b"\0")
        found = list(map(cast("Callable[[str | bytes], re.Match[Any] | None]", self.pattern.match), subjects))
        if not any(found):
            return b""
        if text and not names.isascii():
            ends = [len(os.fsencode(match.group())) + 1 if match else 0 for match in found]
        else:
            ends = [match.end() + 1 if match else 0 for match in found]
        try:
            marks = bytes(ends)
        except ValueError:  # to cut each at 255 would take nearly as long as to match it
            marks = bytes([min(end, 255) for end in ends])
        return None if marks.count(1) == len(marks) else marks

    def spans(self, directory: bytes, name: bytes, mark: int) -> list[tuple[int, int]]:
        """Where the name matches, as (start, end) in its bytes, by the mark of its file: no expression is run."""
        end = len(name) if mark == 255 else mark - 1
        return [(0, end)] if end > 0 else []

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
