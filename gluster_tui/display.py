"""How names, sizes and nodes are shown: harmless, cut in the middle, each node in its own colour.

A name is never markup and never reaches the terminal raw: what is not printable stands as an escape, in its own style.
"""

from __future__ import annotations

import colorsys
import os
from collections.abc import Iterable, Sequence

import humanize
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.text import Text

from disco.dfs.gluster.errors import can_be_shown, shown

__all__ = [
    "MATCH",
    "SEVERITY_SIGNS",
    "NodeColours",
    "by_words",
    "counted",
    "cut_middle",
    "name_text",
    "shown",
    "size_text",
    "wrapped",
]

SEVERITY_SIGNS = {"error": "x", "warning": "!", "note": "-"}
MATCH = Style(bold=True, underline=True)
_ESCAPED = Style(dim=True, italic=True)
_ELLIPSIS = "…"


def name_text(name: bytes | str, *, marks: Sequence[tuple[int, int]] = (), style: Style | str = "") -> Text:
    """A name for the screen. ``marks``: (start, end) in its bytes, what a filter matched."""
    text, decoded = Text(style=style, no_wrap=True, end=""), os.fsdecode(name)
    if can_be_shown(decoded) and (not marks or decoded.isascii()):
        text.append(decoded)
        for start, end in marks:
            text.stylize(MATCH, start, end)
        return text
    at = 0
    for character in decoded:
        length = len(os.fsencode(character))
        marked = any(start < at + length and at < end for start, end in marks)
        visible = shown(character)
        look = _ESCAPED if visible != character else Style.null()
        text.append(visible, look + MATCH if marked else look)
        at += length
    return text


def _units(text: str) -> list[tuple[int, int]]:
    """The text's characters, each with what combines with it: (where it ends, how many cells it takes)."""
    ends = [index for index, character in enumerate(text) if index and cell_len(character)]
    ends.append(len(text))
    return [(end, cell_len(text[start:end])) for start, end in zip([0, *ends], ends, strict=False)]


def cut_middle(text: Text, width: int) -> Text:
    """The text in at most ``width`` cells, what is too much taken from its middle."""
    if text.cell_len <= width:
        return text
    if width < 2:
        return Text(_ELLIPSIS[:width], no_wrap=True, end="")
    units = _units(text.plain)
    head, tail = 0, len(units)
    head_cells = tail_cells = 0
    while True:
        take_tail = tail_cells < head_cells
        cells = units[tail - 1 if take_tail else head][1]
        if head_cells + tail_cells + cells > width - 1:
            break
        if take_tail:
            tail, tail_cells = tail - 1, tail_cells + cells
        else:
            head, head_cells = head + 1, head_cells + cells
    cut = text[: units[head - 1][0] if head else 0]
    cut.append(_ELLIPSIS, Style(dim=True))
    cut.append_text(text[units[tail - 1][0] :])
    return cut


def wrapped(text: Text, width: int) -> list[Text]:
    """The whole text in lines of at most ``width`` cells, broken anywhere: it may be copied from the screen."""
    lines, start, begin, cells = [], 0, 0, 0
    for end, size in _units(text.plain):
        if cells + size > max(width, 2):
            lines.append(text[start:begin])
            start, cells = begin, 0
        begin, cells = end, cells + size
    lines.append(text[start:])
    return lines


def by_words(words: str, width: int) -> list[str]:
    """A sentence in lines of at most ``width`` cells, broken between words, and within those that are longer."""
    lines: list[str] = []
    for word in words.split():
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.extend(part.plain for part in wrapped(Text(word), width))
    return lines


def counted(number: int, one: str, more: str) -> str:
    """A number with its word, as ``1 file`` or ``1,204 files``."""
    return f"{number:,} {one if number == 1 else more}"


def size_text(size: int) -> str:
    """Bytes in words, as ``1.2 MB``; a question mark where the size is not known."""
    if size < 0:
        return "?"
    return f"{size} B" if size < 1000 else humanize.naturalsize(size, format="%.1f")


class NodeColours:
    """A colour for each node, by its place among all nodes, sorted: the same on every screen."""

    def __init__(self, nodes: Iterable[str], *, dark: bool = True) -> None:
        self.know(nodes)
        self.dark = dark  # the ground that they stand on

    def know(self, nodes: Iterable[str]) -> None:
        """Takes these for all nodes: files teach the names of their hosts, and so more nodes."""
        self._places = {node: place for place, node in enumerate(sorted(set(nodes)))}

    def style(self, node: str) -> Style:
        """The node's colour. Hues a golden section apart stay distinct however many nodes there are."""
        hue = (0.58 + self._places.get(node, 0) * 0.61803398875) % 1
        red, green, blue = colorsys.hls_to_rgb(hue, 0.66 if self.dark else 0.38, 0.7)
        return Style(color=Color.from_rgb(red * 255, green * 255, blue * 255))

    def chip(self, node: str, *, mapped: bool) -> Text:
        """``● disco-01``, or hollow and with a sign ``○ nx04 !`` where no map entry gave the name."""
        style = self.style(node)
        text = Text(no_wrap=True, end="")
        text.append("● " if mapped else "○ ", style)
        text.append_text(name_text(node, style=style if mapped else ""))
        return text
