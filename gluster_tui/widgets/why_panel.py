"""Why a volume has its node: every name that was looked up, and what almost fits; or a finding in whole."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rich.style import Style
from rich.text import Text

from disco.dfs.gluster.findings import Finding
from disco.dfs.gluster.hostmap import LookupStep

from ..display import SEVERITY_SIGNS, NodeColours, name_text, shown
from ..map_analysis import VolumeRow
from .text_panel import Line, TextPanel

__all__ = ["WhyPanel"]

_ROOMY = 48  # cells from which on names stand below each other


class WhyPanel(TextPanel):
    """The panel of the volume, or the finding, under the cursor."""

    def __init__(self, colours: NodeColours, *, id: str) -> None:
        super().__init__(id=id)
        self.colours = colours
        self._row: VolumeRow | None = None
        self._finding: Finding | None = None

    def show(self, row: VolumeRow | None, finding: Finding | None) -> None:
        """Shows a finding, if one is given, and a volume."""
        about = self._row.volume.index if self._row else None
        if finding != self._finding or (row.volume.index if row else None) != about:
            self.cursor = 0
        self._row, self._finding = row, finding
        self.lines_changed()

    def make_lines(self, width: int) -> Iterator[Line]:
        if self._finding is not None:
            yield from self._finding_lines(self._finding, width)
        if self._row is not None:
            yield from self._volume_lines(self._row, width)

    def _finding_lines(self, finding: Finding, width: int) -> Iterator[Line]:
        look = {"error": "failure", "warning": "warning", "note": ""}[finding.severity]
        yield from self.sentence(
            f"{SEVERITY_SIGNS[finding.severity]} {finding.severity}: {finding.words}", look, width, 0
        )
        if finding.place:
            yield from self.fact("at", name_text(finding.place), os.fsencode(finding.place), width)
        yield Line(Text("", end=""), b"")

    def _volume_lines(self, row: VolumeRow, width: int) -> Iterator[Line]:
        assignment = row.trace.assignment
        yield Line(name_text(row.volume.name, style=Style(bold=True)), os.fsencode(row.volume.name), row.volume.index)
        if row.volume.arbiter:
            yield from self.sentence("an arbiter: it holds no data, and needs no entry", "", width)
        yield from self.fact("node", self._chip(row), os.fsencode(assignment.node), width)
        if row.unmapped:
            yield from self.sentence("! unmapped: no entry names it, so it goes by its host", "warning", width)
        elif assignment.entry is None and assignment.wanted and not row.volume.arbiter:
            yield from self.sentence("no file has shown its host yet, by which an entry may name it", "heading", width)
        yield Line(Text("looked up, in this order:", Style(dim=True), end=""), b"")
        for number, step in enumerate(row.trace.steps, 1):
            yield from self._step_lines(number, step, width)
        if row.suggestion is not None and assignment.entry is None:
            yield Line(Text("", end=""), b"")
            head = Text(no_wrap=True, end="").append("suggested: ", Style(dim=True))
            entry = f"{row.suggestion.name} {row.suggestion.node}"
            yield from self.fact("", head.append_text(name_text(entry)), os.fsencode(entry), width, indent=0)
            yield from self.sentence(f"{row.suggestion.reason}. t takes it.", "", width)

    def _chip(self, row: VolumeRow) -> Text:
        assignment = row.trace.assignment
        return self.colours.chip(assignment.node, mapped=assignment.entry is not None or not assignment.wanted)

    def _step_lines(self, number: int, step: LookupStep, width: int) -> Iterator[Line]:
        head = Text(f"{number} ", Style(bold=step.hit), no_wrap=True, end="")
        head.append(f"{step.kind + ':':<{17 if width >= _ROOMY else 0}} ", Style(dim=True)).append_text(
            name_text(step.name)
        )
        words = f"-> {step.words}" if step.hit else step.words
        if head.cell_len + 2 + len(words) <= width:
            head.append("  ").append(words, Style.null() if step.hit else Style(dim=True))
            yield Line(head, os.fsencode(step.name))
        else:
            yield from self.fact("", head, os.fsencode(step.name), width, indent=0)
            yield from self.sentence(words, "" if step.hit else "heading", width, 3)
        for miss in step.near:
            yield from self.sentence(f"? almost {shown(miss.other)}: {miss.words}", "warning", width, 3)
