"""What ``gluster-tui check --json`` prints: one document, for scripts.

Names that are not UTF-8 have surrogate escapes in it, as ``files()`` gives them. Volumes are named; lines and columns
count from 1; null stands where something is not known.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from disco.dfs.gluster.findings import Finding
from disco.dfs.gluster.near_misses import NearMiss
from disco.dfs.gluster.nodes import KnownNodes
from disco.dfs.gluster.suggestions import suggest
from disco.dfs.gluster.volume_tally import Share, VolumeTally
from disco.dfs.gluster.walk import Report

from ..session import Session

__all__ = ["VERSION", "check_document"]

VERSION = 1  # of the document: what is added to it does not change that


def check_document(
    session: Session, found: Sequence[Finding], tally: VolumeTally, report: Report, nodes: KnownNodes | None
) -> dict[str, Any]:
    """The document, ready for ``json.dumps()``."""
    cluster = session.source.cluster
    counts = Counter(finding.severity for finding in found)
    return {
        "gluster_tui_check": VERSION,
        "inputfs": {"mount_point": os.fsdecode(session.source.mount_point), "name": cluster.name},
        "host_map": {"source": session.hostmap.source} if session.hostmap.wanted else None,
        "nodes": None if nodes is None else {"source": nodes.source, "names": list(nodes.names)},
        "files": report.files,
        "bytes": sum(tally.bytes.values()),
        "unresolved": len(report.failures),
        "counts": {severity: counts[severity] for severity in ("error", "warning", "note")},
        "findings": [_finding(session, finding) for finding in found],
        "volumes": _volumes(session, tally),
        "suggestions": [
            {**asdict(suggestion), "volume": cluster.volumes[suggestion.volume].name}
            for suggestion in suggest(cluster, session.hostmap, nodes)
        ],
    }


def _finding(session: Session, finding: Finding) -> dict[str, Any]:
    volumes = session.source.cluster.volumes
    names = [volumes[index].name for index in finding.volumes]
    return {**asdict(finding), "volumes": names, "near": [_near(miss) for miss in finding.near]}


def _near(miss: NearMiss) -> dict[str, Any]:
    return {"name": miss.name, "other": miss.other, "differences": list(miss.differences), "words": miss.words}


def _volumes(session: Session, tally: VolumeTally) -> list[dict[str, Any]]:
    cluster, shares = session.source.cluster, tally.by_volume()
    rows = []
    for volume in cluster.volumes:
        assignment, share = session.hostmap.assign(volume), shares.get(volume.index, Share())
        entry = assignment.entry
        rows.append(
            {
                "volume": volume.name,
                "host": volume.host,
                "configured_host": volume.configured_host,
                "brick": volume.brick,
                "group": cluster.groups[volume.group].name,
                "arbiter": volume.arbiter,
                "online": volume.online,
                "node": None if volume.arbiter else assignment.node,
                "matched": assignment.matched,
                "entry": {"name": entry.name, "source": entry.source, "line": entry.line} if entry else None,
                "files": share.files,
                "bytes": share.bytes,
            }
        )
    return rows
