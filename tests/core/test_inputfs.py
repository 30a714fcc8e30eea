"""Which mount a path is on, and what is known of it; a live mount is tested in tests/real."""

import os
import subprocess
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from disco.dfs.gluster.errors import GraphError, NotInputfsError, PathError
from disco.dfs.gluster.inputfs import Inputfs, open_inputfs
from disco.dfs.gluster.mount_facts import GraphFacts, MountFacts, Start
from disco.dfs.gluster.mounts import Mount
from disco.dfs.gluster.workers import DaemonExecutor, SureExecutor

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


def test_another_way_to_place_files_is_an_error(tmp_path):
    with pytest.raises(ValueError, match='"auto" or "exact"'):
        open_inputfs(str(tmp_path), placement="quick")


MOUNT = Mount(b"/inputfs", b"/", "fuse.glusterfs", b"nx01:/web", "0:46")


def inputfs(volfile=None, states=None):
    graph = volfile and GraphFacts(b"/inputfs/.meta/graphs/active", b"graph-0", volfile, states or {})
    return Inputfs(MountFacts(MOUNT, Start(b""), graph), DaemonExecutor())


def test_an_inputfs_has_the_volumes_of_its_graph():
    assert [volume.name for volume in inputfs(web_volfile()).cluster.volumes] == [f"nx0{i}-vol1" for i in (1, 2, 3, 4)]


def test_an_inputfs_knows_which_volumes_are_online():
    volumes = inputfs(web_volfile(), {"nx02-vol1": False}).cluster.volumes
    assert [volume.online for volume in volumes] == [None, False, None, None]


def test_an_inputfs_knows_which_groups_are_down():
    assert inputfs(web_volfile(), {"web-replicate-1": False}).cluster.down == ("web-replicate-1",)


def test_an_inputfs_goes_by_the_name_in_its_graph():
    assert inputfs(web_volfile().replace(b"volume web\n", b"volume logs\n")).cluster.name == "logs"


def test_an_inputfs_without_a_graph_goes_by_what_was_mounted():
    assert inputfs().cluster.name == "web"


def test_an_inputfs_without_a_graph_learns_its_volumes_from_files():
    assert not inputfs().cluster.has_graph


def test_a_graph_that_makes_no_sense_is_an_error():
    with pytest.raises(GraphError, match="line 1"):
        inputfs(b"nonsense")


def test_a_closed_inputfs_takes_no_more_work():
    made = inputfs(web_volfile())
    made.close()
    with pytest.raises(RuntimeError, match="shut down"):
        made.list_directory(b"", sizes=False)


def test_a_callers_executor_is_left_open():
    with ThreadPoolExecutor(1) as executor:
        Inputfs(MountFacts(MOUNT, Start(b""), None), SureExecutor(executor)).close()
        assert executor.submit(pow, 2, 2).result() == 4
