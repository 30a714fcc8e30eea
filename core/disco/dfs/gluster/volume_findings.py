"""What a host map does to the volumes of a cluster: unmapped ones, shared nodes, nodes that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

from .cluster import Group, Volume
from .errors import shown
from .finding import Finding, Severity, Subject, near_words
from .near_misses import NameIndex, NearMiss
from .volume_tally import Share

__all__ = ["group_findings", "node_findings", "volume_findings"]


def volume_findings(subject: Subject) -> Iterator[Finding]:
    """The volumes with data that no entry names; of those whose hosts are not known yet, that this is so."""
    shares = subject.tally.by_volume() if subject.tally is not None else None
    for volume in subject.unmapped:
        trace = subject.hostmap.explain(volume, subject.volumes)
        near = trace.near
        share = shares.get(volume.index, Share()) if shares is not None else None
        severity, words = _words(subject, volume, share)
        yield Finding(
            severity,
            "unmapped-volume" if severity == "error" else "unknown-host",
            words + near_words(near, "the entry"),
            *subject.place(None),
            volumes=(volume.index,),
            node=subject.assignments[volume.index].node,
            files=share.files if share else None,
            bytes=share.bytes if share else None,
            near=near,
        )


def _words(subject: Subject, volume: Volume, share: Share | None) -> tuple[Severity, str]:
    """How bad it is that no entry names a volume, and what to say: an entry may name a host that is not known."""
    cluster, name = subject.cluster, shown(volume.name)
    hosts = subject.hostmap.entries.keys() - {other.name for other in subject.volumes}
    if not cluster.taught(volume.group):
        return "note", f"no entry names {name} yet: no file here has shown its host"
    if not cluster.host_known(volume) and hosts:
        return "warning", f"no entry names {name}, or one by its host: it is offline, so that its host is not known"
    if share is None:
        return "error", f"{name} is unmapped"
    return "error", f"{name} is unmapped: {share.files:,} {'file loses' if share.files == 1 else 'files lose'} locality"


def group_findings(subject: Subject) -> Iterator[Finding]:
    """Groups of which several volumes with data are on one node."""
    shares = subject.tally.by_group() if subject.tally is not None else None
    for group in subject.cluster.groups:
        on: dict[str, list[Volume]] = {}
        for index in group.volumes:
            if index < len(subject.volumes) and _is_placed(subject, volume := subject.volumes[index]):
                on.setdefault(subject.assignments[index].node, []).append(volume)
        for node, volumes in on.items():
            if len(volumes) > 1:
                share = shares.get(group.index, Share()) if shares is not None else None
                yield _shared(subject, group, node, volumes, share)


def _is_placed(subject: Subject, volume: Volume) -> bool:
    """It holds data, and its node is certain: by an entry, or by a host that is known."""
    by_entry = subject.assignments[volume.index].entry is not None
    return not volume.arbiter and (by_entry or subject.cluster.host_known(volume))


def _shared(subject: Subject, group: Group, node: str, volumes: list[Volume], share: Share | None) -> Finding:
    names = " and ".join(shown(volume.name) for volume in volumes)
    what = "fragments" if group.kind == "disperse" else "replicas"
    die = f"{what} of its files die together, and leave jobs less choice"
    entry = subject.assignments[volumes[-1].index].entry
    return Finding(
        "warning",
        "shared-node",
        f"{names} of {shown(group.name)} are on one node, {shown(node)}: {die}",
        *(subject.place(entry, of_node=True) if entry is not None else (None, None, None)),
        volumes=tuple(volume.index for volume in volumes),
        node=node,
        files=share.files if share else None,
        bytes=share.bytes if share else None,
    )


def node_findings(subject: Subject) -> Iterator[Finding]:
    """Nodes of the map, or hosts that stand for nodes where no map is wanted, that the cluster does not know."""
    nodes = subject.nodes
    if nodes is None:
        return
    known = frozenset(nodes.names)
    used = {entry.node for entry in subject.hostmap.entries.values()}
    index = NameIndex(nodes.names)
    users: dict[str, list[int]] = {}
    for volume, assignment in zip(subject.volumes, subject.assignments, strict=True):
        if not volume.arbiter and not assignment.unmapped:
            users.setdefault(assignment.node, []).append(volume.index)
    entries = {entry.node: entry for entry in reversed(subject.hostmap.entries.values())}
    for node in (*reversed(entries), *(() if subject.hostmap.wanted else users)):
        if node in known:
            continue
        near = tuple(miss for miss in index.near(node) if not _is_neighbour(miss, used))
        entry = entries.get(node)
        what = f"the node {shown(node)}" if entry else f"the host {shown(node)}, which stands for its node,"
        yield Finding(
            "error",
            "unknown-node",
            f"{what} is not among the {len(known):,} of {shown(nodes.source)}" + near_words(near, "the node"),
            *(subject.place(entry, of_node=True) if entry else (None, None, None)),
            name=entry.name if entry else None,
            volumes=tuple(users.get(node, ())),
            node=node,
            near=near,
        )


def _is_neighbour(miss: NearMiss, used: set[str]) -> bool:
    """A digit apart, and meant by another entry: in a row of nodes every name is a digit apart from the next."""
    return miss.differences == ("digit",) and miss.other in used
