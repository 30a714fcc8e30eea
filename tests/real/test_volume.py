"""The volumes that the other tests work on: that they are what they say."""

import errno
import os
import re
import subprocess
from pathlib import Path

import pytest

from .conftest import MakeVolume
from .judges import JudgeError
from .specs import BrickSpec, GroupSpec, dispersed, distributed, replicated
from .state import VolumeError
from .volfiles import node_uuid
from .volume import RealVolume
from .waiting import wait_until


def write_files(folder: Path, count: int = 20) -> list[str]:
    """Some files in a folder of a mount; returns their names."""
    names = [f"file-{number}" for number in range(count)]
    for name in names:
        (folder / name).write_text(name)
    return names


def hosts_in(value: bytes) -> set[str]:
    """The hosts in a pathinfo value of a file with a tame name."""
    return {host.decode() for host in re.findall(rb"<POSIX\([^)]*\):([^:]+):", value)}


def hosts_of(volume: RealVolume, numbers: tuple[int, ...]) -> set[str]:
    """The hosts that some bricks say they are on."""
    return {volume.spec.bricks[number].host for number in numbers}


def path_in(volume: RealVolume, folder: Path, name: str = "") -> Path:
    """A path below a mount point, as the bricks have it."""
    return (folder / name).relative_to(volume.mountpoint)


def test_files_lie_on_the_hosts_given(volume_2x2: RealVolume, folder_2x2: Path) -> None:
    names = write_files(folder_2x2)
    found = {name: volume_2x2.holders(path_in(volume_2x2, folder_2x2, name)) for name in names}
    assert set(found.values()) == {(0, 1), (2, 3)}
    for name, numbers in found.items():
        assert hosts_in(volume_2x2.pathinfo(folder_2x2 / name)) == hosts_of(volume_2x2, numbers)


def test_three_groups(volume_3x2: RealVolume, folder_3x2: Path) -> None:
    names = write_files(folder_3x2, 30)
    found = {volume_3x2.holders(path_in(volume_3x2, folder_3x2, name)) for name in names}
    assert found == {(0, 1), (2, 3), (4, 5)}


def test_the_mount_shows_its_graph(volume_2x2: RealVolume) -> None:
    active = volume_2x2.mountpoint / ".meta" / "graphs" / "active"
    text = (active / "volfile").read_text()
    assert re.findall(r"^volume (\S+)", text, re.MULTILINE) == [
        *("nx01-vol1", "nx02-vol1", "web-replicate-0"),
        *("nx03-vol1", "nx04-vol1", "web-replicate-1"),
        *("web-dht", "web", "meta-autoload"),
    ]
    assert f"option remote-subvolume {volume_2x2.brick_directories[2]}" in text
    assert "connected = 1" in (active / "nx03-vol1" / "private").read_text()


def test_hostile_names_reach_the_judges(volume_2x2: RealVolume, folder_2x2: Path) -> None:
    name = b"-n\n<POSIX(x):nx09:x\xff> "
    place = os.path.join(os.fsencode(folder_2x2), name)
    with open(place, "wb"):
        pass
    numbers = volume_2x2.holders(os.path.join(os.fsencode(path_in(volume_2x2, folder_2x2)), name))
    brick = os.fsencode(volume_2x2.brick_directories[numbers[0]])
    assert b"<POSIX(%s):" % brick in volume_2x2.pathinfo(place)


def test_a_note_of_another_group_is_no_file(volume_2x2: RealVolume, folder_2x2: Path) -> None:
    """A renamed file stays in its group; the group that its new name belongs to gets a note of that."""
    notes = 0
    for name in write_files(folder_2x2):
        before = volume_2x2.holders(path_in(volume_2x2, folder_2x2, name))
        (folder_2x2 / name).rename(folder_2x2 / f"{name}-new")
        after = path_in(volume_2x2, folder_2x2, f"{name}-new")
        assert volume_2x2.holders(after) == before
        notes += sum(os.path.lexists(os.path.join(b, after)) for b in volume_2x2.brick_directories) > 2
    assert notes > 0


def test_a_brick_stops_and_comes_back(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2, one_process=False))
    (volume.mountpoint / "before").write_text("x")
    volume.stop_brick(0)
    assert volume.brick_state(0) == "lost"
    (volume.mountpoint / "meanwhile").write_text("x")
    assert volume.holders("meanwhile") == (1,)
    assert hosts_in(volume.pathinfo("before")) == {"nx02"}
    volume.start_brick(0)
    (volume.mountpoint / "after").write_text("x")
    assert volume.holders("after") == (0, 1)
    assert hosts_in(volume.pathinfo("after")) == {"nx01", "nx02"}


def test_all_bricks_lost(make_volume: MakeVolume) -> None:
    volume = make_volume(distributed(2, one_process=False))
    volume.stop_brick(0)
    volume.stop_brick(1)
    with pytest.raises(OSError, match=os.strerror(errno.ENOTCONN)):
        os.listdir(volume.mountpoint)
    assert (volume.brick_state(0), volume.brick_state(1)) == ("lost", "lost")


