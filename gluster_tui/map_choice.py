"""How a user wants a dataset opened. The core is not imported for it: the first screen waits for it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .exits import BAD_INPUT, Exit

if TYPE_CHECKING:
    from disco.dfs.gluster.inputfs import PlacementMode
    from disco.dfs.gluster.nodes import KnownNodes

__all__ = ["MapChoice", "map_choice"]


@dataclass(frozen=True)
class MapChoice:
    """How a user wants a dataset opened: with which host map (a file, none at all, or neither: the one that is
    found), and how files are placed. ``lenient``: lines of the map that cannot be used are left out, and are no error.
    ``nodes``: those that the cluster knows.
    """

    file: str | None = None
    none: bool = False
    placement: PlacementMode = "auto"
    lenient: bool = False
    nodes: KnownNodes | None = None


def map_choice(arguments: argparse.Namespace) -> MapChoice:
    """How the arguments want a dataset opened."""
    return MapChoice(
        file=arguments.hostname_map,
        none=arguments.no_hostname_map,
        placement="exact" if arguments.exact else "auto",
        nodes=_nodes(arguments),
    )


def _nodes(arguments: argparse.Namespace) -> KnownNodes | None:
    """The nodes that the cluster knows, where the arguments say of any."""
    listed: str | None = vars(arguments).get("nodes")
    master: str | None = vars(arguments).get("disco_master")
    if listed is None and master is None:
        return None
    from disco.dfs.gluster.disco_master import nodes_of_master
    from disco.dfs.gluster.errors import NodesError, shown
    from disco.dfs.gluster.nodes import nodes_from_argument

    try:
        return nodes_from_argument(listed) if listed is not None else nodes_of_master(str(master))
    except NodesError as error:
        raise Exit(BAD_INPUT, shown(str(error))) from error
