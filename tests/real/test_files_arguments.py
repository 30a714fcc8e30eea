"""The arguments of `files()` on a real mount: which path, which filter, which host map."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from disco.dfs.gluster import (
    HostnameMapError,
    NoHostnameMapError,
    NotInputfsError,
    PathError,
    files,
    read_hostname_map,
)

from .specs import BrickSpec, GroupSpec, VolumeSpec
from .volume import RealVolume

# Hosts that the servers call themselves, and addresses that the volume was made with.
SPEC = VolumeSpec(
    (
        GroupSpec(
            "replicate",
            (BrickSpec("nx01", "web-client-0", "127.0.0.1"), BrickSpec("nx02", "web-client-1", "127.0.0.2")),
        ),
    )
)
TREE = ("logs/2006-07/a.log", "logs/2006-07/b.txt", "logs/2006-08/a.log", "top", b"logs/2006-08/\xff.log")
NODES = {"nx01": "disco-01", "nx02": "disco-02"}


@pytest.fixture(scope="module")
def volume() -> Iterator[RealVolume]:
    """A group of two replicas with some files, and nothing else at its root."""
    with RealVolume(SPEC) as volume:
        for path in TREE:
            place = os.path.join(os.fsencode(volume.mountpoint), os.fsencode(path))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "x"):
                pass
        yield volume


@pytest.fixture
def mount(volume: RealVolume, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Its mount point, without a host map anywhere before and after."""
    monkeypatch.delenv("DISCO_HOSTNAME_MAP", raising=False)
    yield volume.mountpoint
    (volume.mountpoint / ".hostname_map").unlink(missing_ok=True)


def found(addresses: list[list[str]]) -> list[bytes]:
    """The paths below the mount point."""
    return [os.fsencode(replicas[0].split("/", 3)[3]) for replicas in addresses]


def nodes(addresses: list[list[str]]) -> set[tuple[str, ...]]:
    """The nodes of the files, each combination once."""
    return {tuple(address.split("/")[2] for address in replicas) for replicas in addresses}


ALL = sorted(os.fsencode(path) for path in TREE)
LOGS = [path for path in ALL if path.startswith(b"logs/")]
JULY, AUGUST = ([path for path in LOGS if month in path] for month in (b"2006-07", b"2006-08"))


# The path


def test_the_mount_point_gives_all_files(mount: Path) -> None:
    assert found(files(str(mount), None, {})) == ALL


def test_a_sub_directory_gives_its_files_by_their_paths_below_the_mount_point(mount: Path) -> None:
    assert found(files(str(mount / "logs" / "2006-07"), None, {})) == JULY


def test_a_path_may_be_given_as_bytes(mount: Path) -> None:
    assert found(files(os.fsencode(mount / "logs"), None, {})) == LOGS


def test_a_path_may_end_in_slashes(mount: Path) -> None:
    assert found(files(f"{mount}/logs//", None, {})) == LOGS


def test_a_path_may_be_relative(mount: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(mount / "logs" / "2006-07")
    assert found(files(".", None, {})) == JULY
    assert found(files("../2006-08", None, {})) == AUGUST


def test_a_path_that_is_a_file_gives_that_file(mount: Path) -> None:
    assert found(files(str(mount / "logs" / "2006-07" / "a.log"), None, {})) == [b"logs/2006-07/a.log"]


def test_a_path_that_is_a_file_is_filtered_too(mount: Path) -> None:
    assert files(str(mount / "top"), "no such thing", {}) == []


def test_a_path_that_is_a_link_to_a_directory_gives_the_files_where_they_are(mount: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(mount / "logs" / "2006-07")
    assert found(files(str(tmp_path / "link"), None, {})) == JULY


def test_a_path_that_is_a_link_to_a_file_gives_that_file(mount: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(mount / "top")
    assert found(files(str(tmp_path / "link"), None, {})) == [b"top"]


def test_a_path_that_does_not_exist_is_an_error(mount: Path) -> None:
    with pytest.raises(PathError, match="/missing: No such file or directory"):
        files(str(mount / "missing"), None, {})


def test_a_path_on_another_file_system_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(NotInputfsError, match=rf"{tmp_path} is not on GlusterFS: it is on \w+, mounted at /"):
        files(str(tmp_path), None, {})


# The filter


def test_a_string_is_looked_for_in_names(mount: Path) -> None:
    assert found(files(str(mount), "a.log", {})) == [b"logs/2006-07/a.log", b"logs/2006-08/a.log"]


def test_a_string_is_looked_for_in_the_directories_above(mount: Path) -> None:
    assert found(files(str(mount), "2006-07", {})) == JULY


def test_a_string_is_looked_for_across_a_slash(mount: Path) -> None:
    assert found(files(str(mount), "07/b", {})) == [b"logs/2006-07/b.txt"]


def test_a_string_is_looked_for_in_the_mount_point(mount: Path) -> None:
    assert found(files(str(mount), f"{mount.name}/", {})) == ALL


def test_a_string_of_bytes_that_are_not_utf_8_is_looked_for(mount: Path) -> None:
    assert found(files(str(mount), "\udcff", {})) == [b"logs/2006-08/\xff.log"]


def test_an_expression_is_matched_at_the_beginning_of_the_name(mount: Path) -> None:
    assert found(files(str(mount), re.compile(r"[ab]\."), {})) == [path for path in LOGS if b"\xff" not in path]


def test_an_expression_does_not_see_directories(mount: Path) -> None:
    assert files(str(mount), re.compile(".*2006"), {}) == []


def test_an_expression_of_bytes_sees_bytes(mount: Path) -> None:
    assert found(files(str(mount), re.compile(rb"[\x80-\xff]"), {})) == [b"logs/2006-08/\xff.log"]


@pytest.mark.parametrize("empty", [None, ""])
def test_no_filter_keeps_all(empty: str | None, mount: Path) -> None:
    assert found(files(str(mount), empty, {})) == ALL


def test_another_filter_is_a_type_error(mount: Path) -> None:
    with pytest.raises(TypeError, match="filter must be a str, a compiled regular expression or None, not int"):
        files(str(mount), 7, {})  # type: ignore[arg-type]


# The host map


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("web-client-0", "web-client-1"), id="volumes"),
        pytest.param(("nx01:{0}", "nx02:{1}"), id="bricks"),
        pytest.param(("nx01", "nx02"), id="hosts"),
        pytest.param(("127.0.0.1", "127.0.0.2"), id="configured hosts"),
    ],
)
def test_a_map_may_name(names: tuple[str, str], volume: RealVolume, mount: Path) -> None:
    given = {name.format(*volume.brick_directories): f"disco-{at}" for at, name in enumerate(names, 1)}
    assert nodes(files(str(mount), None, given)) == {("disco-1", "disco-2")}


