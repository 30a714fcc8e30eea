"""Wrong cookies, made below everything that is public: they are caught, told, and what they said is put right."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from disco.dfs.gluster import CookiesDisprovedError, Report, files, inputfs, iter_files, listing
from disco.dfs.gluster.recording import open_recording
from gluster_tui.map_choice import MapChoice
from gluster_tui.session import open_path
from tests.tui.driving import explorer, running

from .running import PROGRAM, environment
from .specs import replicated
from .test_shapes import by_holders, fill
from .volume import RealVolume

DIRECTORIES, COUNT = 100, 4
EARLY, LATE = b"000", b"098"
FLIP = 2  # of four clients, two a group: it makes each of them one of the other group, in both ways to write a cookie

# What the programs that are started here do first: the same as `wrong` does here.
CUSTOMIZE = f"""
import os
from disco.dfs.gluster import listing
entries = listing._entries
def wrong(path, between):
    flip = {FLIP} if os.path.basename(path).decode() >= os.environ["WRONG_FROM"] else 0
    return [(name, cookie ^ flip, kind) for name, cookie, kind in entries(path, between)]
listing._entries = wrong
from disco.dfs.gluster import inputfs
inputfs._FILES_A_CHECK = 1
"""


@pytest.fixture(scope="module")
def mount() -> Iterator[RealVolume]:
    """Many small directories."""
    with RealVolume(replicated(2, 2)) as volume:
        for number in range(DIRECTORIES):
            fill(volume.mountpoint / f"{number:03}", COUNT)
        yield volume


@pytest.fixture(scope="module")
def truth(mount: RealVolume) -> list[list[str]]:
    """Where every file is."""
    return by_holders(mount, [f"{n:03}/file-{i:02}" for n in range(DIRECTORIES) for i in range(COUNT)])


@pytest.fixture(autouse=True)
def trusting() -> Iterator[None]:
    """No mount is distrusted for what another test made wrong."""
    inputfs._disproved.clear()
    yield
    inputfs._disproved.clear()


Wrong = Callable[[Callable[[bytes], bool]], None]


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> Wrong:
    """Makes the cookies wrong in the directories of some names."""
    entries = listing._entries

    def make(where: Callable[[bytes], bool]) -> None:
        def made(path: bytes, between: Callable[[], None]) -> list[tuple[bytes, int, int]]:
            flip = FLIP if where(os.path.basename(path)) else 0
            return [(name, cookie ^ flip, kind) for name, cookie, kind in entries(path, between)]

        monkeypatch.setattr(listing, "_entries", made)

    return make


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every directory, a file of each group is checked."""
    monkeypatch.setattr(inputfs, "_FILES_A_CHECK", 1)


def everywhere(directory: bytes) -> bool:
    return True


def late(directory: bytes) -> bool:
    return directory == LATE


def second_half(directory: bytes) -> bool:
    return directory >= b"050"


def found(mount: RealVolume) -> tuple[list[list[str]], Report]:
    """What files() returns, and its report."""
    report = Report()
    return files(str(mount.mountpoint), None, {}, report=report), report


def test_cookies_that_are_right_are_believed(mount: RealVolume, truth: list[list[str]]) -> None:
    addresses, report = found(mount)
    assert (addresses, report.by_cookie, report.disproved) == (truth, len(truth), None)


