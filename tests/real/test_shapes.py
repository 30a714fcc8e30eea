"""Volumes of every shape: which volumes hold a file, and which of them are addressed."""

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from disco.dfs.gluster import Cluster, Placement, Report, files
from disco.dfs.gluster.filters import Substring
from disco.dfs.gluster.inputfs import PlacementMode, open_inputfs
from disco.dfs.gluster.walk import walk

from .conftest import MakeVolume
from .specs import VolumeSpec, dispersed, distributed, replicated
from .volume import RealVolume

COUNT = 12


def fill(folder: Path, count: int = COUNT) -> list[str]:
    """Some files; returns their names by path."""
    folder.mkdir(exist_ok=True)
    names = [f"file-{number:02}" for number in range(count)]
    for name in names:
        (folder / name).write_text(name)
    return names


def at_addresses(spec: VolumeSpec, hosts: list[str] | None = None) -> VolumeSpec:
    """The volume configured with a different address for each brick, and its bricks' volumes named as glusterd does."""
    number = iter(range(len(spec.bricks)))
    groups = []
    for group in spec.groups:
        bricks = []
        for brick in group.bricks:
            at = next(number)
            host = hosts[at] if hosts else brick.host
            bricks.append(
                dataclasses.replace(brick, host=host, volume=f"web-client-{at}", remote_host=f"127.0.0.{at + 1}")
            )
        groups.append(dataclasses.replace(group, bricks=tuple(bricks)))
    return dataclasses.replace(spec, groups=tuple(groups))


def by_holders(volume: RealVolume, names: list[str], folder: str = "") -> list[list[str]]:
    """What files() has to return where all bricks are up: by the brick directories, arbiters left out."""
    bricks = volume.spec.bricks
    return [
        [
            f"dfs://{bricks[number].host}/{os.path.join(folder, name)}"
            for number in volume.holders(os.path.join(folder, name))
            if number not in volume.spec.arbiters
        ]
        for name in names
    ]


def resolve(path: Path, placement: PlacementMode = "auto") -> tuple[Cluster, dict[str, Placement]]:
    """The placement of each file below a path, by its name; and the volumes that it names."""
    source, start = open_inputfs(str(path), placement=placement)
    try:
        found = {
            os.fsdecode(name): placement
            for placed in walk(source, start, Substring(b""), report=Report())
            for name, placement in zip(placed.names, placed.placements, strict=True)
        }
    finally:
        source.close()
    return source.cluster, found


SHAPES = {
    "distributed-replicated": replicated(2, 2),
    "three replicas": replicated(2, 3),
    "distributed": distributed(4),
    "one brick": distributed(1),
    "one brick, nothing over it": distributed(1, distribute=False),
    "one group of replicas, nothing over it": replicated(1, 3, distribute=False),
    "with arbiters": replicated(2, 2, arbiter=True),
    "sharded": replicated(2, 2, shard_block_size="4MB"),
    "with short server names": replicated(2, 2, server_names="short"),
    "with hosts unlike the addresses": at_addresses(replicated(2, 2)),
    "distributed, short server names, and hosts unlike all else": at_addresses(
        distributed(3, server_names="short"), ["delta", "alpha", "echo"]
    ),
    "several bricks a host": replicated(3, 2, hosts=["nx01", "nx02", "nx03"]),
    "with performance layers": replicated(2, 2, layers=("performance/write-behind", "performance/io-cache")),
}


USUAL = ("distributed-replicated", "three replicas", "distributed", "with arbiters", "with hosts unlike the addresses")


@pytest.mark.parametrize(
    "shape", [shape if shape in USUAL else pytest.param(shape, marks=pytest.mark.slow) for shape in SHAPES]
)
def test_files_are_addressed_on_the_bricks_that_hold_their_data(shape: str, make_volume: MakeVolume) -> None:
    volume = make_volume(SHAPES[shape])
    names = fill(volume.mountpoint)
    assert files(str(volume.mountpoint), None, {}) == by_holders(volume, names)


def test_where_nothing_tells_which_brick_is_which_volume_the_nodes_are_right_all_the_same(
    make_volume: MakeVolume,
) -> None:
    spec = replicated(2, 2, server_names="short")
    volume = make_volume(at_addresses(spec, ["delta", "alpha", "echo", "bravo"]))
    truth = by_holders(volume, fill(volume.mountpoint))
    assert [set(replicas) for replicas in files(str(volume.mountpoint), None, {})] == [set(r) for r in truth]


# Arbiters


@pytest.fixture(scope="module")
def arbitrated() -> Iterator[RealVolume]:
    """Two groups of two replicas and an arbiter."""
    with RealVolume(replicated(2, 2, arbiter=True)) as volume:
        fill(volume.mountpoint)
        yield volume


def test_an_arbiter_is_shown_in_its_group(arbitrated: RealVolume) -> None:
    cluster, _ = resolve(arbitrated.mountpoint)
    assert [[v.arbiter for v in cluster.group_volumes(group)] for group in (0, 1)] == [[False, False, True]] * 2


def test_an_arbiter_is_neither_usable_nor_absent(arbitrated: RealVolume) -> None:
    _, found = resolve(arbitrated.mountpoint)
    assert {(placement.usable, placement.absent) for placement in found.values()} == {((0, 1), ()), ((3, 4), ())}


# Dispersed volumes


DISPERSED = at_addresses(dispersed(2, 2, 1))


@pytest.fixture(scope="module")
def fragments() -> Iterator[RealVolume]:
    """Two groups of three bricks, each with a fragment of each file."""
    with RealVolume(DISPERSED) as volume:
        fill(volume.mountpoint)
        yield volume


