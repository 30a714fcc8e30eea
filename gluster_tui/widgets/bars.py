"""The lines above and below the panels: what one looks at, what the filter is, what is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static

from disco.dfs.gluster.errors import FilterError, NoHostnameMapError
from disco.dfs.gluster.filters import Filter, as_filter, compile_regex
from disco.dfs.gluster.workers import DaemonExecutor

from ..display import counted, cut_middle, name_text, shown, size_text
from ..session import Session
from ..updates import Update
from .line import Line

__all__ = ["FilterBar", "NoticeBar", "TitleBar", "Typed", "progress_words"]

_TYPED = 36  # cells for the filter and its kind
_LONGEST_PROGRESS = "filtering... 99%"  # but for what is rare
_SLOW = 1.0  # seconds after which a call on the mount is called waiting


class TitleBar(Static):
    """Which inputfs this is, and which host map is in use."""

    def __init__(self, session: Session) -> None:
        super().__init__(id="title")
        self.session = session

    def render(self) -> Text:
        width = self.size.width
        session = self.session
        left = Text(no_wrap=True, end="").append("gluster-tui", Style(bold=True)).append("  ")
        left.append_text(name_text(session.source.mount_point, style=Style(bold=True)))
        left.append("  ").append_text(name_text(session.cluster_words))
        if session.is_recording:
            left.append(" (recorded)", Style(dim=True))
        right = self._map_text(session.map_words)
        if width < left.cell_len + right.cell_len + 2:
            right = self._map_text(session.map_words.rpartition(", ")[2])
        left = cut_middle(left, max(width - right.cell_len - 2, 10))
        left.pad_right(max(width - left.cell_len - right.cell_len, 1))
        return left.append_text(right)

    def _map_text(self, words: str) -> Text:
        text = Text(no_wrap=True, end="").append("map: ", Style(dim=True))
        return text.append_text(name_text(words, style=Style(dim=True)))


class Typed(NamedTuple):
    """What stands in the filter's line. ``regex``: it is an expression."""

    text: str = ""
    regex: bool = False


@dataclass
class _Compiled(Message):
    """What came of an expression that was typed."""

    text: str
    outcome: Filter | FilterError


class FilterBar(Horizontal):
    """The filter as it is typed, and how much of the dataset it keeps."""

    class Changed(Message):
        """The filter keeps something else now."""

        def __init__(self, keep: Filter) -> None:
            super().__init__()
            self.keep = keep

    regex: reactive[bool] = reactive(False)

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._latest: Update | None = None
        self._kind_shown = Text()
        self._wanted = Typed()
        self._compiler = DaemonExecutor(1, "compiler")

    def compose(self) -> ComposeResult:
        yield Static("Filter", id="filter-label")
        yield Line(placeholder="/ to type a part of the path", id="filter", select_on_focus=False)
        yield Static("", id="filter-kind")
        yield Static("", id="filter-counts")

    @property
    def input(self) -> Input:
        """The line that is typed into."""
        return self.query_one("#filter", Input)

    @property
    def typed(self) -> Typed:
        """What stands in the line."""
        return Typed(self.input.value, self.regex)

    @typed.setter
    def typed(self, typed: Typed) -> None:
        self.regex, self.input.value = typed.regex, typed.text

    def watch_regex(self) -> None:
        if self.is_mounted:
            self._tell()

    def on_mount(self) -> None:
        self._show_kind(None)
        # Not when its message comes: the line may be painted before, and that takes longer than to find what it keeps.
        self.watch(self.input, "value", self._tell, init=False)

    def _tell(self) -> None:
        text = self.input.value
        self._wanted = Typed(text, self.regex)
        if self.regex and text:
            self._compiler.submit(self._compile, text)
        else:
            self._take(as_filter(text))

    def _compile(self, text: str) -> None:
        """On a thread: an expression that somebody pastes may take seconds."""
        if self._wanted == (text, True):
            try:
                self.post_message(_Compiled(text, compile_regex(text)))
            except FilterError as error:
                self.post_message(_Compiled(text, error))

    def on__compiled(self, message: _Compiled) -> None:
        message.stop()
        if self._wanted == (message.text, True):
            self._take(message.outcome)

    def _take(self, outcome: Filter | FilterError) -> None:
        if isinstance(outcome, FilterError):
            self._show_kind(outcome)
            return
        self._show_kind(None)
        self.post_message(self.Changed(outcome))

    def on_unmount(self) -> None:
        self._compiler.shutdown()

    def _show_kind(self, error: FilterError | None) -> None:
        kind = "regex" if self.regex else "substring"
        words = Text(f"[{kind}]", style=Style(dim=True))
        if error is not None:
            where = "" if error.position is None else f" at {error.position + 1}"
            words = Text(f"x {error.fact}{where}")
        if words != self._kind_shown:
            self._kind_shown = words
            self.set_class(error is not None, "-error")
            self.query_one("#filter-kind", Static).update(words)

    def show(self, update: Update) -> None:
        """Shows how much the filter keeps, and how far the walk is."""
        self._latest = update
        self._show_counts()

    def on_resize(self) -> None:
        self._show_counts()

    def _show_counts(self) -> None:
        """Right-aligned in room that does not depend on what is kept: to lay out the screen for each key takes as long
        as to paint it.
        """
        if self._latest is None:
            return
        totals, progress = self._latest.picture.totals, progress_words(self._latest)
        whole, longest = f"{self._latest.picture.scope.files_below:,}", max(_LONGEST_PROGRESS, progress, key=len)
        for size, most in ((f", {size_text(totals.bytes)}", ", 999.9 MB"), ("", "")):
            room = len(f"{whole} of {whole} files{most}   {longest}")
            words = f" of {whole} files{size}"
            if room <= self.size.width - _TYPED:
                break
        else:  # how far the walk is stands in any case
            room, words = len(f"{whole} files   {longest}"), " files"
        text = Text(f"{totals.files:,}", Style(bold=True), no_wrap=True, end="")
        text = Text(no_wrap=True, end="").append_text(text).append(words).append("   ")
        text.append(progress, Style(dim=self._latest.complete))
        text.pad_left(max(room - text.cell_len, 0))
        counts_line = self.query_one("#filter-counts", Static)
        counts_line.update(text, layout=text.cell_len != counts_line.size.width)


