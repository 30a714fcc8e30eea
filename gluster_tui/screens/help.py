"""The keys and the signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..commands import APP_COMMANDS, EXPLORER_COMMANDS, WORKBENCH_COMMANDS, Command
from ..widgets.file_list import DEGRADED, FAILED_SIGN, UNMAPPED
from .dialog import Dialog

__all__ = ["HelpScreen"]

_MOVES = (
    ("↑ ↓ pgup pgdn", "move in a panel; home and end, j and k too"),
    ("← →", "close and open a directory of the tree"),
    ("tab, shift+tab", "go to the next panel, to the one before"),
    ("enter", "files: go to the replicas; tree: open or close; filter: back to the files"),
    ("ctrl+p", "all commands, and the themes"),
)
_SIGNS = (
    ("●", "a node, in its colour; the host map gave it"),
    ("○", f"a host that stands in for a node: its volume is unmapped ({UNMAPPED})"),
    (DEGRADED, "degraded: a replica is offline, or lacks the file until it is healed"),
    (FAILED_SIGN, "failed: the file could not be placed, the directory not be read"),
    ("12+", "so many files so far; directories below are not listed yet"),
)


class HelpScreen(Dialog[None]):
    """Any of its keys leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1,enter", "dismiss", "Close")]

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide") as dialog:
            dialog.border_title = "Help"
            dialog.border_subtitle = "esc closes"
            commands = [(_key(command), command.words) for command in (*EXPLORER_COMMANDS, *APP_COMMANDS)]
            workbench = [(_key(command), command.words) for command in WORKBENCH_COMMANDS]
            yield Static(_table({"Commands": commands, "Host map": workbench, "Moving": _MOVES, "Signs": _SIGNS}))


def _key(command: Command) -> str:
    return command.key_shown or command.key


def _table(sections: dict[str, Sequence[tuple[str, str]]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for number, (title, rows) in enumerate(sections.items()):
        if number:
            table.add_row("", "")
        table.add_row(Text(title, Style(bold=True)), "")
        for key, words in rows:
            table.add_row(Text(key), Text(words, Style(dim=True)))
    return table
