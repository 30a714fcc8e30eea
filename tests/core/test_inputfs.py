"""Which mount a path is on, and what its graph says; a live mount is tested in tests/real."""

import os
import subprocess
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from disco.dfs.gluster.errors import GraphError, NotInputfsError, PathError
from disco.dfs.gluster.inputfs import Inputfs, MountFacts, Start, online_unit, open_inputfs
from disco.dfs.gluster.mounts import Mount
from disco.dfs.gluster.workers import DaemonExecutor

from .samples import web_volfile


def told_by_df(column, path):
    done = subprocess.run(["df", f"--output={column}", path], capture_output=True, check=True)
    return done.stdout.split(b"\n")[1].rstrip()


def test_a_path_on_another_file_system_is_an_error_that_names_it(tmp_path):
    with pytest.raises(NotInputfsError) as caught:
        open_inputfs(str(tmp_path))
    assert caught.value.fstype.encode() == told_by_df("fstype", tmp_path)


def test_the_error_names_the_mount_point(tmp_path):
    with pytest.raises(NotInputfsError) as caught:
        open_inputfs(str(tmp_path))
    assert caught.value.mount_point == told_by_df("target", tmp_path)


def test_the_error_names_what_a_link_leads_to(tmp_path):
    os.symlink("/proc", tmp_path / "link")
    with pytest.raises(NotInputfsError, match=r"^/proc is not on GlusterFS: it is on proc, mounted at /proc$"):
        open_inputfs(str(tmp_path / "link"))


@pytest.mark.parametrize(
    ("name", "words"), [("missing", "No such file"), ("loop", "Too many levels"), ("f/x", "Not a d")]
)
def test_a_path_that_cannot_be_read_is_an_error_of_its_own(tmp_path, name, words):
    os.symlink("loop", tmp_path / "loop")
    (tmp_path / "f").touch()
    with pytest.raises(PathError, match=words):
        open_inputfs(str(tmp_path / name))


def test_a_relative_path_is_named_absolutely(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PathError) as caught:
        open_inputfs("missing")
    assert caught.value.path == os.fsencode(tmp_path / "missing")


def test_an_error_leaves_no_thread_behind(tmp_path):
    before = set(threading.enumerate())
    with pytest.raises(NotInputfsError):
        open_inputfs(str(tmp_path))
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert not set(threading.enumerate()) - before


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor, DaemonExecutor])
def test_any_executor_carries_the_error(tmp_path, kind):
    with kind(1) as executor, pytest.raises(NotInputfsError):
        open_inputfs(str(tmp_path), executor=executor)


@pytest.fixture
def meta(tmp_path, data):
    """The directory of an active graph, whose first client is connected and whose second is not."""
    private = (data / "client-private.txt").read_text()
    for name, connected in (("nx01-vol1", "1"), ("nx02-vol1", "0")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "private").write_text(private.replace("connected = 1", f"connected = {connected}"))
    (tmp_path / "nx03-vol1").mkdir()
    (tmp_path / "nx03-vol1" / "private").write_text("nonsense\n")
    return os.fsencode(tmp_path)


def test_a_client_tells_whether_it_is_connected(meta):
    assert online_unit(meta, web_volfile()) == {"nx01-vol1": True, "nx02-vol1": False}


def test_without_a_graph_nothing_is_known_to_be_connected():
    assert online_unit(None, None) == {}


def inputfs(meta, volfile, online=None):
    mount = Mount(b"/inputfs", b"/", "fuse.glusterfs", b"nx01:/web", "0:46")
    return Inputfs(MountFacts(mount, Start(b""), meta, volfile, online or {}), DaemonExecutor(), owns_executor=True)


def test_an_inputfs_has_the_volumes_of_its_graph():
    volumes = inputfs(b"/inputfs/.meta/graphs/active", web_volfile()).cluster.volumes
    assert [volume.name for volume in volumes] == [f"nx0{i}-vol1" for i in (1, 2, 3, 4)]


def test_an_inputfs_knows_which_volumes_are_online():
    volumes = inputfs(b"/m", web_volfile(), {"nx02-vol1": False}).cluster.volumes
    assert [volume.online for volume in volumes] == [None, False, None, None]


def test_an_inputfs_goes_by_the_name_in_its_graph():
    assert inputfs(b"/m", web_volfile()).label == "web"


def test_an_inputfs_without_a_graph_goes_by_what_was_mounted():
    assert inputfs(None, None).label == "web"


def test_an_inputfs_without_a_graph_learns_its_volumes_from_files():
    assert not inputfs(None, None).cluster.has_graph


def test_a_graph_that_makes_no_sense_is_an_error():
    with pytest.raises(GraphError, match="line 1"):
        inputfs(b"/m", b"nonsense")


def test_a_closed_inputfs_takes_no_more_work():
    made = inputfs(b"/m", web_volfile())
    made.close()
    with pytest.raises(RuntimeError, match="shut down"):
        made.list_directory(b"")


def test_a_callers_executor_is_left_open():
    with ThreadPoolExecutor(1) as executor:
        mount = Mount(b"/inputfs", b"/", "fuse.glusterfs", b"nx01:/web", "0:46")
        Inputfs(MountFacts(mount, Start(b""), None, None, {}), executor, owns_executor=False).close()
        assert executor.submit(pow, 2, 2).result() == 4
