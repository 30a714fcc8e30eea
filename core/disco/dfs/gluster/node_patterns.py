"""What the entries of a map have in common: ``nx01-vol1 disco-01`` and ``nx03-vol1 disco-03`` give ``nx02-vol1`` the
node ``disco-02``.

A pattern takes one number of a name, adds a constant, and puts it into the node; all else of the node stays. Names
follow a pattern that differ from each other in their numbers alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .hostmap import MapEntry

__all__ = ["NodePatterns", "Patterned"]

_NUMBER = re.compile(r"[0-9]{1,18}")
_RUNS = 12  # numbers in a name, at most, that are tried


class _Rule(NamedTuple):
    """``run``: which number of the name; ``head``, ``tail``: what stands around the number in the node."""

    run: int
    head: str
    tail: str
    added: int


@dataclass
class _Evidence:
    """The entries that follow a rule: their numbers, as they stand in the name and in the node."""

    entries: list[MapEntry] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def values(self) -> int:
        """How many different numbers there are among them."""
        return len({int(number) for number, _ in self.numbers})

    def written(self, number: int, in_name: str) -> str:
        """A number as these entries would write it: with zeros before it where they have some."""
        widths = {len(of_node) for _, of_node in self.numbers}
        padded = [of_node for _, of_node in self.numbers if of_node.startswith("0") and len(of_node) > 1]
        if padded:
            return f"{number:0{max(map(len, padded))}}"
        if len(widths) == 1 and in_name.startswith("0") and {len(in_name)} == widths:
            return f"{number:0{len(in_name)}}"
        return str(number)


class Patterned(NamedTuple):
    """A node by a pattern. ``entries``: those that show it, in the order of the file."""

    node: str
    entries: Sequence[MapEntry]


class NodePatterns:
    """The patterns of some entries."""

    def __init__(self, entries: Iterable[MapEntry]) -> None:
        self._rules: defaultdict[str, defaultdict[_Rule, _Evidence]] = defaultdict(lambda: defaultdict(_Evidence))
        self._counts: defaultdict[str, int] = defaultdict(int)
        for entry in entries:
            shape = _shape(entry.name)
            self._counts[shape] += 1
            for rule, numbers in _rules_of(entry):
                evidence = self._rules[shape][rule]
                evidence.entries.append(entry)
                evidence.numbers.append(numbers)

        self._likely: dict[str, list[tuple[_Rule, _Evidence]]] = {}

    def node_of(self, name: str) -> Patterned | None:
        """The node that the entries of names like this one give it; None where they show no pattern."""
        numbers = _NUMBER.findall(name)
        best: tuple[tuple[int, ...], Patterned] | None = None
        for rule, evidence in self._likely_rules(_shape(name)):
            number = int(numbers[rule.run]) + rule.added
            same_number = {int(of_name) for of_name, _ in evidence.numbers} == {int(numbers[rule.run])}
            if number < 0 or same_number:  # what all of them share says nothing of how they differ
                continue
            node = rule.head + evidence.written(number, numbers[rule.run]) + rule.tail
            alike = sum(len(of_name) == len(of_node) for of_name, of_node in evidence.numbers)
            rank = (len(evidence.entries), evidence.values, not rule.added, alike, -rule.run)
            if best is None or rank > best[0]:
                best = rank, Patterned(node, tuple(evidence.entries))
        return best[1] if best else None

    def _likely_rules(self, shape: str) -> list[tuple[_Rule, _Evidence]]:
        """The rules that most entries of a shape follow; where those show one number only, all, and it as it is."""
        if shape not in self._likely:
            count = self._counts.get(shape, 0)
            self._likely[shape] = [
                (rule, evidence)
                for rule, evidence in self._rules.get(shape, {}).items()
                if 2 * len(evidence.entries) > count
                and (evidence.values > 1 or (len(evidence.entries) == count and not rule.added))
            ]
        return self._likely[shape]


def _shape(name: str) -> str:
    """The name but for its numbers. A digit stands for each: nothing else of the name is one."""
    return _NUMBER.sub("0", name)


def _rules_of(entry: MapEntry) -> Iterable[tuple[_Rule, tuple[str, str]]]:
    numbers = _NUMBER.findall(entry.name)[:_RUNS]
    for found in list(_NUMBER.finditer(entry.node))[:_RUNS]:
        head, tail = entry.node[: found.start()], entry.node[found.end() :]
        for run, number in enumerate(numbers):
            yield _Rule(run, head, tail, int(found[0]) - int(number)), (number, found[0])
