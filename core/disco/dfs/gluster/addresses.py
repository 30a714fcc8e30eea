"""Input addresses: ``dfs://NODE/path below the mount point``.

Disco reads the node as the text between ``://`` and the next ``/`` or ``:``, and opens the rest as it stands,
without decoding ``%XX``; so the path goes out as the bytes it is, unless the caller asks for RFC 3986.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from urllib.parse import quote_from_bytes

from .cluster import Cluster, Volume
from .hostmap import Assignment, HostnameMap
from .placement import Placement

__all__ = ["Addresser", "encoded"]

# RFC 3986, pchar and "/": what a path may hold as it is.
_SAFE = "/!$&'()*+,;=:@-._~"


def encoded(path: bytes) -> bytes:
    """A path with every byte that RFC 3986 does not allow in a path as ``%XX``."""
    return quote_from_bytes(path, safe=_SAFE).encode("ascii")


class Addresser:
    """The addresses of files on one inputfs under one host map.

    What depends on a placement alone is made once and kept.
    """

    def __init__(self, cluster: Cluster, hostmap: HostnameMap) -> None:
        self.cluster = cluster
        self.hostmap = hostmap
        self._prefixes: dict[Placement, tuple[str, ...]] = {}
        self._made_for = cluster.volumes

    def assignment(self, volume: Volume) -> Assignment:
        """The node of a volume, and what gave it."""
        return self.hostmap.assign(volume)

    def nodes(self, placement: Placement) -> tuple[str, ...]:
        """A node for each usable replica, in the order of the client graph."""
        return tuple(self.hostmap.assign(self.cluster.volumes[index]).node for index in placement.usable)

    def prefixes(self, placement: Placement) -> tuple[bytes, ...]:
        """``dfs://NODE/`` for each usable replica, in the order of the client graph."""
        return tuple(os.fsencode(prefix) for prefix in self._text_prefixes(placement))

    def addresses(
        self, directory: bytes, names: Sequence[bytes], placements: Sequence[Placement]
    ) -> Iterator[list[str]]:
        """For each of some files of one directory (below the mount point) an address a usable replica."""
        folder = os.fsdecode(directory) + "/" if directory else ""
        heads = {
            placement: [prefix + folder for prefix in self._text_prefixes(placement)] for placement in set(placements)
        }
        tails = os.fsdecode(b"\0".join(names)).split("\0")  # at once: a call a name takes longer than all the rest
        for tail, placement in zip(tails, placements, strict=False):
            yield [head + tail for head in heads[placement]]

    def _text_prefixes(self, placement: Placement) -> tuple[str, ...]:
        if self._made_for is not self.cluster.volumes:  # a host has become known since
            self._prefixes.clear()
            self._made_for = self.cluster.volumes
        prefixes = self._prefixes.get(placement)
        if prefixes is None:
            prefixes = self._prefixes[placement] = tuple(f"dfs://{node}/" for node in self.nodes(placement))
        return prefixes

    def unmapped(self, placement: Placement) -> tuple[int, ...]:
        """The usable volumes of a placement that no entry of the host map names."""
        volumes = self.cluster.volumes
        return tuple(index for index in placement.usable if self.hostmap.assign(volumes[index]).unmapped)
