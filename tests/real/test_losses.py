"""What `files()` says where something is lost: a brick, a replica, a group, the client, the right to read."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from disco.dfs.gluster import FailedFilesError, Failure, PathError, Report, files, iter_files
from disco.dfs.gluster.inputfs import PlacementMode, open_inputfs

from .conftest import MakeVolume
from .specs import dispersed, distributed, replicated
from .test_shapes import COUNT, by_holders, fill, resolve
from .volume import RealVolume
from .waiting import wait_until
from .workers import nobody


def without(addresses: list[list[str]], *hosts: str) -> list[list[str]]:
    """The addresses on other hosts."""
    return [[a for a in replicas if a.split("/")[2] not in hosts] for replicas in addresses]


def found_and_failed(path: Path) -> tuple[list[list[str]], list[Failure]]:
    """What files() finds, and what it fails at."""
    failures: list[Failure] = []
    return files(str(path), None, {}, on_error=failures.append), failures


# A brick is down


@pytest.fixture(scope="module")
def degraded() -> Iterator[RealVolume]:
    """Two groups of two replicas; the first brick was lost after the files were made."""
    with RealVolume(replicated(2, 2, one_process=False)) as volume:
        fill(volume.mountpoint)
        volume.stop_brick(0)
        yield volume


def test_survivors_are_addressed(degraded: RealVolume) -> None:
    truth = by_holders(degraded, sorted(os.listdir(degraded.mountpoint)))
    assert files(str(degraded.mountpoint), None, {}) == without(truth, "nx01")


def test_the_lost_brick_is_shown_offline(degraded: RealVolume) -> None:
    cluster, _ = resolve(degraded.mountpoint)
    assert [volume.online for volume in cluster.volumes] == [False, True, True, True]


def test_the_lost_replica_is_absent_from_the_placement(degraded: RealVolume) -> None:
    _, found = resolve(degraded.mountpoint)
    assert {(placement.usable, placement.absent) for placement in found.values()} == {((1,), (0,)), ((2, 3), ())}


def test_a_dispersed_file_is_addressed_on_the_bricks_that_are_online(make_volume: MakeVolume) -> None:
    volume = make_volume(dispersed(1, 4, 2, one_process=False))
    fill(volume.mountpoint, 3)
    volume.stop_brick(1)
    _, found = resolve(volume.mountpoint)
    assert {(placement.usable, placement.absent) for placement in found.values()} == {((0, 2, 3, 4, 5), (1,))}


@pytest.mark.slow
def test_a_brick_that_hangs_is_not_addressed_once_it_was_given_up(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2, one_process=False, ping_timeout=1))
    fill(volume.mountpoint, 1)
    volume.hang_brick(1)
    try:
        assert files(str(volume.mountpoint), None, {}) == [["dfs://nx01/file-00"]]
    finally:
        volume.resume_brick(1)


# A replica lacks a file


@pytest.fixture(scope="module")
def lacking() -> Iterator[RealVolume]:
    """Two replicas, both online, of which the first lacks the only file and cannot take it."""
    with RealVolume(replicated(1, 2, one_process=False)) as volume:
        volume.stop_brick(0)
        fill(volume.mountpoint, 1)
        brick = volume.brick_directories[0]
        for options in (["--bind", brick, brick], ["-o", "remount,bind,ro", brick]):
            subprocess.run(["mount", *options], check=True)
        volume.start_brick(0)
        yield volume


@pytest.mark.slow
def test_exact_placement_finds_that_a_replica_lacks_a_file(lacking: RealVolume) -> None:
    cluster, found = resolve(lacking.mountpoint, "exact")
    assert ([v.online for v in cluster.volumes], found["file-00"].usable, found["file-00"].absent) == (
        [True, True],
        (1,),
        (0,),
    )


def test_by_its_cookie_a_file_is_on_all_volumes_of_its_group_that_are_online(lacking: RealVolume) -> None:
    _, found = resolve(lacking.mountpoint, "auto")
    assert (found["file-00"].usable, found["file-00"].absent) == ((0, 1), ())


def test_a_replica_that_lacks_a_file_is_given_it_by_the_look_at_it(make_volume: MakeVolume) -> None:
    """A client makes a missing file wherever it can, whatever its settings are, when its name is looked up."""
    off = tuple((f"{kind}-self-heal", "off") for kind in ("data", "metadata", "entry"))
    volume = make_volume(replicated(1, 2, one_process=False, group_options=off))
    volume.stop_brick(0)
    names = fill(volume.mountpoint, 1)
    volume.start_brick(0)
    assert volume.holders(names[0]) == (1,)
    assert files(str(volume.mountpoint), None, {}) == [["dfs://nx01/file-00", "dfs://nx02/file-00"]]
    assert volume.holders(names[0]) == (0, 1)


@pytest.mark.slow
def test_bricks_that_answer_with_different_names_of_a_file_are_all_addressed(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2, one_process=False))
    names = fill(volume.mountpoint, 4)
    for name in names:
        os.link(volume.mountpoint / name, volume.mountpoint / f"{name} too")
    volume.stop_brick(0)
    volume.start_brick(0)
    for name in sorted(os.listdir(volume.mountpoint), reverse=True):
        os.stat(volume.mountpoint / name)
    truth = by_holders(volume, sorted(os.listdir(volume.mountpoint)))
    assert files(str(volume.mountpoint), None, {}) == truth


# A group is down


QUORUM = replicated(2, 3, one_process=False, group_options=(("quorum-type", "auto"),))
LOST = {
    "all bricks of a group are lost": (replicated(2, 2, one_process=False), (2, 3), "web-replicate-1"),
    "a group has lost its quorum": (QUORUM, (0, 1), "web-replicate-0"),
    "a dispersed group has too few bricks": (dispersed(2, 2, 1, one_process=False), (3, 5), "web-disperse-1"),
    "a brick without a replica is lost": (distributed(3, one_process=False), (1,), "nx02-vol1"),
}


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOST)
def test_files_that_no_directory_lists_any_more_are_a_failure(loss: str, make_volume: MakeVolume) -> None:
    spec, lost, group = LOST[loss]
    volume = make_volume(spec)
    fill(volume.mountpoint)
    for number in lost:
        volume.stop_brick(number)
    wait_until(lambda: len(os.listdir(volume.mountpoint)) < COUNT, what="some files are gone from the listing")
    _, failures = found_and_failed(volume.mountpoint)
    assert [str(failure) for failure in failures] == [
        f"{volume.mountpoint}: {group} is down: too few of its bricks are online, and its files are in no listing"
    ]


def test_the_files_of_the_other_groups_are_resolved(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(2, 2, one_process=False))
    truth = by_holders(volume, fill(volume.mountpoint))
    volume.stop_brick(2)
    volume.stop_brick(3)
    with pytest.raises(FailedFilesError) as caught:
        files(str(volume.mountpoint), None, {})
    assert caught.value.resolved == [replicas for replicas in truth if "nx01" in replicas[0]]


def test_with_all_bricks_lost_the_path_is_an_error(make_volume: MakeVolume) -> None:
    volume = make_volume(distributed(2, one_process=False))
    volume.stop_brick(0)
    volume.stop_brick(1)
    with pytest.raises(PathError, match="the bricks that hold it are down, or the mount's client has died"):
        files(str(volume.mountpoint), None, {})


# The client is dead


def test_a_dead_mount_is_an_error(make_volume: MakeVolume) -> None:
    volume = make_volume(distributed(1))
    volume.kill_client()
    with pytest.raises(PathError, match="Transport endpoint is not connected"):
        files(str(volume.mountpoint), None, {})


def test_a_directory_bound_elsewhere_is_an_error_when_its_client_is_dead(make_volume: MakeVolume) -> None:
    volume = make_volume(distributed(1))
    fill(volume.mountpoint / "top")
    bound = volume.bind_mount("top")
    volume.kill_client()
    with pytest.raises(PathError, match="Transport endpoint is not connected"):
        files(str(bound), None, {})


def test_a_client_that_dies_under_way_is_a_failure_of_what_was_left(make_volume: MakeVolume) -> None:
    volume = make_volume(distributed(1))
    for number in range(100):
        fill(volume.mountpoint / f"{number:03}", 1)
    failures: list[Failure] = []
    stream = iter_files(str(volume.mountpoint), None, {}, on_error=failures.append)
    first = next(stream)
    volume.kill_client()
    found = [first, *stream]
    assert len(found) + len(failures) == 100
    assert all("the mount's client has died" in failure.fact for failure in failures)


# No right to read


@pytest.fixture(scope="module")
def guarded() -> Iterator[RealVolume]:
    """Files and directories of which nobody may read some."""
    with RealVolume(replicated(2, 2)) as volume:
        for place in ("open", "closed", "listed", "passed"):
            fill(volume.mountpoint / place, 2)
        (volume.mountpoint / "open" / "file-00").chmod(0)
        for place, mode in (("closed", 0o700), ("listed", 0o744), ("passed", 0o711)):
            (volume.mountpoint / place).chmod(mode)
        yield volume


def as_nobody(path: Path, placement: PlacementMode = "exact") -> tuple[list[str], list[str]]:
    """The paths below the mount point that nobody's files() finds, and the failures in words."""
    failures: list[Failure] = []
    with nobody() as executor:
        found = files(str(path), None, {}, on_error=failures.append, executor=executor, placement=placement)
    return [replicas[0].split("/", 3)[3] for replicas in found], [str(failure) for failure in failures]


