"""Nodes for the volumes that a host map misses, each with its reason; and a whole map from nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .cluster import Cluster, Volume
from .errors import shown
from .hostmap import HostnameMap, names_of
from .map_text import MapText, written_fault
from .near_misses import NameIndex, NearMiss
from .node_patterns import NodePatterns
from .nodes import KnownNodes

__all__ = ["Ground", "Suggestion", "entry_name", "proposed_map", "suggest"]

Ground = Literal["same host", "pattern", "near entry", "known node", "host"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry that would map a volume. ``volume``: its index; ``name``, ``node``: the entry; ``reason``: in words,
    harmless to a terminal. ``replaces``: the name of an entry that was probably meant, and then names nothing.
    """

    volume: int
    name: str
    node: str
    ground: Ground
    reason: str
    replaces: str | None = None


def suggest(cluster: Cluster, hostmap: HostnameMap, nodes: KnownNodes | None = None) -> list[Suggestion]:
    """A suggestion for each volume with data that no entry names, in the order of the client graph; of one map always
    the same. ``nodes``: what they do not hold is suggested only where nothing else is left.

    In this order: the node of the other volumes of its host; what the entries of names like its own have in common; an
    entry that almost names it; a known node that is called as its host, or almost; the host itself.
    """
    suggester = _Suggester(cluster, hostmap, nodes)
    volumes = [v for v in cluster.volumes if not v.arbiter and hostmap.assign(v).entry is None]
    return [found for volume in volumes if (found := suggester.best(volume))]


def proposed_map(cluster: Cluster, hostmap: HostnameMap, nodes: KnownNodes | None = None) -> MapText:
    """A complete map: the text that there is, its unusable lines as comments, and an entry for each volume missed. From
    nothing, an entry a volume.
    """
    text = MapText.parse(hostmap.text).without_faults()
    suggestions = suggest(cluster, hostmap, nodes)
    if not text.lines and suggestions:
        width = max(len(suggestion.name) for suggestion in suggestions)
        entries = {suggestion.name: suggestion.node for suggestion in suggestions}
        return MapText.parse(os.fsencode("".join(f"{name:<{width}} {node}\n" for name, node in entries.items())))
    return text.with_nodes({suggestion.name: suggestion.node for suggestion in suggestions})


def entry_name(volume: Volume) -> str:
    """The name by which an entry names a volume: the first, in the order of look-up, that a file can hold."""
    names = [name for _, name in names_of(volume) if name]
    return next((name for name in names if written_fault(name, "node") is None), volume.name)


class _Suggester:
    def __init__(self, cluster: Cluster, hostmap: HostnameMap, nodes: KnownNodes | None) -> None:
        self.cluster, self.hostmap, self.nodes = cluster, hostmap, nodes
        self.volumes = cluster.volumes
        self._known = frozenset(nodes.names) if nodes else None
        self._near_nodes = NameIndex(nodes.names if nodes else ())
        self._patterns = NodePatterns(hostmap.entries.values())
        self._by_host: dict[str, dict[str, Volume]] = {}  # host -> node -> one of its volumes
        for volume in self.volumes:
            assignment = hostmap.assign(volume)
            if assignment.entry is not None and cluster.host_known(volume):
                self._by_host.setdefault(volume.host, {}).setdefault(assignment.node, volume)

    def best(self, volume: Volume) -> Suggestion | None:
        """The first that a map's file can hold, of a node that is known; else the first that it can hold."""
        possible = [s for s in self._all(volume) if written_fault(s.name, s.node) is None]
        known = [s for s in possible if self._known is None or s.node in self._known]
        return next(iter(known or possible[-1:]), None)

    def _all(self, volume: Volume) -> Iterable[Suggestion]:
        yield from self._same_host(volume)
        yield from self._pattern(volume)
        yield from self._near_entry(volume)
        yield from self._known_node(volume)
        known = self.cluster.host_known(volume)
        words = "its host" if known else "the host it was configured by, since no file has shown its own"
        words += ": nothing better is known"
        yield Suggestion(volume.index, entry_name(volume), volume.host, "host", words)

    def _same_host(self, volume: Volume) -> Iterable[Suggestion]:
        nodes = self._by_host.get(volume.host, {})
        if len(nodes) == 1 and self.cluster.host_known(volume):
            ((node, other),) = nodes.items()
            words = f"{shown(other.name)} is on the same host, {shown(volume.host)}"
            yield Suggestion(volume.index, entry_name(volume), node, "same host", words)

    def _pattern(self, volume: Volume) -> Iterable[Suggestion]:
        for _, name in names_of(volume):
            found = self._patterns.node_of(name)
            if found:
                shows = found.entries[:2]
                told = " and ".join(f"{shown(entry.name)} {shown(entry.node)} ({entry.place})" for entry in shows)
                more = f" and {len(found.entries) - 2:,} more" if len(found.entries) > 2 else ""
                yield Suggestion(volume.index, name, found.node, "pattern", f"by its number, as {told}{more}")

    def _near_entry(self, volume: Volume) -> Iterable[Suggestion]:
        for miss in self.hostmap.explain(volume, self.volumes).near:
            if _is_neighbour(miss):
                continue
            entry = self.hostmap.entries[miss.other]
            words = f"{shown(miss.other)} ({entry.place}) is almost {shown(miss.name)}: {miss.words}"
            yield Suggestion(volume.index, miss.name, entry.node, "near entry", words, replaces=miss.other)

    def _known_node(self, volume: Volume) -> Iterable[Suggestion]:
        hosts = dict.fromkeys((volume.host, volume.configured_host))
        for host in hosts:
            if self._known is not None and host in self._known:
                words = f"a known node is called as its host, {shown(host)}"
                yield Suggestion(volume.index, entry_name(volume), host, "known node", words)
        for host in hosts:
            for miss in self._near_nodes.near(host):
                if _is_neighbour(miss):
                    continue
                words = f"the known node {shown(miss.other)} is almost its host {shown(host)}: {miss.words}"
                yield Suggestion(volume.index, entry_name(volume), miss.other, "known node", words)


def _is_neighbour(miss: NearMiss) -> bool:
    """A digit apart: more likely another machine than one that was misspelt."""
    return "digit" in miss.differences