def test_the_volumes_name_goes_before_the_bricks_the_hosts_and_the_configured_hosts(
    volume: RealVolume, mount: Path
) -> None:
    names = ["web-client-0", f"nx01:{volume.brick_directories[0]}", "nx01", "127.0.0.1"]
    won = [nodes(files(str(mount / "top"), None, {name: name[:5] for name in names[at:]})) for at in range(4)]
    assert won == [{(name[:5], "nx02")} for name in names]


def test_an_empty_map_takes_the_hosts_as_they_name_themselves(mount: Path) -> None:
    assert nodes(files(str(mount), None, {})) == {("nx01", "nx02")}


def test_a_volume_that_the_map_misses_goes_by_its_host(mount: Path) -> None:
    assert nodes(files(str(mount), None, {"nx01": "disco-01"})) == {("disco-01", "nx02")}


def test_two_replicas_on_one_node_give_an_address_each(mount: Path) -> None:
    assert nodes(files(str(mount), None, {"nx01": "n", "nx02": "n"})) == {("n", "n")}


def test_the_map_is_found_at_the_mount_point(mount: Path) -> None:
    (mount / ".hostname_map").write_text("nx01 disco-01\nweb-client-1\tdisco-02  # the new one\n")
    assert nodes(files(str(mount / "logs"))) == {("disco-01", "disco-02")}


def test_the_map_is_one_of_the_files(mount: Path) -> None:
    (mount / ".hostname_map").write_text("")
    assert b".hostname_map" in found(files(str(mount)))


def test_the_variable_goes_before_the_mount_point(mount: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (mount / ".hostname_map").write_text("nx01 wrong\n")
    (tmp_path / "map").write_text("nx01 disco-01\nnx02 disco-02\n")
    monkeypatch.setenv("DISCO_HOSTNAME_MAP", str(tmp_path / "map"))
    assert nodes(files(str(mount / "logs"))) == {("disco-01", "disco-02")}


def test_a_map_that_is_passed_goes_before_all(mount: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "map").write_text("nx01 wrong\n")
    monkeypatch.setenv("DISCO_HOSTNAME_MAP", str(tmp_path / "map"))
    assert nodes(files(str(mount), None, NODES)) == {("disco-01", "disco-02")}


def test_a_map_that_was_read_can_be_passed(mount: Path, tmp_path: Path) -> None:
    (tmp_path / "map").write_text("nx01 disco-01\nnx02 disco-02\n")
    assert nodes(files(str(mount), None, read_hostname_map(str(tmp_path / "map")))) == {("disco-01", "disco-02")}


def test_no_map_is_an_error_that_names_both_places_and_the_way_out(mount: Path) -> None:
    with pytest.raises(NoHostnameMapError) as caught:
        files(str(mount))
    assert all(words in str(caught.value) for words in ("DISCO_HOSTNAME_MAP", f"{mount}/.hostname_map", "{}"))


def test_a_variable_that_names_no_file_is_an_error_of_its_own(mount: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (mount / ".hostname_map").write_text("nx01 disco-01\n")
    monkeypatch.setenv("DISCO_HOSTNAME_MAP", str(mount / "missing"))
    with pytest.raises(PathError, match="/missing: No such file"):
        files(str(mount))


def test_a_bad_line_is_an_error_with_file_and_line(mount: Path) -> None:
    (mount / ".hostname_map").write_text("nx01 disco-01\nnx02\n")
    with pytest.raises(HostnameMapError, match=rf"{mount}/\.hostname_map, line 2: "):
        files(str(mount))


def test_a_sub_directory_mounted_by_itself_has_its_own_map_and_its_own_paths(volume: RealVolume, mount: Path) -> None:
    point = volume.subdir_mount("logs")
    (mount / ".hostname_map").write_text("nx01 wrong\n")
    (mount / "logs" / ".hostname_map").write_text("nx01 disco-01\nnx02 disco-02\n")
    try:
        resolved = files(str(point / "2006-07"))
    finally:
        (mount / "logs" / ".hostname_map").unlink()
    assert resolved == [[f"dfs://disco-0{n}/2006-07/{name}" for n in (1, 2)] for name in ("a.log", "b.txt")]