def test_a_file_that_may_not_be_read_is_a_failure_and_the_others_are_found(guarded: RealVolume) -> None:
    place = guarded.mountpoint / "open"
    assert as_nobody(place) == (["open/file-01"], [f"{place}/file-00: Permission denied"])


def test_by_its_cookie_a_file_is_found_that_may_not_be_read_where_another_of_its_group_may(guarded: RealVolume) -> None:
    assert as_nobody(guarded.mountpoint / "open", "auto") == (["open/file-00", "open/file-01"], [])


def test_where_no_file_of_a_group_may_be_read_by_cookie_too_each_is_a_failure(guarded: RealVolume) -> None:
    place = guarded.mountpoint / "listed"
    assert as_nobody(place, "auto") == ([], [f"{place}/file-0{number}: Permission denied" for number in (0, 1)])


@pytest.mark.parametrize("placement", ["auto", "exact"])
def test_a_directory_that_may_not_be_read_is_a_failure(guarded: RealVolume, placement: PlacementMode) -> None:
    place = guarded.mountpoint / "passed"
    assert as_nobody(place, placement) == ([], [f"{place}: Permission denied"])


def test_files_in_a_directory_that_may_be_listed_and_not_passed_are_failures(guarded: RealVolume) -> None:
    place = guarded.mountpoint / "listed"
    assert as_nobody(place) == ([], [f"{place}/file-0{number}: Permission denied" for number in (0, 1)])


def test_what_may_be_read_beside_them_is_found(guarded: RealVolume) -> None:
    assert as_nobody(guarded.mountpoint)[0] == ["open/file-01"]


def test_a_file_in_a_directory_that_may_be_passed_can_be_named(guarded: RealVolume) -> None:
    assert as_nobody(guarded.mountpoint / "passed" / "file-00") == (["passed/file-00"], [])


def test_a_path_below_a_directory_that_may_not_be_passed_is_an_error(guarded: RealVolume) -> None:
    with nobody() as executor, pytest.raises(PathError, match="/closed/file-00: Permission denied"):
        files(str(guarded.mountpoint / "closed" / "file-00"), None, {}, executor=executor)


def test_the_client_graph_is_for_everybody(guarded: RealVolume) -> None:
    with nobody() as executor:
        source, _ = open_inputfs(str(guarded.mountpoint), executor=executor)
        assert [(v.name, v.online) for v in source.cluster.volumes] == [(b.volume, True) for b in guarded.spec.bricks]


def test_root_is_refused_nothing(guarded: RealVolume) -> None:
    report = Report()
    files(str(guarded.mountpoint), None, {}, report=report)
    assert (report.files, report.failures) == (8, [])