def test_a_dispersed_file_lies_on_its_whole_group(fragments: RealVolume) -> None:
    _, found = resolve(fragments.mountpoint)
    assert {name: placement.usable for name, placement in found.items()} == {
        name: fragments.holders(name) for name in os.listdir(fragments.mountpoint)
    }


def test_a_dispersed_file_is_addressed_on_the_hosts_of_the_client_graph(fragments: RealVolume) -> None:
    """Of the names that servers give themselves a file shows one only: which are known would depend on the files."""
    volumes = [brick.remote_host for brick in DISPERSED.bricks]
    for (address, *more), name in zip(
        files(str(fragments.mountpoint), None, {}), sorted(os.listdir(fragments.mountpoint)), strict=True
    ):
        assert [address, *more] == [f"dfs://{volumes[number]}/{name}" for number in fragments.holders(name)]


def test_a_dispersed_file_has_the_same_addresses_whatever_else_was_resolved(fragments: RealVolume) -> None:
    together = files(str(fragments.mountpoint), None, {})
    alone = [files(str(fragments.mountpoint / name), None, {})[0] for name in sorted(os.listdir(fragments.mountpoint))]
    assert together == alone


def test_a_host_map_names_dispersed_volumes(fragments: RealVolume) -> None:
    nodes = {f"web-client-{number}": f"n{number}" for number in range(6)}
    found = {
        tuple(address.split("/")[2] for address in replicas)
        for replicas in files(str(fragments.mountpoint), None, nodes)
    }
    assert found == {("n0", "n1", "n2"), ("n3", "n4", "n5")}


def test_a_file_can_be_dispersed_over_a_single_group(make_volume: MakeVolume) -> None:
    volume = make_volume(at_addresses(dispersed(1, 4, 2, distribute=False)))
    fill(volume.mountpoint, 2)
    assert [len(replicas) for replicas in files(str(volume.mountpoint), None, {})] == [6, 6]


# Shards and UUIDs


def test_a_sharded_file_is_one_file_placed_by_its_first_block(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(2, 2, shard_block_size="4MB"))
    (volume.mountpoint / "long").write_bytes(b"x" * (9 << 20))
    assert files(str(volume.mountpoint), None, {}) == by_holders(volume, ["long"])


def test_the_size_of_a_shard_is_known(make_volume: MakeVolume) -> None:
    volume = make_volume(distributed(1, shard_block_size="4MB"))
    assert resolve(volume.mountpoint)[0].shard_block_size == 4 << 20


def test_where_servers_give_a_uuid_the_host_comes_from_the_client_graph(make_volume: MakeVolume) -> None:
    volume = make_volume(at_addresses(replicated(2, 2, node_uuids=True)))
    for name, replicas in zip(fill(volume.mountpoint), files(str(volume.mountpoint), None, {}), strict=True):
        hosts = [volume.spec.bricks[number].remote_host for number in volume.holders(name)]
        assert replicas == [f"dfs://{host}/{name}" for host in hosts]


# Parts of a mount


@pytest.fixture(scope="module")
def whole() -> Iterator[RealVolume]:
    """A volume with files in a directory of a directory."""
    with RealVolume(replicated(2, 2)) as volume:
        (volume.mountpoint / "top").mkdir()
        fill(volume.mountpoint / "top" / "sub")
        yield volume


def relative(addresses: list[list[str]]) -> list[list[str]]:
    """Addresses of files in top/sub as they are where that is the root."""
    return [[address.replace("/top/sub/", "/") for address in replicas] for replicas in addresses]


def test_a_directory_bound_elsewhere_is_an_inputfs_of_its_own_with_the_same_nodes(whole: RealVolume) -> None:
    bound = whole.bind_mount("top/sub")
    truth = by_holders(whole, sorted(os.listdir(bound)), "top/sub")
    assert files(str(bound), None, {}) == relative(truth)


def test_a_directory_bound_elsewhere_knows_the_volumes_by_the_mount_it_was_made_of(whole: RealVolume) -> None:
    cluster, _ = resolve(whole.bind_mount("top/sub"))
    assert [volume.name for volume in cluster.volumes] == [brick.volume for brick in whole.spec.bricks]


def test_a_directory_mounted_by_itself_is_an_inputfs_of_its_own_with_the_same_nodes(whole: RealVolume) -> None:
    mounted = whole.subdir_mount("top/sub")
    truth = by_holders(whole, sorted(os.listdir(mounted)), "top/sub")
    assert files(str(mounted), None, {}) == relative(truth)


def test_where_the_client_graph_is_out_of_reach_files_tell_all(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(2, 2))
    (volume.mountpoint / "top").mkdir()
    truth = by_holders(volume, fill(volume.mountpoint / "top" / "sub"), "top/sub")
    bound = volume.bind_mount("top/sub")
    subprocess.run(["umount", "--lazy", volume.mountpoint], check=True)
    assert files(str(bound), None, {}) == relative(truth)


def test_where_the_client_graph_is_out_of_reach_volumes_go_by_their_bricks(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2))
    (volume.mountpoint / "top").mkdir()
    fill(volume.mountpoint / "top", 1)
    bound = volume.bind_mount("top")
    subprocess.run(["umount", "--lazy", volume.mountpoint], check=True)
    cluster, _ = resolve(bound)
    assert [v.name for v in cluster.volumes] == [
        f"{brick.host}:{directory}"
        for brick, directory in zip(volume.spec.bricks, volume.brick_directories, strict=True)
    ]


def test_a_group_that_was_added_takes_part(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2))
    volume.add_group(dataclasses.replace(replicated(2, 2).groups[1]))
    truth = by_holders(volume, fill(volume.mountpoint / "new"), "new")
    assert {len({address.split("/")[2] for r in truth for address in r})} == {4}
    assert files(str(volume.mountpoint), None, {}) == truth
