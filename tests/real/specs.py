"""Volumes as small descriptions.

A volume is a tuple of groups, a group a tuple of bricks; bricks are numbered over the whole volume from 0:

    VolumeSpec "web"
      GroupSpec replicate   ->  web-replicate-0 in the client graph
        BrickSpec nx01-vol1 ->  brick 0, served from DIR/b1, says that its host is nx01
        BrickSpec nx02-vol1 ->  brick 1, served from DIR/b2
      GroupSpec replicate   ->  web-replicate-1: bricks 2 and 3
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, Unpack

GroupKind = Literal["replicate", "disperse", "single"]
ServerNames = Literal["path", "short"]
Options = tuple[tuple[str, str], ...]

# A volfile separates words by white space; # starts a comment, " a string, and ` runs a command.
WORD = re.compile(r"""[^\s\0#"`]+""")


@dataclass(frozen=True, slots=True)
class BrickSpec:
    """One brick: the host that it reports, its volume in the client graph, and where the client looks for it.

    `remote_host` must lead to this machine: 127.0.0.1, another address of 127.0.0.0/8, or `localhost`.
    """

    host: str = "nx01"
    volume: str = "nx01-vol1"
    remote_host: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """The bricks that hold the same files; `arbiter`: the last brick of a replicate group holds no data."""

    kind: GroupKind
    bricks: tuple[BrickSpec, ...]
    arbiter: bool = False
    redundancy: int = 1

    def __post_init__(self) -> None:
        """Refuse what GlusterFS would refuse later, with a worse message."""
        count = len(self.bricks)
        if self.kind == "single" and count != 1:
            raise ValueError(f"a single group has one brick, not {count}")
        if self.kind == "replicate" and count < 2 + self.arbiter:
            raise ValueError(f"{count} bricks are too few to replicate (arbiter: {self.arbiter})")
        if self.kind == "disperse" and not 0 < 2 * self.redundancy < count:
            raise ValueError(f"redundancy {self.redundancy} does not go with {count} bricks")
        if self.arbiter and self.kind != "replicate":
            raise ValueError(f"a {self.kind} group has no arbiter")


@dataclass(frozen=True, slots=True)
class VolumeSpec:
    """A whole volume.

    one_process     one process serves all bricks; if not, a process each, so that one can be stopped alone
    server_names    "path": a brick's volume on the server side is named by its directory, as glusterd does;
                    "short": vol1, vol2, ...
    one_path        every brick has the same path, as on hosts of one kind; needs a process a brick
    node_uuids      pathinfo shows a UUID a brick where the host stands (storage.node-uuid-pathinfo)
    distribute      put a cluster/distribute over the groups; only a volume of one group can go without
    layers          types of further volumes below the top one, lowest first, as "performance/write-behind"
    group_layers    types of further volumes over each group, below the distribution, lowest first, as
                    "performance/readdir-ahead" (performance.parallel-readdir)
    *_options       further options of every client, group and storage volume
    """

    groups: tuple[GroupSpec, ...]
    name: str = "web"
    one_process: bool = True
    server_names: ServerNames = "path"
    one_path: bool = False
    node_uuids: bool = False
    shard_block_size: str | None = None
    ping_timeout: int = 42
    distribute: bool = True
    layers: tuple[str, ...] = ()
    group_layers: tuple[str, ...] = ()
    client_options: Options = ()
    group_options: Options = ()
    posix_options: Options = ()

    def __post_init__(self) -> None:
        """Refuse names that a volfile cannot hold, and graphs with no top."""
        names = [brick.volume for brick in self.bricks]
        words = [self.name, *names, *(b.host for b in self.bricks), *(b.remote_host for b in self.bricks)]
        for word in words:
            if not WORD.fullmatch(word):
                raise ValueError(f"a volfile cannot hold the name {word!r}")
        if not self.groups:
            raise ValueError("a volume needs a group")
        if self.one_path and self.one_process:
            raise ValueError("bricks of one path need one_process=False")
        if len(set(names)) != len(names):
            raise ValueError(f"volume names repeat: {' '.join(names)}")
        if len(self.groups) > 1 and not self.distribute:
            raise ValueError("several groups need distribute=True")

    @property
    def bricks(self) -> tuple[BrickSpec, ...]:
        """All bricks, in the order in which they are numbered."""
        return tuple(brick for group in self.groups for brick in group.bricks)

    @property
    def arbiters(self) -> frozenset[int]:
        """The numbers of the bricks that hold no data."""
        last, found = -1, set()
        for group in self.groups:
            last += len(group.bricks)
            if group.arbiter:
                found.add(last)
        return frozenset(found)


class VolumeOptions(TypedDict, total=False):
    """What the constructors below hand on to VolumeSpec."""

    name: str
    one_process: bool
    server_names: ServerNames
    one_path: bool
    node_uuids: bool
    shard_block_size: str | None
    ping_timeout: int
    distribute: bool
    layers: tuple[str, ...]
    group_layers: tuple[str, ...]
    client_options: Options
    group_options: Options
    posix_options: Options


def name_bricks(count: int, hosts: Sequence[str] | None = None) -> tuple[BrickSpec, ...]:
    """`count` bricks on nx01, nx02, ... or on `hosts` in turn; a host's are HOST-vol1, HOST-vol2, ..."""
    hosts = hosts or [f"nx{number:02}" for number in range(1, count + 1)]
    used: Counter[str] = Counter()
    bricks = []
    for place in range(count):
        host = hosts[place % len(hosts)]
        used[host] += 1
        bricks.append(BrickSpec(host, f"{host}-vol{used[host]}"))
    return tuple(bricks)


def replicated(
    groups: int = 2,
    replicas: int = 2,
    *,
    arbiter: bool = False,
    hosts: Sequence[str] | None = None,
    **options: Unpack[VolumeOptions],
) -> VolumeSpec:
    """`groups` x `replicas`; with `arbiter` each group has one brick more, which holds no data."""
    size = replicas + arbiter
    made = (GroupSpec("replicate", part, arbiter) for part in parts(name_bricks(groups * size, hosts), size))
    return VolumeSpec(tuple(made), **options)


def dispersed(
    groups: int = 2,
    data: int = 2,
    redundancy: int = 1,
    *,
    hosts: Sequence[str] | None = None,
    **options: Unpack[VolumeOptions],
) -> VolumeSpec:
    """`groups` x (`data` + `redundancy`)."""
    size = data + redundancy
    bricks = name_bricks(groups * size, hosts)
    made = (GroupSpec("disperse", part, redundancy=redundancy) for part in parts(bricks, size))
    return VolumeSpec(tuple(made), **options)


def distributed(bricks: int = 4, *, hosts: Sequence[str] | None = None, **options: Unpack[VolumeOptions]) -> VolumeSpec:
    """Every brick its own group."""
    made = (GroupSpec("single", (brick,)) for brick in name_bricks(bricks, hosts))
    return VolumeSpec(tuple(made), **options)


def parts(bricks: Sequence[BrickSpec], size: int) -> Iterable[tuple[BrickSpec, ...]]:
    """The bricks, `size` at a time."""
    return (tuple(bricks[start : start + size]) for start in range(0, len(bricks), size))
