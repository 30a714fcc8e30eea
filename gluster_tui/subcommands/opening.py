"""Opening what a user named on the command line, with words for what may be wrong with it."""

from __future__ import annotations

import argparse
import os

from disco.dfs.gluster.errors import ExportError, GlusterError, NodesError, NoHostnameMapError
from disco.dfs.gluster.export import inside_fault
from disco.dfs.gluster.nodes import KnownNodes, nodes_from_argument

from ..display import shown
from ..exits import BAD_INPUT, Exit
from ..session import MapChoice, Session, open_path

__all__ = ["map_choice", "opened", "refuse_inside"]


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
    listed, master = getattr(arguments, "nodes", None), getattr(arguments, "disco_master", None)
    try:
        if master is not None:
            from disco.dfs.gluster.disco_master import nodes_of_master

            return nodes_of_master(master)
        return nodes_from_argument(listed) if listed is not None else None
    except NodesError as error:
        raise Exit(BAD_INPUT, shown(str(error))) from error


def refuse_inside(session: Session, output: str) -> None:
    """ExportError where what is written would change what is read."""
    if session.is_recording:
        return
    target = os.fsencode(output)
    fault = inside_fault(target, os.path.join(session.source.mount_point, session.start.directory))
    if fault:
        raise ExportError(target, fault)


def opened(path: str, choice: MapChoice, *, map_needed: bool) -> Session:
    """The dataset, or the end of the program with a sentence.

    ``map_needed``: that no host map is found is an error, unless it was asked for none.
    """
    try:
        session = open_path(path, choice)
    except GlusterError as error:
        raise Exit(BAD_INPUT, shown(str(error))) from error
    missing = session.map_error
    if map_needed and missing is not None:
        session.close()
        if isinstance(missing, NoHostnameMapError):
            places = " and ".join(shown(place) for place in missing.places)
            words = f"no host map: looked at {places}. Name one by --hostname-map FILE, or go by hosts as they are "
            raise Exit(BAD_INPUT, words + "named by --no-hostname-map")
        raise Exit(BAD_INPUT, shown(str(missing)))
    return session
