"""Names, clusters and datasets of which the tests of the core are made."""

import base64
import json
import os
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from disco.dfs.gluster.addresses import Addresser
from disco.dfs.gluster.cluster import Cluster, Volume
from disco.dfs.gluster.graph import parse_volfile
from disco.dfs.gluster.pathinfo import Brick
from disco.dfs.gluster.placement import Placement
from disco.dfs.gluster.recording import Recording, open_recording
from disco.dfs.gluster.units import GONE, ListedDirectory, ResolvedFiles
from disco.dfs.gluster.workers import completed

# Every kind of name that some consumer, terminal or format has stumbled over; none of them is made up of text alone.
ODD_NAMES: dict[str, bytes] = {
    "space": b"two  words",
    "edge spaces": b" padded ",
    "tab": b"a\tb",
    "newline": b"a\nb",
    "carriage return": b"a\rb",
    "escape": b"\x1b[31mred\x1b[0m",
    "not UTF-8": b"\xff\xfe-latin-\xe9",
    "UTF-8": "größe-日本-😀".encode(),
    "decomposed": "gro\u0308ße".encode(),
    "line separators": "a\u2028b\u0085c".encode(),
    "unseen": "a\u034f\u3164\ufe0f\u2800b".encode(),
    "percent": b"100%41%",
    "double quote": b'say "hi"',
    "single quote": b"it's",
    "backslash": b"back\\slash\\n",
    "leading dash": b"-rf",
    "shell": b"$(id);`id`|&*?[a]",
    "delimiters": b"a,b:c#d?e=f",
    "imitated entry": b"x> <POSIX(|srv):evil:|srv|y>)",
}
CARRIED_BY_LINES = [kind for kind, name in ODD_NAMES.items() if not set(name) & set(b"\t\n\r")]


def addresses(addresser: Addresser, placement: Placement, path: bytes) -> list[str]:
    """The addresses of one file, by its path below the mount point."""
    directory, _, name = path.rpartition(b"/")
    return next(addresser.addresses(directory, [name], [placement]))


def volume_text(name: str, kind: str, subvolumes: Iterable[str] = (), options: Mapping[str, str] = {}) -> str:
    """One volume of a volfile."""
    lines = [f"volume {name}", f"    type {kind}", *(f"    option {key} {value}" for key, value in options.items())]
    if children := " ".join(subvolumes):
        lines.append(f"    subvolumes {children}")
    return "\n".join([*lines, "end-volume", "", ""])


def client_text(name: str, host: str, brick: str) -> str:
    """One client of a volfile."""
    return volume_text(name, "protocol/client", (), {"remote-host": host, "remote-subvolume": brick})


def web_volfile() -> bytes:
    """Two replicate groups of two: nx01 and nx02, nx03 and nx04, each with the brick /data/b1."""
    text = "".join(client_text(f"nx0{i}-vol1", f"nx0{i}", "/data/b1") for i in (1, 2, 3, 4))
    text += volume_text("web-replicate-0", "cluster/replicate", ["nx01-vol1", "nx02-vol1"])
    text += volume_text("web-replicate-1", "cluster/replicate", ["nx03-vol1", "nx04-vol1"])
    text += volume_text("web-dht", "cluster/distribute", ["web-replicate-0", "web-replicate-1"])
    return (text + volume_text("web", "debug/io-stats", ["web-dht"])).encode()


def web_cluster() -> Cluster:
    """The cluster of `web_volfile()`."""
    return parse_volfile(web_volfile()).cluster()


def bricks(*hosts: str, base: str = "/data/b1") -> tuple[Brick, ...]:
    """A brick on each host, in the same directory."""
    return tuple(Brick(host, base) for host in hosts)


def a_volume(index: int = 0, **facts: Any) -> Volume:
    """A volume of which only the named facts matter."""
    plain = {"name": f"web-client-{index}", "host": f"nx0{index}", "brick": "/data/b1", "group": 0}
    facts = {"configured_host": facts.get("host", plain["host"])} | plain | facts
    return Volume(index, **facts)


Line = dict[str, Any]


