"""What is wrong with a host map, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text

from disco.dfs.gluster.findings import Finding

from ..display import SEVERITY_SIGNS, counted, shown
from .rows import Rows

__all__ = ["FindingList", "counts_words"]


def counts_words(findings: Sequence[Finding]) -> str:
    """How many of each severity there are, as ``2 errors, 1 warning``."""
    counts = Counter[str](finding.severity for finding in findings)
    return ", ".join(counted(counts[kind], kind, f"{kind}s") for kind in SEVERITY_SIGNS if counts[kind]) or "clean"


class FindingList(Rows):
    """A line a finding; the panel beside it says it in whole."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"findings--error", "findings--warning"}

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.findings: Sequence[Finding] = ()

    @property
    def row_count(self) -> int:
        return len(self.findings)

    @property
    def at_cursor(self) -> Finding | None:
        """The finding under the cursor."""
        return self.findings[self.cursor] if self.cursor < len(self.findings) else None

    def show(self, findings: Sequence[Finding]) -> None:
        """Shows these."""
        self.findings = findings
        self.rows_changed()

    def row_shows(self, row: int) -> Finding:
        return self.findings[row]

    def row_text(self, row: int, width: int) -> Text:
        finding = self.findings[row]
        style = Style.null()
        if finding.severity != "note":
            style = self.get_component_rich_style(f"findings--{finding.severity}", partial=True)
        text = Text(no_wrap=True, end="").append(f"{SEVERITY_SIGNS[finding.severity]} ", style)
        if finding.line is not None:
            text.append(f"line {finding.line}  ", Style(dim=True))
        text.append(shown(finding.words))
        if text.cell_len > width:
            text.truncate(width, overflow="ellipsis")
        return text
