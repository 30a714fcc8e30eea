"""The volfiles that GlusterFS reads, from the descriptions of `specs`.

The client graph is built as glusterd builds it, without the performance layers unless they are asked for: the
clients, the groups, `web-dht` over them, `web-shard` if asked for, and `web` (debug/io-stats) on top.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .specs import BrickSpec, GroupSpec, Options, ServerNames, VolumeSpec

UUID_SPACE = uuid.UUID("6ec3f3b5-5d5c-4f0e-8a55-0f4b2f2c7a10")


@dataclass(frozen=True, slots=True)
class ServedBrick:
    """A brick with its place on this machine: its number, its directory, and the port it is served on.

    `path` is the directory as its process sees it, and so as pathinfo shows it: another one where all have the same.
    """

    number: int
    spec: BrickSpec
    directory: str
    port: int
    arbiter: bool = False
    bound: str = ""

    @property
    def path(self) -> str:
        return self.bound or self.directory

    def server_name(self, names: ServerNames) -> str:
        """Its volume on the server side, which is what a client asks for."""
        return self.path if names == "path" else f"vol{self.number + 1}"


def brick_volfile(spec: VolumeSpec, bricks: Sequence[ServedBrick]) -> str:
    """The graph of one process that serves `bricks`, which have their port and address in common."""
    text = "".join(brick_graph(spec, brick) for brick in bricks)
    names = [brick.server_name(spec.server_names) for brick in bricks]
    options = [
        ("transport-type", "tcp"),
        ("transport.address-family", "inet"),
        ("transport.socket.listen-port", str(bricks[0].port)),
        ("transport.socket.bind-address", bricks[0].spec.remote_host),
        *((f"auth.addr.{name}.allow", "*") for name in names),
    ]
    return text + volume_text(f"{spec.name}-server", "protocol/server", options, names)


def brick_graph(spec: VolumeSpec, brick: ServedBrick) -> str:
    """The volumes of one brick, from the directory upwards."""
    end = str(brick.number + 1)
    storage = [("directory", brick.path), ("hostname", brick.spec.host), *spec.posix_options]
    if spec.node_uuids:
        storage += [("glusterd-uuid", node_uuid(brick.spec.host)), ("node-uuid-pathinfo", "on")]
    text = volume_text(below := f"posix{end}", "storage/posix", storage)
    if brick.arbiter:
        text += volume_text(f"arbiter{end}", "features/arbiter", (), [below])
        below = f"arbiter{end}"
    text += volume_text(f"locks{end}", "features/locks", (), [below])
    return text + volume_text(brick.server_name(spec.server_names), "performance/io-threads", (), [f"locks{end}"])


def node_uuid(host: str) -> str:
    """The UUID of a host: the same one whenever the host is the same."""
    return str(uuid.uuid5(UUID_SPACE, host))


def client_volfile(spec: VolumeSpec, bricks: Sequence[ServedBrick]) -> str:
    """The graph that a client mounts."""
    text = "".join(client_text(spec, brick) for brick in bricks)
    tops = group_names(spec)
    for group, name in zip(spec.groups, tops, strict=True):
        if group.kind != "single":
            text += group_text(spec, group, name)
    for kind in spec.group_layers:
        above = [f"{top}-{kind.rpartition('/')[2]}" for top in tops]
        text += "".join(volume_text(name, kind, (), [top]) for name, top in zip(above, tops, strict=True))
        tops = above
    if spec.distribute:
        text += volume_text(f"{spec.name}-dht", "cluster/distribute", (), tops)
        tops = [f"{spec.name}-dht"]
    return text + upper_layers(spec, tops[0])


def group_names(spec: VolumeSpec) -> list[str]:
    """The volume of each group in the client graph: numbered kind by kind; a single brick's is its client."""
    names = []
    counts: Counter[str] = Counter()
    for group in spec.groups:
        numbered = f"{spec.name}-{group.kind}-{counts[group.kind]}"
        names.append(group.bricks[0].volume if group.kind == "single" else numbered)
        counts[group.kind] += 1
    return names


def client_text(spec: VolumeSpec, brick: ServedBrick) -> str:
    """The client's end of one brick."""
    options = [
        ("transport-type", "tcp"),
        ("transport.address-family", "inet"),
        ("remote-host", brick.spec.remote_host),
        ("remote-port", str(brick.port)),
        ("remote-subvolume", brick.server_name(spec.server_names)),
        ("ping-timeout", str(spec.ping_timeout)),
        *spec.client_options,
    ]
    return volume_text(brick.spec.volume, "protocol/client", options)


def group_text(spec: VolumeSpec, group: GroupSpec, name: str) -> str:
    """A replicate or disperse volume over its clients."""
    options = list(spec.group_options)
    if group.arbiter:
        options.append(("arbiter-count", "1"))
    if group.kind == "disperse":
        options.append(("redundancy", str(group.redundancy)))
    return volume_text(name, f"cluster/{group.kind}", options, [brick.volume for brick in group.bricks])


def upper_layers(spec: VolumeSpec, below: str) -> str:
    """What lies above the placement: sharding, the layers asked for, and the volume of the whole's name."""
    text = ""
    shard: Options = (("shard-block-size", spec.shard_block_size),) if spec.shard_block_size else ()
    kinds = [("features/shard", shard)] if shard else []
    for kind, options in [*kinds, *((layer, ()) for layer in spec.layers)]:
        name = f"{spec.name}-{kind.rpartition('/')[2]}"
        text += volume_text(name, kind, options, [below])
        below = name
    return text + volume_text(spec.name, "debug/io-stats", (), [below])


def volume_text(name: str, kind: str, options: Iterable[tuple[str, str]] = (), subvolumes: Sequence[str] = ()) -> str:
    """One `volume ... end-volume` block."""
    lines = [f"volume {name}", f"    type {kind}"]
    lines += [f"    option {key} {value}" for key, value in options]
    if subvolumes:
        lines.append(f"    subvolumes {' '.join(subvolumes)}")
    return "\n".join([*lines, "end-volume", "", ""])
