"""What a directory entry's cookie says is what the file's attribute says, for every file, on volumes of every shape."""

import dataclasses
import itertools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from disco.dfs.gluster import Report, files, iter_files
from disco.dfs.gluster.listing import list_directory

from .conftest import MakeVolume
from .specs import dispersed, distributed, replicated
from .test_shapes import at_addresses, by_holders, fill, relative
from .trees import hostile_tree
from .volume import RealVolume

SHAPES = {
    "3 bricks": distributed(3),
    "5 bricks": distributed(5),
    "3 bricks at addresses unlike their hosts": at_addresses(
        distributed(3, server_names="short"), ["delta", "alpha", "echo"]
    ),
    "2 replicas": replicated(1, 2),
    "3 replicas": replicated(1, 3),
    "2 replicas and an arbiter": replicated(2, 2, arbiter=True),
    "3x2": replicated(3, 2),
    "2x3": replicated(2, 3),
    "2x(2+1) dispersed": at_addresses(dispersed(2, 2, 1)),
    "shards": replicated(2, 2, shard_block_size="4MB"),
    "groups that are listed in parallel": replicated(3, 2, group_layers=("performance/readdir-ahead",)),
    "layers that remember entries": replicated(2, 2, layers=("performance/readdir-ahead", "performance/md-cache")),
}
PLACES = ("one", "one/below", "renamed")
COUNT = 30


def make_tree(volume: RealVolume) -> RealVolume:
    """Some directories of files; in one of them a third of the files got other names since."""
    for place in PLACES:
        for number, name in enumerate(fill(volume.mountpoint / place, COUNT)):
            if place == "renamed" and number % 3 == 0:
                (volume.mountpoint / place / name).rename(volume.mountpoint / place / f"{name}-new")
    return volume


@pytest.fixture(scope="module", params=SHAPES)
def shaped(request: pytest.FixtureRequest) -> Iterator[RealVolume]:
    """A volume of each shape with files in it."""
    with RealVolume(SHAPES[request.param]) as volume:
        yield make_tree(volume)


def by_cookie(path: Path | bytes) -> tuple[list[list[str]], Report]:
    """What files() returns, and its report."""
    report = Report()
    return files(os.fspath(path), None, {}, report=report), report


def exact(path: Path | bytes) -> list[list[str]]:
    """What files() returns by attributes alone."""
    return files(os.fspath(path), None, {}, placement="exact")


def test_cookies_say_of_every_file_what_its_attribute_says(shaped: RealVolume) -> None:
    assert by_cookie(shaped.mountpoint)[0] == exact(shaped.mountpoint)


def test_every_file_is_placed_by_its_cookie(shaped: RealVolume) -> None:
    assert by_cookie(shaped.mountpoint)[1].by_cookie == COUNT * len(PLACES)


def test_no_cookie_is_contradicted(shaped: RealVolume) -> None:
    assert by_cookie(shaped.mountpoint)[1].disproved is None


def truth(volume: RealVolume, paths: list[str]) -> list[list[str]]:
    """What files() has to return of these files, by the brick directories: dispersed ones go by their addresses."""
    found = by_holders(volume, paths)
    if volume.spec.groups[0].kind != "disperse":
        return found
    hosts = {brick.host: brick.remote_host for brick in volume.spec.bricks}
    parts = [[address.split("/", 3) for address in replicas] for replicas in found]
    return [[f"dfs://{hosts[host]}/{path}" for _, _, host, path in replicas] for replicas in parts]


@pytest.mark.parametrize("place", ["one/below", "renamed"])
def test_files_are_on_the_bricks_that_hold_them(shaped: RealVolume, place: str) -> None:
    paths = [f"{place}/{name}" for name in sorted(os.listdir(shaped.mountpoint / place))]
    assert by_cookie(shaped.mountpoint / place)[0] == truth(shaped, paths)


def test_renamed_files_left_notes_of_where_they_are(shaped: RealVolume) -> None:
    """Else nothing was tried."""
    notes = sum(
        len(subprocess.run(["find", brick, "-perm", "-1000", "-type", "f"], stdout=subprocess.PIPE).stdout)
        for brick in shaped.brick_directories
    )
    assert (notes > 0) == (len(shaped.spec.groups) > 1)


# Both ways to write a number into a cookie


def marked(path: Path) -> list[bool]:
    """Whether each entry has its client in the last bits, and a mark."""
    return [bool(cookie >> 62 & 1) for cookie in list_directory(os.fsencode(path)).cookies]


def test_bricks_whose_own_cookies_are_long_have_theirs_marked(make_volume: MakeVolume) -> None:
    volume = make_tree(make_volume(distributed(3)))
    assert sum(marked(volume.mountpoint / "one")) > COUNT / 2


@pytest.fixture
def short_cookies(tmp_path: Path) -> Iterator[RealVolume]:
    """A volume of three bricks on a file system that counts its entries."""
    (tmp_path / "disk").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", tmp_path / "disk"], check=True)
    try:
        with RealVolume(distributed(3), tmp_path / "disk" / "volume") as volume:
            yield make_tree(volume)
    finally:
        subprocess.run(["umount", "--lazy", tmp_path / "disk"], check=True)


def test_bricks_whose_own_cookies_are_short_have_theirs_multiplied(short_cookies: RealVolume) -> None:
    assert not any(marked(short_cookies.mountpoint / "one"))


def test_short_cookies_say_what_attributes_say(short_cookies: RealVolume) -> None:
    found, report = by_cookie(short_cookies.mountpoint)
    assert (found, report.by_cookie) == (exact(short_cookies.mountpoint), COUNT * len(PLACES))


# What cookies do not say