def test_bricks_of_one_process_do_not_stop_alone(volume_2x2: RealVolume) -> None:
    with pytest.raises(VolumeError, match="one_process=False"):
        volume_2x2.stop_brick(0)
    assert volume_2x2.brick_state(0) == "connected"


def test_a_brick_hangs_and_resumes(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2, one_process=False))
    (volume.mountpoint / "file").write_text("x")
    volume.hang_brick(1)
    asking = subprocess.Popen(["stat", volume.mountpoint / "file"], stdout=subprocess.DEVNULL)
    with pytest.raises(subprocess.TimeoutExpired):
        asking.wait(0.5)
    assert volume.brick_state(1) == "connected", "the ping timeout is far"
    volume.resume_brick(1)
    assert asking.wait(10) == 0


def test_a_hanging_brick_is_given_up_after_the_ping_timeout(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2, one_process=False, ping_timeout=1))
    (volume.mountpoint / "file").write_text("x")
    volume.hang_brick(1)
    assert hosts_in(volume.pathinfo("file")) == {"nx01"}
    assert volume.brick_state(1) == "lost"
    volume.resume_brick(1)
    wait_until(lambda: volume.brick_state(1) == "connected", 10)


def test_a_dead_mount(make_volume: MakeVolume) -> None:
    volume = make_volume(distributed(1))
    volume.kill_client()
    with pytest.raises(OSError, match=os.strerror(errno.ENOTCONN)):
        os.listdir(volume.mountpoint)


def test_a_group_is_added(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2))
    (volume.mountpoint / "old").mkdir()
    before = volume.graph
    volume.add_group(
        GroupSpec("replicate", (BrickSpec("ny01", "ny01-vol1"), BrickSpec("ny02", "ny02-vol1", "127.0.0.2")))
    )
    assert volume.graph != before
    assert [brick.host for brick in volume.spec.bricks] == ["nx01", "nx02", "ny01", "ny02"]
    (volume.mountpoint / "new").mkdir()
    places = {volume.holders(f"new/{name}") for name in write_files(volume.mountpoint / "new")}
    assert places == {(0, 1), (2, 3)}
    assert {volume.holders(f"old/{name}") for name in write_files(volume.mountpoint / "old")} == {(0, 1)}


def test_an_arbiter_holds_no_data(make_volume: MakeVolume) -> None:
    volume = make_volume(replicated(1, 2, arbiter=True))
    (volume.mountpoint / "file").write_text("data")
    assert volume.holders("file") == (0, 1, 2)
    assert [Path(b, "file").stat().st_size for b in volume.brick_directories] == [4, 4, 0]
    assert hosts_in(volume.pathinfo("file")) == {"nx01", "nx02", "nx03"}


def test_a_dispersed_volume_holds_fragments_and_gives_no_pathinfo(make_volume: MakeVolume) -> None:
    volume = make_volume(dispersed(2, 2, 1))
    (volume.mountpoint / "file").write_bytes(b"x" * 4096)
    numbers = volume.holders("file")
    assert numbers in ((0, 1, 2), (3, 4, 5))
    assert {Path(volume.brick_directories[i], "file").stat().st_size for i in numbers} == {2048}
    with pytest.raises(JudgeError, match=os.strerror(errno.ENOMEM)):
        volume.pathinfo("file")


def test_a_sharded_volume_with_short_names_and_uuids(make_volume: MakeVolume) -> None:
    volume = make_volume(distributed(2, shard_block_size="4MB", server_names="short", node_uuids=True, name="cut"))
    (volume.mountpoint / "long").write_bytes(b"x" * (9 << 20))
    shards = [name for b in volume.brick_directories for name in os.listdir(Path(b, ".shard"))]
    assert len([name for name in shards if name.endswith((".1", ".2"))]) == 2
    (number,) = volume.holders("long")
    assert hosts_in(volume.pathinfo("long")) == {node_uuid(volume.spec.bricks[number].host)}


def test_parts_of_the_mount(make_volume: MakeVolume) -> None:
    volume = make_volume(distributed(2))
    (volume.mountpoint / "top" / "sub").mkdir(parents=True)
    (volume.mountpoint / "top" / "sub" / "file").write_text("x")
    bound, mounted = volume.bind_mount("top/sub"), volume.subdir_mount("top/sub")
    assert os.listdir(bound) == os.listdir(mounted) == ["file"]
    assert volume.pathinfo(bound / "file") == volume.pathinfo("top/sub/file")
    assert volume.pathinfo(mounted / "file") == volume.pathinfo("top/sub/file")
    assert not (bound / ".meta").exists()
    assert (mounted / ".meta" / "graphs" / "active" / "volfile").exists()


def test_two_volumes_at_once(make_volume: MakeVolume) -> None:
    first, second = make_volume(distributed(1)), make_volume(distributed(1))
    (first.mountpoint / "file").write_text("x")
    first.close()
    assert os.listdir(second.mountpoint) == []
    assert second.brick_state(0) == "connected"
