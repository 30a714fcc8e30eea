"""Descriptions of volumes, and the volfiles made of them."""

import dataclasses
from typing import Any

import pytest

from .specs import BrickSpec, GroupKind, GroupSpec, VolumeSpec, dispersed, distributed, replicated
from .volfiles import ServedBrick, brick_volfile, client_volfile, node_uuid


def served(spec: VolumeSpec) -> list[ServedBrick]:
    """The bricks of a volume as if they were served."""
    return [
        ServedBrick(number, brick, f"/v/b{number + 1}", 20000 + number, number in spec.arbiters)
        for number, brick in enumerate(spec.bricks)
    ]


def block(text: str, name: str) -> list[str]:
    """The lines of one volume in a volfile."""
    lines = [line.strip() for line in text.splitlines()]
    start = lines.index(f"volume {name}")
    return lines[start + 1 : lines.index("end-volume", start)]


def names(text: str) -> list[str]:
    """The volumes of a volfile, in its order."""
    return [line.split()[1] for line in text.splitlines() if line.startswith("volume ")]


def test_bricks_are_numbered_over_the_whole_volume() -> None:
    spec = replicated(2, 3)
    assert [brick.host for brick in spec.bricks] == ["nx01", "nx02", "nx03", "nx04", "nx05", "nx06"]
    assert spec.groups[1].bricks[0] == BrickSpec("nx04", "nx04-vol1", "127.0.0.1")


def test_hosts_take_their_turns() -> None:
    spec = replicated(2, 2, hosts=["left", "right"])
    assert [brick.volume for brick in spec.bricks] == ["left-vol1", "right-vol1", "left-vol2", "right-vol2"]


def test_an_arbiter_is_one_more_brick() -> None:
    spec = replicated(2, 2, arbiter=True)
    assert [len(group.bricks) for group in spec.groups] == [3, 3]
    assert spec.arbiters == {2, 5}


@pytest.mark.parametrize(
    ("kind", "count", "more"),
    [
        ("single", 2, {}),
        ("replicate", 1, {}),
        ("replicate", 2, {"arbiter": True}),
        ("disperse", 2, {"redundancy": 1}),
        ("disperse", 3, {"redundancy": 0}),
        ("disperse", 3, {"arbiter": True}),
    ],
)
def test_groups_that_cannot_be_are_refused(kind: GroupKind, count: int, more: dict[str, Any]) -> None:
    bricks = tuple(BrickSpec(volume=f"v{number}") for number in range(count))
    with pytest.raises(ValueError, match=r"bricks?\b|arbiter"):
        GroupSpec(kind, bricks, **more)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "two words"}, "two words"),
        ({"hosts": ["nx#1"]}, "nx#1"),
        ({"hosts": ["`reboot`"]}, "reboot"),
        ({"distribute": False}, "several groups"),
        ({"one_path": True}, "one_process=False"),
    ],
)
def test_volumes_that_cannot_be_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replicated(2, 2, **options)


def test_volume_names_do_not_repeat() -> None:
    with pytest.raises(ValueError, match="repeat"):
        VolumeSpec((GroupSpec("single", (BrickSpec(),)), GroupSpec("single", (BrickSpec(),))))


def test_client_graph_of_a_replicated_volume() -> None:
    spec = replicated(2, 2)
    text = client_volfile(spec, served(spec))
    assert names(text) == [
        *("nx01-vol1", "nx02-vol1", "nx03-vol1", "nx04-vol1"),
        *("web-replicate-0", "web-replicate-1", "web-dht", "web"),
    ]
    assert block(text, "web-replicate-1") == ["type cluster/replicate", "subvolumes nx03-vol1 nx04-vol1"]
    assert block(text, "web-dht")[-1] == "subvolumes web-replicate-0 web-replicate-1"
    assert block(text, "web") == ["type debug/io-stats", "subvolumes web-dht"]
    assert "option remote-subvolume /v/b2" in block(text, "nx02-vol1")
    assert "option ping-timeout 42" in block(text, "nx02-vol1")


def test_client_graph_of_a_single_brick() -> None:
    spec = distributed(1, distribute=False, name="one")
    assert names(client_volfile(spec, served(spec))) == ["nx01-vol1", "one"]


def test_options_reach_their_volumes() -> None:
    spec = dispersed(
        1,
        4,
        2,
        ping_timeout=3,
        client_options=(("strict-locks", "on"),),
        group_options=(("eager-lock", "off"),),
        shard_block_size="4MB",
        layers=("performance/md-cache",),
    )
    text = client_volfile(spec, served(spec))
    assert {"option ping-timeout 3", "option strict-locks on"} < set(block(text, "nx06-vol1"))
    assert {"option redundancy 2", "option eager-lock off"} < set(block(text, "web-disperse-0"))
    assert names(text)[-4:] == ["web-dht", "web-shard", "web-md-cache", "web"]
    assert "option shard-block-size 4MB" in block(text, "web-shard")


def test_layers_of_groups_lie_below_the_distribution() -> None:
    spec = replicated(2, 2, group_layers=("performance/readdir-ahead",))
    text = client_volfile(spec, served(spec))
    assert block(text, "web-replicate-1-readdir-ahead") == [
        "type performance/readdir-ahead",
        "subvolumes web-replicate-1",
    ]
    assert block(text, "web-dht")[-1] == "subvolumes web-replicate-0-readdir-ahead web-replicate-1-readdir-ahead"


def test_a_brick_is_served_by_the_path_that_its_process_sees() -> None:
    spec = distributed(1, one_path=True, one_process=False)
    bricks = [dataclasses.replace(brick, bound="/v/brick") for brick in served(spec)]
    assert "option directory /v/brick" in block(brick_volfile(spec, bricks), "posix1")
    assert "option remote-subvolume /v/brick" in block(client_volfile(spec, bricks), "nx01-vol1")


def test_brick_graph() -> None:
    spec = replicated(1, 2, arbiter=True, node_uuids=True, server_names="short")
    text = brick_volfile(spec, served(spec))
    assert names(text)[-5:] == ["posix3", "arbiter3", "locks3", "vol3", "web-server"]
    assert "arbiter1" not in names(text)
    assert f"option glusterd-uuid {node_uuid('nx03')}" in block(text, "posix3")
    assert block(text, "web-server")[-1] == "subvolumes vol1 vol2 vol3"