def test_files_with_hard_names_are_placed_by_cookie(folder_2x2: Path, volume_2x2: RealVolume) -> None:
    tree = hostile_tree(volume_2x2, os.fsencode(folder_2x2 / "hostile"))
    found, report = by_cookie(tree.root)
    links = sum(os.path.islink(path) for path in tree.labels.values())
    assert (found, report.disproved) == (exact(tree.root), None)
    assert report.by_cookie == len(found) - links


def test_a_link_is_placed_by_its_targets_attribute(folder_2x2: Path) -> None:
    for number in range(8):
        (folder_2x2 / f"{number}").touch()
        (folder_2x2 / f"link-{number}").symlink_to(f"{number}")
    found, report = by_cookie(folder_2x2)
    hosts = {replicas[0].rsplit("/", 1)[1]: replicas[0].split("/")[2] for replicas in found}
    assert report.by_cookie == 8
    assert all(hosts[f"link-{number}"] == hosts[f"{number}"] for number in range(8))


def test_exact_placement_uses_no_cookie(folder_2x2: Path) -> None:
    fill(folder_2x2)
    files(str(folder_2x2), None, {}, placement="exact", report=(report := Report()))
    assert report.by_cookie == 0


# A brick is down


DEGRADED = {
    "a replica of two": (replicated(2, 2, one_process=False), 1),
    "a replica of three": (replicated(2, 3, one_process=False), 3),
    "an arbiter": (replicated(2, 2, arbiter=True, one_process=False), 2),
    "the brick before an arbiter": (replicated(1, 2, arbiter=True, one_process=False), 1),
    "a fragment": (dispersed(2, 2, 1, one_process=False), 4),
}


@pytest.mark.parametrize("lost", DEGRADED)
def test_with_a_brick_down_cookies_say_what_attributes_say(lost: str, make_volume: MakeVolume) -> None:
    spec, number = DEGRADED[lost]
    volume = make_tree(make_volume(spec))
    volume.stop_brick(number)
    found, report = by_cookie(volume.mountpoint)
    assert (found, report.by_cookie) == (exact(volume.mountpoint), COUNT * len(PLACES))


# Groups are added


GROWN = {"replicas": replicated(2, 2), "bricks": distributed(4), "fragments": at_addresses(dispersed(2, 2, 1))}
DIRECTORIES = 160  # more than a walk lists ahead
LATE = f"{DIRECTORIES - 1:03}/new"


class Grown(NamedTuple):
    """A volume that got a group during a walk, and what the walk gave and reported. ``paths``: of all its files."""

    volume: RealVolume
    paths: list[str]
    found: list[list[str]]
    report: Report


@pytest.fixture(scope="module", params=itertools.product(GROWN, ["auto", "exact"]), ids="-".join)
def grown(request: pytest.FixtureRequest) -> Iterator[Grown]:
    """A volume that gets its last group half way through a walk, and files in a directory that comes late."""
    shape, placement = request.param
    spec, report = GROWN[shape], Report()
    with RealVolume(dataclasses.replace(spec, groups=spec.groups[:-1])) as volume:
        for number in range(DIRECTORIES):
            fill(volume.mountpoint / f"{number:03}", 1)
        stream = iter_files(str(volume.mountpoint), None, {}, placement=placement, report=report)
        first = list(itertools.islice(stream, DIRECTORIES // 2))
        volume.add_group(spec.groups[-1])
        late = [f"{LATE}/{name}" for name in fill(volume.mountpoint / LATE)]
        paths = [f"{number:03}/file-00" for number in range(DIRECTORIES)] + late
        yield Grown(volume, paths, [*first, *stream], report)


def test_a_walk_during_which_a_group_is_added_gives_every_file_where_it_is(grown: Grown) -> None:
    assert grown.found == truth(grown.volume, grown.paths)


def test_new_files_are_on_the_new_group_too(grown: Grown) -> None:
    """Else nothing was tried."""
    holders = {number for path in grown.paths for number in grown.volume.holders(path)}
    assert holders == set(range(len(grown.volume.spec.bricks)))


def test_a_walk_during_which_a_group_is_added_contradicts_no_cookie(grown: Grown) -> None:
    assert grown.report.disproved is None


# Parts of a mount


@pytest.fixture(scope="module")
def parts() -> Iterator[RealVolume]:
    """A volume with files in a directory of a directory."""
    with RealVolume(replicated(2, 2)) as volume:
        (volume.mountpoint / "top").mkdir()
        fill(volume.mountpoint / "top" / "sub")
        yield volume


def inside(volume: RealVolume) -> list[list[str]]:
    """Where the files of top/sub are, by their names below that."""
    return relative(by_holders(volume, sorted(os.listdir(volume.mountpoint / "top" / "sub")), "top/sub"))


def test_on_a_directory_that_is_mounted_by_itself_cookies_place_all(parts: RealVolume) -> None:
    found, report = by_cookie(parts.subdir_mount("top/sub"))
    assert (found, report.by_cookie) == (inside(parts), len(found))


def test_on_a_directory_that_is_bound_elsewhere_cookies_place_all_while_its_mount_is_there(parts: RealVolume) -> None:
    found, report = by_cookie(parts.bind_mount("top/sub"))
    assert (found, report.by_cookie) == (inside(parts), len(found))


def test_where_the_client_graph_is_out_of_reach_attributes_place_all(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(2, 2))
    (volume.mountpoint / "top").mkdir()
    fill(volume.mountpoint / "top" / "sub")
    expected, bound = inside(volume), volume.bind_mount("top/sub")
    subprocess.run(["umount", "--lazy", volume.mountpoint], check=True)
    found, report = by_cookie(bound)
    assert (found, report.by_cookie) == (expected, 0)