def test_wrong_ones_would_give_other_addresses(
    mount: RealVolume, truth: list[list[str]], wrong: Wrong, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nothing was tried."""
    monkeypatch.setattr(inputfs, "_FIRST_CHECKS", -(10**6))
    wrong(everywhere)
    assert found(mount)[0] != truth


def test_where_all_are_wrong_every_file_is_where_it_is(mount: RealVolume, truth: list[list[str]], wrong: Wrong) -> None:
    wrong(everywhere)
    assert found(mount)[0] == truth


def test_where_all_are_wrong_it_is_reported(mount: RealVolume, wrong: Wrong) -> None:
    wrong(everywhere)
    report = found(mount)[1]
    assert os.path.isfile(report.disproved or b"")
    assert (report.by_cookie, report.files, report.failures) == (0, DIRECTORIES * COUNT, [])


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("where", [late, second_half], ids=["one directory", "the second half"])
def test_where_late_ones_are_wrong_every_file_is_where_it_is(
    mount: RealVolume, truth: list[list[str]], wrong: Wrong, where: Callable[[bytes], bool]
) -> None:
    wrong(where)
    assert found(mount)[0] == truth


@pytest.mark.usefixtures("often")
def test_where_one_directorys_are_wrong_a_file_of_it_is_reported(mount: RealVolume, wrong: Wrong) -> None:
    wrong(late)
    report = found(mount)[1]
    assert os.path.dirname(report.disproved or b"") == os.path.join(os.fsencode(mount.mountpoint), LATE)


@pytest.mark.usefixtures("often")
def test_where_late_ones_are_wrong_each_file_is_counted_once(mount: RealVolume, wrong: Wrong) -> None:
    wrong(late)
    report = found(mount)[1]
    assert (report.files, report.directories, report.by_cookie) == (DIRECTORIES * COUNT, DIRECTORIES + 1, 0)


def test_as_often_as_it_is_checked_by_itself_a_wrong_half_is_met(
    mount: RealVolume, truth: list[list[str]], wrong: Wrong, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputfs, "_FILES_A_CHECK", 40)  # for 25 times as many files, 1000
    wrong(second_half)
    assert found(mount)[0] == truth


@pytest.mark.usefixtures("often")
def test_the_mount_is_not_believed_again(mount: RealVolume, wrong: Wrong) -> None:
    wrong(late)
    found(mount)
    assert found(mount)[1].by_cookie == 0


# One file at a time


def test_where_the_first_are_wrong_iter_files_gives_all(
    mount: RealVolume, truth: list[list[str]], wrong: Wrong
) -> None:
    wrong(everywhere)
    assert list(iter_files(str(mount.mountpoint), None, {})) == truth


@pytest.mark.usefixtures("often")
def test_where_late_ones_are_wrong_iter_files_ends_in_an_error(mount: RealVolume, wrong: Wrong) -> None:
    wrong(late)
    with pytest.raises(CookiesDisprovedError, match=os.path.join(str(mount.mountpoint), LATE.decode())):
        list(iter_files(str(mount.mountpoint), None, {}))


@pytest.mark.usefixtures("often")
def test_the_error_tells_how_many_were_given(mount: RealVolume, wrong: Wrong) -> None:
    wrong(late)
    given = []
    with pytest.raises(CookiesDisprovedError) as caught:
        given.extend(iter_files(str(mount.mountpoint), None, {}))
    assert caught.value.given == len(given)


@pytest.mark.usefixtures("often")
def test_asked_again_iter_files_gives_all(mount: RealVolume, truth: list[list[str]], wrong: Wrong) -> None:
    wrong(late)
    with pytest.raises(CookiesDisprovedError):
        list(iter_files(str(mount.mountpoint), None, {}))
    assert list(iter_files(str(mount.mountpoint), None, {})) == truth


# The programs


@pytest.fixture
def wrong_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Makes the cookies wrong in programs that are started, from one directory on."""
    (tmp_path / "sitecustomize.py").write_text(CUSTOMIZE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
    return lambda first: monkeypatch.setenv("WRONG_FROM", first.decode())


def program(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Run the installed program."""
    command = [PROGRAM, *map(str, arguments), "--no-hostname-map"]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, env=environment())


@pytest.mark.parametrize("first", [EARLY, LATE])
def test_the_export_command_writes_where_every_file_is(
    mount: RealVolume, truth: list[list[str]], wrong_elsewhere: Callable[[bytes], None], first: bytes
) -> None:
    wrong_elsewhere(first)
    assert json.loads(program("export", mount.mountpoint).stdout) == truth


@pytest.mark.parametrize("command", ["export", "record"])
@pytest.mark.parametrize("first", [EARLY, LATE])
def test_commands_say_once_what_they_met(
    mount: RealVolume, wrong_elsewhere: Callable[[bytes], None], first: bytes, command: str, tmp_path: Path
) -> None:
    wrong_elsewhere(first)
    done = program(command, mount.mountpoint, "-o", tmp_path / "made")
    assert done.stderr.count(b"contradicts its attribute: all attributes were asked") == 1


def test_the_record_command_records_where_every_file_is(
    mount: RealVolume, truth: list[list[str]], wrong_elsewhere: Callable[[bytes], None], tmp_path: Path
) -> None:
    wrong_elsewhere(LATE)
    program("record", mount.mountpoint, "-o", tmp_path / "recording")
    recording = open_recording(str(tmp_path / "recording"))
    hosts = []
    for number in range(DIRECTORIES):
        listed = recording.list_directory(b"%03d" % number, sizes=False).result()
        placements = [recording.placement(answer) for answer in listed.answers]
        hosts += [[recording.cluster.volumes[i].host for i in placements[place].usable] for place in listed.placed]
    assert hosts == [[address.split("/")[2] for address in replicas] for replicas in truth]


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("first", [EARLY, LATE])
async def test_the_explorer_shows_where_every_file_is(
    mount: RealVolume, truth: list[list[str]], wrong_elsewhere: Callable[[bytes], None], first: bytes
) -> None:
    wrong_elsewhere(first)
    session = open_path(str(mount.mountpoint), MapChoice(none=True))
    async with running(session) as pilot:
        picture = explorer(pilot).files.picture
        assert picture is not None
        shown = [picture.placement(picture.row(number)) for number in range(len(picture))]
        nodes = [session.addresser.nodes(placement) for placement in shown if placement]
    assert nodes == [tuple(address.split("/")[2] for address in replicas) for replicas in truth]
