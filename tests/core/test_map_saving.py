"""Saving a map: whole, where it was, over nobody else's changes, whatever happens meanwhile."""

import contextlib
import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from disco.dfs.gluster import map_saving
from disco.dfs.gluster.errors import MapChangedError, MapSaveError, PathError
from disco.dfs.gluster.map_saving import diff_lines, read_map_file, save_map, use_line

ROOT = os.geteuid() == 0
OLD, NEW = b"a n1\n", b"a n2\n"
for_root = pytest.mark.skipif(not ROOT, reason="needs root")


@pytest.fixture
def path(tmp_path):
    """A map that is there already."""
    (tmp_path / "map").write_bytes(OLD)
    return tmp_path / "map"


def names(folder):
    return sorted(os.listdir(folder))


# Reading, and what will change


def test_a_file_that_is_not_there_is_no_error(tmp_path):
    assert read_map_file(tmp_path / "map").content is None


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(PathError, match="Is a directory"):
        read_map_file(tmp_path)


@pytest.mark.parametrize(
    ("mode", "others"), [(0o644, False), (0o600, False), (0o664, True), (0o646, True), (0o666, True)]
)
def test_who_else_may_write_it_is_told(path, mode, others):
    path.chmod(mode)
    assert bool(read_map_file(path).others) is others


@for_root
def test_an_owner_other_than_the_reader_and_root_may_write_it(path):
    os.chown(path, 4321, 0)
    assert read_map_file(path).others == "its owner (uid 4321)"


def test_whoever_may_write_in_its_directory_may_replace_it(path):
    path.parent.chmod(0o777)
    assert "whoever may write in its directory" in read_map_file(path).others


def test_a_diff_tells_the_lines_that_change():
    lines = diff_lines(b"# x\na n1\nb n2\n", b"# x\na n1\nb n3\n", "/map")
    assert lines == ["--- /map", "+++ /map", "@@ -1,3 +1,3 @@", " # x", " a n1", "-b n2", "+b n3"]


def test_a_diff_of_what_is_the_same_is_empty():
    assert diff_lines(OLD, OLD, "/map") == []


def test_a_diff_of_a_new_file_is_all_of_it():
    assert diff_lines(None, OLD, "/map") == ["--- /dev/null", "+++ /map", "@@ -0,0 +1 @@", "+a n1"]


def test_a_diff_tells_a_final_newline():
    assert diff_lines(b"a n1", b"a n1\n", "/map")[-2:] == ["-a n1 (no newline at the end)", "+a n1"]


def test_a_diff_holds_nothing_that_a_terminal_would_obey():
    assert all(line.isprintable() for line in diff_lines(b"\x1b[31m\xff\r\n", b"\x9b\n", "/m\x1bap"))


def test_the_line_that_has_jobs_use_a_file_is_quoted_for_a_shell():
    assert use_line(b"/tmp/my map") == "export DISCO_HOSTNAME_MAP='/tmp/my map'"


# Saving


def test_a_map_is_saved(path):
    assert save_map(NEW, path, OLD).content == path.read_bytes() == NEW


def test_a_map_that_was_not_there_is_made(tmp_path):
    save_map(NEW, tmp_path / "map", None)
    assert (tmp_path / "map").read_bytes() == NEW


def test_nothing_else_is_left_beside_it(path):
    save_map(NEW, path, OLD)
    assert names(path.parent) == ["map"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_mode_is_kept(path, mode):
    path.chmod(mode)
    save_map(NEW, path, OLD)
    assert stat.S_IMODE(path.stat().st_mode) == mode


@for_root
def test_the_owner_is_kept(path):
    os.chown(path, 4321, 1234)
    save_map(NEW, path, OLD)
    assert (path.stat().st_uid, path.stat().st_gid) == (4321, 1234)


def test_a_link_goes_on_leading_to_the_file(path):
    link = path.with_name("link")
    link.symlink_to("map")
    save_map(NEW, link, OLD)
    assert (link.is_symlink(), path.read_bytes()) == (True, NEW)


def test_a_backup_holds_what_was_there(path):
    path.chmod(0o600)
    save_map(NEW, path, OLD, backup=True)
    backup = path.with_name("map.bak")
    assert (backup.read_bytes(), stat.S_IMODE(backup.stat().st_mode)) == (OLD, 0o600)


def test_without_a_file_there_is_nothing_to_back_up(tmp_path):
    save_map(NEW, tmp_path / "map", None, backup=True)
    assert names(tmp_path) == ["map"]


def test_a_backup_is_not_written_through_a_link(path):
    path.with_name("map.bak").symlink_to("other")
    with pytest.raises(MapSaveError, match=r"map\.bak is a link"):
        save_map(NEW, path, OLD, backup=True)
    assert (path.read_bytes(), names(path.parent)) == (OLD, ["map", "map.bak"])


# Others


@pytest.mark.parametrize("found", [b"a n9\n", None], ids=["changed", "gone"])
def test_a_file_that_was_changed_since_it_was_read_is_not_written(path, found):
    path.unlink()
    if found is not None:
        path.write_bytes(found)
    with pytest.raises(MapChangedError) as caught:
        save_map(NEW, path, OLD)
    assert caught.value.found == found
    assert names(path.parent) == ([] if found is None else ["map"])


def test_a_file_that_appeared_since_is_not_written(path):
    with pytest.raises(MapChangedError, match="is there already"):
        save_map(NEW, path, None)
    assert path.read_bytes() == OLD


def test_a_file_that_was_changed_can_be_written_by_choice(path):
    save_map(NEW, path, b"what was read", overwrite=True)
    assert path.read_bytes() == NEW


def test_a_file_that_changes_while_the_new_one_is_synced_is_not_written(path, monkeypatch):
    sync = os.fsync

    def slow_sync(fd):
        path.write_bytes(b"a n9\n")
        sync(fd)

    monkeypatch.setattr(os, "fsync", slow_sync)
    with pytest.raises(MapChangedError):
        save_map(NEW, path, OLD)
    assert (path.read_bytes(), names(path.parent)) == (b"a n9\n", ["map"])


def test_of_many_that_save_at_once_nobodys_edit_is_lost(tmp_path):
    """Each adds a line to what it read, and reads again when it comes too late."""
    path = tmp_path / "map"
    path.write_bytes(b"")

    def add(number):
        while True:
            read = read_map_file(path).content
            with contextlib.suppress(MapChangedError):
                save_map(read + b"v%d n\n" % number, path, read)
                return

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.read_bytes().splitlines()) == sorted(b"v%d n" % number for number in range(12))


