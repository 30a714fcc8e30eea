"""Makes a recording of a dataset: the writing side of ``recording.py``, where the format stands."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO, Any, BinaryIO

from .errors import CookiesDisprovedError
from .export import replacing
from .hostmap import HostnameMap
from .inputfs import Source, Start
from .recorded import recorded_bytes
from .recording import VERSION
from .units import GONE
from .walk import Report, WalkedDirectory, walk_directories
from .walker import placement_or_fault

__all__ = ["record"]


def record(
    source: Source,
    start: Start,
    target: bytes,
    *,
    hostname_map: HostnameMap | None = None,
    progress: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Records the dataset below ``start`` into the file ``target``, compressed where its name ends in ``.gz``.

    ``hostname_map``: recorded where one is in use. ExportError where ``target`` cannot be written; directories and
    files that fail are recorded as such, and are in the report.
    """
    try:
        return _record_once(source, start, target, hostname_map, progress)
    except CookiesDisprovedError as error:
        report = _record_once(source, start, target, hostname_map, progress)  # by attributes now
        report.disproved = error.path
        return report


def _record_once(
    source: Source,
    start: Start,
    target: bytes,
    hostname_map: HostnameMap | None,
    progress: Callable[[Report], None],
) -> Report:
    report = Report()
    directories = files = 0
    # The header tells the hosts that the files taught, so it is written last and the directories wait until then.
    with tempfile.TemporaryFile() as body, replacing(target) as out:
        for walked in walk_directories(source, start, report=report):
            if walked.listed.gone:
                continue
            line = _directory_line(source, walked)
            directories, files = directories + 1, files + len(line.get("files", ()))
            body.write(_json(line))
            progress(report)
        body.seek(0)
        if target.endswith(b".gz"):
            # mtime=0: the same dataset gives the same bytes.
            with gzip.GzipFile(fileobj=out, mode="wb", mtime=0, filename="") as packed:
                _write(packed, body, _header(source, start, hostname_map), directories, files)
        else:
            _write(out, body, _header(source, start, hostname_map), directories, files)
    return report


def _write(
    out: BinaryIO | gzip.GzipFile, body: IO[bytes], header: dict[str, Any], directories: int, files: int
) -> None:
    out.write(_json(header))
    shutil.copyfileobj(body, out, 1 << 20)
    out.write(_json({"end": {"directories": directories, "files": files}}))


def _json(value: dict[str, Any]) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
    except UnicodeEncodeError:  # a host or a brick that is not UTF-8: surrogate escapes, which only JSON's own can tell
        return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"


def _header(source: Source, start: Start, hostname_map: HostnameMap | None) -> dict[str, Any]:
    cluster = source.cluster
    text = None
    if hostname_map is not None and hostname_map.wanted:
        text = {"source": hostname_map.source, "text": recorded_bytes(hostname_map.text)}
    return {
        "gluster_tui_recording": VERSION,
        "name": cluster.name,
        "mount_point": recorded_bytes(source.mount_point),
        "start": recorded_bytes(start.directory),
        "recorded": datetime.now(UTC).isoformat(timespec="seconds"),
        "groups": [{"name": g.name, "kind": g.kind, "redundancy": g.redundancy} for g in cluster.groups],
        "volumes": [
            {
                "name": volume.name,
                "host": volume.host,
                "brick": volume.brick,
                "configured_host": volume.configured_host,
                "group": volume.group,
                "arbiter": volume.arbiter,
                "online": volume.online,
            }
            for volume in cluster.volumes
        ],
        "down": list(cluster.down),
        "shard_block_size": cluster.shard_block_size,
        "hostname_map": text,
    }


def _directory_line(source: Source, walked: WalkedDirectory) -> dict[str, Any]:
    listed = walked.listed
    if listed.error:
        return {"directory": recorded_bytes(listed.directory), "error": list(listed.error)}
    files: list[Any] = []
    sizes: list[int] = []
    groups: list[int] = []
    absent: dict[str, list[int]] = {}
    failed: dict[str, list[Any]] = {}
    for _, names, resolved in walked.batches:
        placements = [placement_or_fault(source, answer) for answer in resolved.answers]
        failures = {index: [number, words] for index, number, words in resolved.failures}
        for index, (name, placed, size) in enumerate(zip(names, resolved.placed, resolved.sizes, strict=True)):
            if placed == GONE:
                continue
            at = str(len(files))
            placement = placements[placed] if placed >= 0 else None
            files.append(recorded_bytes(name))
            sizes.append(size)
            if placement is None:
                failed[at] = failures[index]
                groups.append(-1)
            elif isinstance(placement, str):
                failed[at] = [0, placement]
                groups.append(-1)
            else:
                groups.append(placement.group)
                lacking = [i for i in placement.absent if source.cluster.volumes[i].online is not False]
                if lacking:
                    absent[at] = lacking
    line: dict[str, Any] = {
        "directory": recorded_bytes(listed.directory),
        "directories": [recorded_bytes(name) for name in listed.directories],
        "files": files,
        "sizes": sizes,
        "groups": groups,
    }
    extras = {"absent": absent, "failed": failed, "others": listed.others}
    return line | {key: value for key, value in extras.items() if value}
