"""A user's expression on the names of many directories, as a unit of work for a process that may be killed over it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .filters import Regex
from .names import SharedNames, Span

__all__ = ["match_unit"]


def match_unit(descriptor: int, expression: str, spans: Sequence[Span]) -> list[bytes | None]:
    """The marks (see ``Regex.marks``) of the files of some directories, none of them empty.

    ``descriptor``: of the file of a ``NameStore``; ``spans``: where the directories' names stand in it.
    """
    names = SharedNames(descriptor)
    keep = Regex(re.compile(expression))
    return [keep.marks(names.read(span)) for span in spans]
