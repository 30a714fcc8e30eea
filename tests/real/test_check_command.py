"""`gluster-tui check` on real volumes: hosts unlike their volumes' names, a host with its domain, addresses in the
graph, arbiters, one brick path on every host, a brick that is offline, UUIDs in the place of hosts.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from .conftest import MakeVolume
from .running import gluster_tui
from .specs import BrickSpec, GroupSpec, VolumeSpec
from .volume import RealVolume

# Of two groups of two volumes and an arbiter each: volumes nx01-vol1 to nx06-vol1, at the addresses 127.0.0.1 to .6.
HOSTS = ("red.example.com", "blue", "amber", "green", "white", "black")
DATA = (0, 1, 3, 4)  # the bricks that are no arbiters
KINDS = ("volume", "brick", "host", "configured host")
COUNT = 40


def spec_of(hosts: Sequence[str] = HOSTS, **options: Any) -> VolumeSpec:
    bricks = [BrickSpec(host, f"nx0{n}-vol1", f"127.0.0.{n}") for n, host in enumerate(hosts, 1)]
    groups = (GroupSpec("replicate", tuple(bricks[start : start + 3]), arbiter=True) for start in (0, 3))
    return VolumeSpec(tuple(groups), one_process=False, **options)


def fill(volume: RealVolume) -> None:
    (volume.mountpoint / "data").mkdir()
    for number in range(COUNT):
        (volume.mountpoint / "data" / f"file-{number}").write_text("x" * number)


@pytest.fixture(scope="module")
def volume() -> Iterator[RealVolume]:
    with RealVolume(spec_of()) as made:
        fill(made)
        yield made


@pytest.fixture(scope="module")
def alike() -> Iterator[RealVolume]:
    """Every brick has the same path; what tells them apart is the host's word in the volume's name."""
    with RealVolume(spec_of([f"nx0{n}.example.com" for n in range(1, 7)], one_path=True)) as made:
        fill(made)
        yield made


def name_of(volume: RealVolume, number: int, kind: str) -> str:
    """A name of this kind of a volume."""
    brick = volume.spec.bricks[number]
    by_kind = {
        "volume": brick.volume,
        "brick": f"{brick.host}:{volume.brick_paths[number]}",
        "host": brick.host,
        "configured host": brick.remote_host,
    }
    return by_kind[kind]


def written(path: Path, entries: Sequence[str]) -> Path:
    path.write_text("".join(f"{entry}\n" for entry in entries))
    path.chmod(0o644)
    return path


def checked(volume: RealVolume, *words: str | Path) -> Any:
    """The document that the program prints, and its exit code."""
    done = gluster_tui("check", volume.mountpoint / "data", "--json", *words)
    assert done.stderr == b""
    return {**json.loads(done.stdout), "exit": done.returncode}


def told(document: Any) -> list[tuple[str, str]]:
    return [(finding["severity"], finding["code"]) for finding in document["findings"]]


def held(volume: RealVolume, number: int) -> tuple[int, int]:
    """How many files a brick holds, and their bytes, as its directory shows it."""
    numbers = [n for n in range(COUNT) if number in volume.holders(f"data/file-{n}")]
    return len(numbers), sum(numbers)


@pytest.mark.parametrize("turn", range(4))
def test_each_volume_is_mapped_by_each_kind_of_name(turn: int, volume: RealVolume, tmp_path: Path) -> None:
    kinds = {number: KINDS[(place + turn) % 4] for place, number in enumerate(DATA)}
    entries = [f"{name_of(volume, number, kind)} disco-0{number}" for number, kind in kinds.items()]
    document = checked(volume, "--hostname-map", written(tmp_path / "map", entries))
    assert (document["exit"], document["findings"]) == (0, [])
    rows = [row for row in document["volumes"] if not row["arbiter"]]
    assert [(row["matched"], row["node"]) for row in rows] == [(kind, f"disco-0{n}") for n, kind in kinds.items()]


@pytest.mark.parametrize("turn", range(4))
def test_each_volume_is_mapped_by_each_kind_of_name_where_all_bricks_have_one_path(
    turn: int, alike: RealVolume, tmp_path: Path
) -> None:
    kinds = {number: KINDS[(place + turn) % 4] for place, number in enumerate(DATA)}
    entries = [f"{name_of(alike, number, kind)} disco-0{number}" for number, kind in kinds.items()]
    document = checked(alike, "--hostname-map", written(tmp_path / "map", entries))
    assert (document["exit"], document["findings"]) == (0, [])
    rows = [row for row in document["volumes"] if not row["arbiter"]]
    assert [(row["matched"], row["node"]) for row in rows] == [(kind, f"disco-0{n}") for n, kind in kinds.items()]
    assert {row["brick"] for row in rows} == {f"{alike.directory}/brick"}


def test_where_nothing_tells_which_brick_a_volume_is_a_map_by_hosts_misses_none(
    make_volume: MakeVolume, tmp_path: Path
) -> None:
    volume = make_volume(spec_of(one_path=True))
    fill(volume)
    document = checked(volume, "--hostname-map", written(tmp_path / "map", [f"{host} n-{host}" for host in HOSTS]))
    assert {row["matched"] for row in document["volumes"]} == {"host"}
    assert [finding for finding in document["findings"] if finding["severity"] == "error"] == []


def test_an_unmapped_volume_tells_the_files_and_bytes_that_lie_on_it(volume: RealVolume, tmp_path: Path) -> None:
    entries = [f"{HOSTS[number]} n{number}" for number in DATA[1:]]
    document = checked(volume, "--hostname-map", written(tmp_path / "map", entries))
    assert (document["exit"], told(document)) == (1, [("error", "unmapped-volume")])
    (finding,) = document["findings"]
    assert finding["volumes"] == ["nx01-vol1"]
    assert (finding["files"], finding["bytes"]) == held(volume, 0)


def test_a_host_with_its_domain_is_almost_named_by_an_entry_without(volume: RealVolume, tmp_path: Path) -> None:
    entries = ["red n0", *(f"{HOSTS[number]} n{number}" for number in DATA[1:])]
    document = checked(volume, "--hostname-map", written(tmp_path / "map", entries))
    (near,) = document["findings"][0]["near"]
    assert (near["other"], near["name"], near["words"]) == ("red", "red.example.com", "lacks the domain '.example.com'")
    assert ("warning", "unused-entry") in told(document)


def test_an_arbiter_need_not_be_mapped_and_may_share_a_node(volume: RealVolume, tmp_path: Path) -> None:
    entries = [*(f"{HOSTS[number]} n{number}" for number in DATA), "amber n0"]
    document = checked(volume, "--hostname-map", written(tmp_path / "map", entries))
    assert document["findings"] == []


def test_two_volumes_of_a_group_on_one_node_are_told(volume: RealVolume, tmp_path: Path) -> None:
    entries = [f"{HOSTS[number]} n{number // 3}" for number in DATA]
    document = checked(volume, "--hostname-map", written(tmp_path / "map", entries))
    assert told(document) == [("warning", "shared-node")] * 2
    assert sum(finding["files"] for finding in document["findings"]) == COUNT


def test_no_map_is_an_error_and_a_proposal_mends_it(volume: RealVolume, tmp_path: Path) -> None:
    assert told(checked(volume)) == [("error", "no-map")]
    done = gluster_tui("check", volume.mountpoint / "data", "--suggest")
    assert (done.returncode, done.stderr) == (0, b"")
    proposed = written(tmp_path / "map", done.stdout.decode().splitlines())
    assert checked(volume, "--hostname-map", proposed)["findings"] == []


def test_the_map_on_the_mount_is_checked_line_by_line(volume: RealVolume) -> None:
    path = volume.mountpoint / ".hostname_map"
    try:
        written(path, ["red.example.com n0", "blue", *(f"{HOSTS[number]} n{number}" for number in DATA[1:]), "a b c"])
        document = checked(volume)
        export = gluster_tui("export", volume.mountpoint / "data")
    finally:
        path.unlink()
    assert [(f["code"], f["source"], f["line"]) for f in document["findings"]] == [
        ("malformed-line", str(path), 2),
        ("malformed-line", str(path), 6),
    ]
    assert export.returncode == 2


def test_a_map_on_the_mount_that_others_may_write_is_told(volume: RealVolume) -> None:
    path = volume.mountpoint / ".hostname_map"
    try:
        written(path, [f"{HOSTS[number]} n{number}" for number in DATA]).chmod(0o666)
        document = checked(volume)
    finally:
        path.unlink()
    assert told(document) == [("warning", "writable-map")]


def test_a_volume_that_is_offline_keeps_its_node_by_its_own_name(volume: RealVolume, tmp_path: Path) -> None:
    entries = [f"nx0{number + 1}-vol1 n{number}" for number in DATA]
    volume.stop_brick(1)
    try:
        document = checked(volume, "--hostname-map", written(tmp_path / "map", entries))
    finally:
        volume.start_brick(1)
    assert document["findings"] == []
    row = document["volumes"][1]
    assert (row["online"], row["node"], row["files"]) == (False, "n1", 0)


def test_a_volume_that_is_offline_is_not_called_unmapped_while_an_entry_may_name_its_host(
    volume: RealVolume, tmp_path: Path
) -> None:
    entries = [f"{HOSTS[number]} n{number}" for number in DATA]
    volume.stop_brick(1)
    try:
        document = checked(volume, "--hostname-map", written(tmp_path / "map", entries))
    finally:
        volume.start_brick(1)
    assert document["exit"] == 0
    assert told(document) == [("warning", "unknown-host"), ("note", "unused-entry")]


@pytest.mark.parametrize("kind", ["volume", "configured host"])
def test_volumes_that_show_a_uuid_for_their_host_are_mapped_by_what_the_graph_says(
    kind: str, make_volume: MakeVolume, tmp_path: Path
) -> None:
    volume = make_volume(spec_of(node_uuids=True))
    fill(volume)
    entries = [f"{name_of(volume, number, kind)} n{number}" for number in DATA]
    document = checked(volume, "--hostname-map", written(tmp_path / "map", entries))
    assert (document["exit"], document["findings"]) == (0, [])
    assert [row["host"] for row in document["volumes"]] == [f"127.0.0.{number}" for number in range(1, 7)]
