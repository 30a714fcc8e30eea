"""Input addresses: ``dfs://NODE/path below the mount point``.

Disco reads the node as the text between ``://`` and the next ``/`` or ``:``, and opens the rest as it stands,
without decoding ``%XX``; so the path goes out as the bytes it is, unless the caller asks for RFC 3986.
"""

from __future__ import annotations

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

    Volumes of a placement never change once it is made, so what depends on the volumes alone is made once a
    placement and kept.
    """

    def __init__(self, cluster: Cluster, hostmap: HostnameMap) -> None:
        self.cluster = cluster
        self.hostmap = hostmap
        self._prefixes: dict[Placement, tuple[bytes, ...]] = {}

    def assignment(self, volume: Volume) -> Assignment:
        """The node of a volume, and what gave it."""
        return self.hostmap.assign(volume)

    def nodes(self, placement: Placement) -> tuple[str, ...]:
        """A node for each usable replica, in the order of the client graph."""
        return tuple(self.hostmap.assign(self.cluster.volumes[index]).node for index in placement.usable)

    def prefixes(self, placement: Placement) -> tuple[bytes, ...]:
        """``dfs://NODE/`` for each usable replica, in the order of the client graph."""
        prefixes = self._prefixes.get(placement)
        if prefixes is None:
            prefixes = tuple(
                b"dfs://" + node.encode("utf-8", "surrogateescape") + b"/" for node in self.nodes(placement)
            )
            self._prefixes[placement] = prefixes
        return prefixes

    def addresses(self, placement: Placement, path: bytes) -> list[str]:
        """One address a usable replica. ``path``: below the mount point, without a leading slash."""
        tail = path.decode("utf-8", "surrogateescape")
        return [prefix.decode("utf-8", "surrogateescape") + tail for prefix in self.prefixes(placement)]

    def unmapped(self, placement: Placement) -> tuple[int, ...]:
        """The usable volumes of a placement that no entry of the host map names."""
        volumes = self.cluster.volumes
        return tuple(index for index in placement.usable if self.hostmap.assign(volumes[index]).unmapped)