def progress_words(update: Update) -> str:
    """How far the walk is, as ``walking... 61%``, ``complete`` or ``stopped at 61%: incomplete``."""
    percent = min(int(update.progress.fraction * 100), 99)
    if update.stopped:
        return f"stopped at {percent}%: incomplete"
    if update.filter_fault is not None:
        return "not all filtered: incomplete"
    if update.complete:
        return "complete"
    if update.placed:
        totals = update.picture.totals
        return f"sizes... {100 - -(-100 * totals.unsized // totals.files)}%"
    if update.progress.complete:
        return f"filtering... {int(update.filtered * 100)}%"
    return f"walking... {percent}%"


class NoticeBar(Static):
    """What is wrong, most pressing first: a hung call, an error, failed files, unmapped volumes, the lack of a map."""

    def __init__(self, session: Session) -> None:
        super().__init__(id="notice")
        self.session = session
        self.latest: Update | None = None
        self._shown = Text()
        self._map_words = ""

    def on_mount(self) -> None:
        self.set_interval(1, self.show_latest)

    def show(self, update: Update) -> None:
        """Shows what an update tells."""
        self.latest = update
        self.show_latest()

    def tell_of_map(self, words: str) -> None:
        """Says what has become of the host map's file; "" for nothing."""
        self._map_words = words
        self.show_latest()

    def show_latest(self) -> None:
        """Shows it again: the seconds of a call that waits go on."""
        text = Text(" ", no_wrap=True, end="")
        for number, (words, look) in enumerate(self._notices()):
            if number:
                text.append("   ")
            text.append(words, Style.parse(look) if not look.startswith("$") else Style.null())
        if text != self._shown:
            self._shown = text
            self.update(text, layout=False)

    def _notices(self) -> Iterable[tuple[str, str]]:
        update = self.latest
        if update is None:
            yield "opening ...", "dim"
            return
        if update.error is not None:
            yield f"x {shown(str(update.error))}", "bold"
        if update.stale:
            yield "! stale: the client graph has changed since this was read. R reads it again", "bold"
        if update.filter_fault is not None:
            yield f"x {shown(update.filter_fault)}", "bold"
        slow = [waiting for waiting in update.waiting if time.monotonic() - waiting.since > _SLOW]
        if slow:
            longest = min(slow, key=lambda waiting: waiting.since)
            seconds = int(time.monotonic() - longest.since)
            why = "large, or a brick does not answer" if longest.listing else "a brick is slow, or does not answer"
            yield f"~ waiting {seconds} s for /{shown(longest.path)}: {why}", "bold"
        for name in self.session.source.cluster.down:
            yield f"x {shown(name)} is down: its files are in no listing", "bold"
        disproved = self.session.source.disproved
        if disproved is not None:
            yield f"! the listing of {shown(disproved)} contradicts its attribute: every file is asked now", ""
        totals = update.picture.totals
        if totals.failed:
            yield f"x {counted(totals.failed, 'file', 'files')} could not be placed", "bold"
        if totals.unreadable:
            yield f"x {counted(totals.unreadable, 'directory', 'directories')} could not be read", "bold"
        yield from self._map_notices(update)

    def _map_notices(self, update: Update) -> Iterable[tuple[str, str]]:
        if self._map_words:
            yield self._map_words, "bold"
        error = self.session.map_error
        if isinstance(error, NoHostnameMapError):
            yield f"! no host map, hosts stand in: looked at {' and '.join(map(shown, error.places))}", ""
            return
        if error is not None:
            yield f"! {shown(str(error))}", ""
            return
        volumes = self.session.source.cluster.volumes
        files = update.picture.unmapped_files(self.session.addresser)
        for index, count in files.items():
            yield (
                f"! {shown(volumes[index].name)} is unmapped: {counted(count, 'file loses', 'files lose')} locality",
                "",
            )
        if not files:
            unmapped = [volume.name for volume in self.session.unmapped_volumes]
            if unmapped:
                yield f"! unmapped: {shown(', '.join(unmapped))} (no file shown lies there)", ""
            elif any(self.session.hostmap.assign(v).unmapped for v in self.session.data_volumes):
                yield "which volumes are mapped is known when their files have told their hosts", "dim"
            elif not slow_or_failed(update):
                yield "every volume is mapped" if self.session.hostmap.wanted else "no host map in use", "dim"


def slow_or_failed(update: Update) -> bool:
    """Whether something more pressing is told already."""
    totals = update.picture.totals
    return bool(update.error or totals.failed or totals.unreadable)
