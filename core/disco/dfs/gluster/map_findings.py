"""What a host map's file shows by itself, and which of its entries do nothing here."""

from __future__ import annotations

from collections.abc import Iterator

from .errors import shown
from .finding import Finding, Severity, Subject, near_words
from .hostmap import MapEntry, names_of
from .map_grammar import EntryLine, FaultyLine, clash
from .near_misses import NameIndex

__all__ = ["entry_findings", "line_findings"]


def line_findings(subject: Subject) -> Iterator[Finding]:
    """Lines that cannot be used, and names that stand twice."""
    source = subject.hostmap.source
    first: dict[str, EntryLine] = {}
    for line in subject.lines:
        if isinstance(line, FaultyLine):
            yield Finding("error", "malformed-line", line.fact, source, line.number, line.column)
        elif isinstance(line, EntryLine):
            earlier = first.setdefault(line.name, line)
            if earlier is line:
                continue
            conflict = clash(earlier, line)
            yield Finding(
                "error" if conflict else "warning",
                "conflicting-entry" if conflict else "repeated-entry",
                conflict or f"{shown(line.name)} stands in line {earlier.number} already, with the same node",
                source,
                line.number,
                line.node_column if conflict else line.column,
                name=line.name,
                node=line.node,
            )


def entry_findings(subject: Subject) -> Iterator[Finding]:
    """Entries that name nothing here, and entries that are never reached."""
    named: dict[str, list[int]] = {}
    for volume in subject.volumes:
        for name in dict.fromkeys(name for _, name in names_of(volume)):
            named.setdefault(name, []).append(volume.index)
    meant = NameIndex(name for volume in subject.unmapped for _, name in names_of(volume))
    for name, entry in subject.hostmap.entries.items():
        if name not in named:
            yield _unused(subject, entry, meant)
        elif all(subject.assignments[index].entry is not entry for index in named[name]):
            yield from _shadowed(subject, entry, named[name])


def _unused(subject: Subject, entry: MapEntry, meant: NameIndex) -> Finding:
    near = meant.near(entry.name)
    doubt = bool(subject.hidden) and not near
    words = f"{shown(entry.name)} names nothing here" + near_words(near, "the unmapped")
    if doubt:
        hidden = shown(subject.hidden[0].name)
        more = f" and {len(subject.hidden) - 1:,} more" if len(subject.hidden) > 1 else ""
        words += f" as far as is known: no file has shown the host of {hidden}{more}"
    place = subject.place(entry)
    severity: Severity = "note" if doubt else "warning"
    return Finding(severity, "unused-entry", words, *place, name=entry.name, node=entry.node, near=near)


def _shadowed(subject: Subject, entry: MapEntry, indexes: list[int]) -> Iterator[Finding]:
    if subject.hidden:  # it may yet name one of those
        return
    winners = [found for index in indexes if (found := subject.assignments[index].entry)]
    by = ", ".join(dict.fromkeys(f"{shown(winner.name)} ({winner.place})" for winner in winners[:3]))
    more = f" and {len(winners) - 3:,} more" if len(winners) > 3 else ""
    same = all(winner.node == entry.node for winner in winners)
    words = f"{shown(entry.name)} is never reached: all that it names is named before by {by}{more}"
    yield Finding(
        "note" if same else "warning",
        "shadowed-entry",
        words + (", with the same node" if same else f", and its node {shown(entry.node)} is not used"),
        *subject.place(entry),
        name=entry.name,
        volumes=tuple(indexes),
        node=entry.node,
    )