def test_one_that_saves_and_does_not_end_is_not_waited_for_without_end(path, monkeypatch):
    monkeypatch.setattr(map_saving, "_LOCK_WAIT", 0)
    with map_saving._alone(os.fsencode(path)), pytest.raises(MapSaveError, match="someone else is saving"):
        save_map(NEW, path, OLD)


# Refusals


def refused(path, read=None):
    with pytest.raises(MapSaveError) as caught:
        save_map(NEW, path, read)
    return caught.value


def test_a_directory_that_does_not_exist_is_refused(tmp_path):
    assert "does not exist" in refused(tmp_path / "none" / "map").fact


def test_a_refusal_names_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert str(refused(tmp_path / "none" / "map")).endswith(
        ". Save it elsewhere, as /home/me/hostname_map, and use it from there: "
        "export DISCO_HOSTNAME_MAP=/home/me/hostname_map"
    )


@pytest.fixture
def mounted(tmp_path):
    """Mounts a file system at a new directory."""
    points = []

    def mount(*options):
        point = tmp_path / f"mounted-{len(points)}"
        point.mkdir()
        subprocess.run(["mount", *options, point], check=True, stderr=subprocess.PIPE)
        points.append(point)
        return point

    yield mount
    for point in reversed(points):
        subprocess.run(["umount", point], check=True)


@for_root
def test_a_file_system_that_is_mounted_read_only_is_refused(path, mounted):
    point = mounted("--bind", str(path.parent))
    subprocess.run(["mount", "-o", "remount,ro,bind", point], check=True)
    assert refused(point / "map", OLD).fact == f"{point} is mounted read-only"


@for_root
def test_a_full_disk_leaves_the_old_file(mounted):
    point = mounted("-t", "tmpfs", "-o", "size=8k", "tmpfs")
    (point / "map").write_bytes(OLD)
    with pytest.raises(MapSaveError, match="No space left on device"):
        save_map(NEW * 10_000, point / "map", OLD)
    assert ((point / "map").read_bytes(), names(point)) == (OLD, ["map"])


def run(code, *words, **how):
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **how)


SAVE = """
import os, sys
from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.map_saving import save_map
def save(text):
    try:
        save_map(text, sys.argv[1], b"a n1\\n", backup=True)
    except GlusterError as error:
        sys.exit(str(error))
"""


def test_a_limit_on_the_size_of_files_leaves_the_old_one(path):
    code = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + SAVE
    done = run(code + "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\nsave(b'a n2\\n' * 100)", path)
    assert "File too large" in done.stderr
    assert (path.read_bytes(), names(path.parent)) == (OLD, ["map", "map.bak"])


@for_root
@pytest.mark.parametrize(
    ("folder_mode", "mode", "fact"),
    [
        (0o755, 0o666, "no permission to write in"),
        (0o777, 0o644, "no permission to write it"),
        (0o777, 0o666, "this user cannot keep its owner"),
    ],
    ids=["directory", "file", "owner"],
)
def test_a_right_that_is_missing_is_told(folder_mode, mode, fact):
    with tempfile.TemporaryDirectory() as folder:  # that of pytest is closed to others
        path = Path(folder, "map")
        path.write_bytes(OLD)
        path.chmod(mode)
        path.parent.chmod(folder_mode)
        done = run(SAVE + "os.setgid(4321)\nos.setuid(4321)\nsave(b'a n2\\n')", path)
        assert fact in done.stderr
        assert path.read_bytes() == OLD


KILLED = (
    SAVE
    + """
import itertools, signal
NEW = b"a n2\\n" * 20_000
def kill_at(number):
    counted = itertools.count()
    def profile(frame, event, argument):
        if event in ("c_call", "c_return") and next(counted) == number:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.setprofile(profile)
    save(NEW)
    os._exit(0)
found = set()
for number in itertools.count():
    for name in os.listdir(os.path.dirname(sys.argv[1])):
        os.unlink(os.path.join(os.path.dirname(sys.argv[1]), name))
    with open(sys.argv[1], "wb") as file:
        file.write(b"a n1\\n")
    child = os.fork() or kill_at(number)
    status = os.waitpid(child, 0)[1]
    with open(sys.argv[1], "rb") as file:
        content = file.read()
    found.add({b"a n1\\n": "old", NEW: "new"}.get(content, "half"))
    if status == 0:
        break
    assert status == signal.SIGKILL, status
print(number > 100, *sorted(found))
"""
)


def test_a_kill_at_any_call_leaves_the_old_file_or_the_new_one(path):
    """SIGKILL before and after every function of C that saving calls, and so at every system call that it makes."""
    done = run(KILLED, path)
    assert (done.stdout, done.stderr) == ("True new old\n", "")