def header_line(**changes: Any) -> Line:
    """The first line of a recording of `web_cluster()`, mounted at /inputfs."""
    hosts = ("nx01", "nx02", "nx03", "nx04")
    volumes = [
        {"name": f"{host}-vol1", "host": host, "brick": "/data/b1", "configured_host": host, "group": i // 2}
        for i, host in enumerate(hosts)
    ]
    groups = [{"name": f"web-replicate-{i}", "kind": "replicate", "redundancy": 0} for i in (0, 1)]
    header = {"gluster_tui_recording": 1, "mount_point": "/inputfs", "name": "web", "groups": groups}
    return header | {"volumes": volumes} | changes


def end_line(lines: Iterable[Line]) -> Line:
    """The last line of a recording that holds these directories."""
    files = [len(found) if isinstance(found := line.get("files"), list) else 0 for line in lines]
    return {"end": {"directories": len(files), "files": sum(files)}}


def written_name(name: bytes) -> str | dict[str, str]:
    """A name as a recording holds it."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(name).decode()}


def directory_line(
    directory: bytes, files: Iterable[bytes] = (), directories: Iterable[bytes] = (), **extra: Any
) -> Line:
    """The line of a directory: a file's size is the length of its name, its group hangs on its name."""
    names = sorted(files)
    return {
        "directory": written_name(directory),
        "directories": [written_name(name) for name in sorted(directories)],
        "files": [written_name(name) for name in names],
        "sizes": [len(name) for name in names],
        "groups": [zlib.crc32(name) % 2 for name in names],
    } | extra


def tree_lines(paths: Iterable[bytes]) -> list[Line]:
    """The lines of the directories that hold these files; a path that ends in a slash is an empty directory."""
    tree: dict[bytes, tuple[set[bytes], set[bytes]]] = {b"": (set(), set())}
    for path in paths:
        folder = b""
        *folders, name = path.split(b"/")
        for part in folders:
            tree[folder][1].add(part)
            folder = os.path.join(folder, part)
            tree.setdefault(folder, (set(), set()))
        if name:
            tree[folder][0].add(name)
    return [directory_line(folder, files, directories) for folder, (files, directories) in sorted(tree.items())]


def recording_text(lines: Iterable[Line], **header: Any) -> bytes:
    """A whole recording."""
    lines = list(lines)
    return b"".join(json.dumps(line).encode() + b"\n" for line in [header_line(**header), *lines, end_line(lines)])


class WholeRecording(Recording):
    """A recording that was read to its end, so that any directory can be asked for, and more than once."""

    def __init__(self, recording: Recording) -> None:
        self.__dict__.update(recording.__dict__)
        self._listed: dict[bytes, ListedDirectory] = {}
        waiting = [recording.start.directory]
        try:
            while waiting:
                listed = recording.list_directory(waiting.pop(), sizes=True).result()
                self._listed[listed.directory] = listed
                waiting += [os.path.join(listed.directory, name) for name in listed.directories]
        finally:
            recording.close()

    def list_directory(self, directory: bytes, *, sizes: bool, ask: bool = False) -> Future[ListedDirectory]:
        return completed(self._listed.get(directory) or ListedDirectory(directory, [], [], gone=True))

    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]:
        """What the listing says of some files, as if it were asked for each of them."""
        listed = self._listed[directory]
        failures = {index: failure for index, *failure in listed.failures}
        indexes = [listed.files.index(name) if name in listed.files else -1 for name in names]
        return completed(
            ResolvedFiles(
                list(listed.answers),
                [listed.placed[index] if index >= 0 else GONE for index in indexes],
                [listed.sizes[index] if index >= 0 else -1 for index in indexes],
                [(number, *failures[index]) for number, index in enumerate(indexes) if index in failures],
            )
        )


def opened(text: bytes) -> Recording:
    """A recording, read."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(text)
        file.flush()
        return WholeRecording(open_recording(file.name))


def recording_of(paths: Iterable[bytes], **header: Any) -> Recording:
    """The recording of a dataset that holds these files."""
    return opened(recording_text(tree_lines(paths), **header))
