"""Replacing a file: whole or not at all, and nowhere else than asked."""

import contextlib
import errno
import os
import secrets
import stat
import subprocess
import sys
import tempfile

import pytest

from disco.dfs.gluster.errors import AddressError, ExportError
from disco.dfs.gluster.export import replacing, target_fault


@pytest.fixture
def folder(tmp_path):
    return os.fsencode(tmp_path)


@pytest.fixture
def target(folder):
    """A file that is there already."""
    return written(os.path.join(folder, b"list.json"), b"old")


def written(path, content):
    with open(path, "wb") as file:
        file.write(content)
    return path


def content(path):
    with open(path, "rb") as file:
        return file.read()


def replace(target, new=b"new"):
    with replacing(target) as out:
        out.write(new)


class Stop(BaseException):
    """Any reason to stop."""


def stop_midway(target, error=Stop):
    with contextlib.suppress(error), replacing(target) as out:
        out.write(b"x" * 100_000)
        raise error


def test_a_file_is_written(folder):
    replace(os.path.join(folder, b"new.json"))
    assert content(os.path.join(folder, b"new.json")) == b"new"


def test_a_file_that_is_there_is_replaced(target):
    replace(target)
    assert content(target) == b"new"


def test_until_the_end_the_old_file_stands(target):
    with replacing(target) as out:
        out.write(b"new")
        out.flush()
        assert content(target) == b"old"


def test_who_reads_the_old_file_reads_it_to_the_end(target):
    with open(target, "rb") as reader:
        replace(target)
        assert reader.read() == b"old"


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt, ValueError, AddressError, MemoryError])
def test_after_any_error_the_old_file_stands(target, error):
    with contextlib.suppress(error), replacing(target) as out:
        out.write(b"x" * 100_000)
        raise error(b"/a", "fact")
    assert content(target) == b"old"


def test_after_an_error_nothing_is_left_behind(target, folder):
    stop_midway(target)
    assert os.listdir(folder) == [b"list.json"]


def test_after_an_error_no_new_file_appears(folder):
    stop_midway(os.path.join(folder, b"new.json"))
    assert os.listdir(folder) == []


def test_an_error_of_the_block_comes_out_as_it_is(target):
    with pytest.raises(ZeroDivisionError), replacing(target):
        raise ZeroDivisionError


def test_nothing_is_left_behind(target, folder):
    replace(target)
    assert os.listdir(folder) == [b"list.json"]


@pytest.fixture(params=["hard links", "no hard links"])
def links(request, monkeypatch):
    """A file system that has hard links, and one that has none."""

    def refuse(path, new):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    if request.param == "no hard links":
        monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("links")
def test_a_file_that_is_to_be_new_is_written(folder):
    with replacing(os.path.join(folder, b"new.json"), replace=False) as out:
        out.write(b"new")
    assert (content(os.path.join(folder, b"new.json")), os.listdir(folder)) == (b"new", [b"new.json"])


@pytest.mark.usefixtures("links")
def test_a_file_that_has_appeared_meanwhile_stands(folder):
    path = os.path.join(folder, b"new.json")

    def write_too_late():
        with replacing(path, replace=False):
            written(path, b"theirs")

    with pytest.raises(ExportError, match="a file of that name has appeared"):
        write_too_late()
    assert (content(path), os.listdir(folder)) == (b"theirs", [b"new.json"])


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o666])
def test_the_mode_of_a_file_that_is_replaced_is_kept(target, mode):
    os.chmod(target, mode)
    replace(target)
    assert stat.S_IMODE(os.stat(target).st_mode) == mode


def test_a_new_file_has_the_mode_that_the_umask_gives(folder):
    path = os.path.join(folder, b"new.json")
    before = os.umask(0o027)
    try:
        replace(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640


def test_a_link_goes_on_leading_to_its_file(folder, target):
    os.symlink(target, link := os.path.join(folder, b"link"))
    replace(link)
    assert os.readlink(link) == target


def test_the_file_that_a_link_leads_to_is_replaced(folder, target):
    os.symlink(target, link := os.path.join(folder, b"link"))
    replace(link)
    assert content(target) == b"new"


def test_a_link_that_leads_nowhere_gets_its_file(folder):
    os.symlink(os.path.join(folder, b"missing"), link := os.path.join(folder, b"link"))
    replace(link)
    assert content(os.path.join(folder, b"missing")) == b"new"


def test_a_relative_target_lies_in_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    replace(b"list.json")
    assert (tmp_path / "list.json").read_bytes() == b"new"


def test_a_link_planted_at_the_temporary_name_is_not_followed(folder, target, monkeypatch):
    victim = written(os.path.join(folder, b"victim"), b"precious")
    monkeypatch.setattr(secrets, "token_hex", lambda size: "0" * 2 * size)
    with replacing(target):
        temporary = next(name for name in os.listdir(folder) if name not in (b"list.json", b"victim"))
    os.symlink(victim, os.path.join(folder, temporary))
    with contextlib.suppress(ExportError):
        replace(target)
    assert content(victim) == b"precious"


def test_two_exports_at_once_do_not_meet(target, folder):
    with replacing(target) as first, replacing(target) as second:
        first.write(b"first")
        second.write(b"second")
    assert content(target) == b"first"


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        (b"", "no file is named"),
        (b"missing/list.json", "does not exist"),
        (b"folder", "it is a directory"),
        (b"new/", "it is a directory"),
        (b"pipe", "it is not a regular file"),
        (b"to-pipe", "it is not a regular file"),
        (b"loop", "it is not a regular file"),
        (b"n" * 300, "File name too long"),
    ],
)
def test_a_target_that_cannot_be_is_an_error_that_says_why(folder, name, fact):
    os.mkdir(os.path.join(folder, b"folder"))
    os.mkfifo(os.path.join(folder, b"pipe"))
    os.symlink(b"pipe", os.path.join(folder, b"to-pipe"))
    os.symlink(b"loop", os.path.join(folder, b"loop"))
    with pytest.raises(ExportError, match=fact):
        replace(os.path.join(folder, name) if name else b"")


def test_a_fault_is_told_before_anything_is_written(folder):
    assert (
        target_fault(os.path.join(folder, b"missing", b"list.json"))
        == f"the directory {os.fsdecode(folder)}/missing does not exist"
    )


def test_a_good_target_has_no_fault(target):
    assert target_fault(target) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="a tmpfs needs root")
def test_a_full_disk_is_an_error_that_says_so(full_disk):
    with pytest.raises(ExportError, match="No space left on device"):
        replace(os.path.join(full_disk, b"list.json"), b"x" * 1_000_000)


@pytest.mark.skipif(os.geteuid() != 0, reason="a tmpfs needs root")
def test_on_a_full_disk_the_old_file_stands(full_disk):
    target = written(os.path.join(full_disk, b"list.json"), b"old")
    with contextlib.suppress(ExportError):
        replace(target, b"x" * 1_000_000)
    assert [content(target), os.listdir(full_disk)] == [b"old", [b"list.json"]]


@pytest.fixture
def full_disk(tmp_path):
    """A file system that takes 64 KiB."""
    point = tmp_path / "disk"
    point.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", point], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.strip()}")
    yield os.fsencode(point)
    subprocess.run(["umount", point], check=True)


AS_NOBODY = """
import os, sys
from disco.dfs.gluster.export import replacing
from disco.dfs.gluster.errors import ExportError
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    with replacing(os.fsencode(sys.argv[1])) as out:
        out.write(b"new")
except ExportError as error:
    sys.exit(str(error))
"""


def as_nobody(target):
    """What an unprivileged user is told on writing a list."""
    done = subprocess.run([sys.executable, "-c", AS_NOBODY, target], capture_output=True, text=True, check=False)
    return done.stderr.strip()


@pytest.fixture
def shared():
    """A directory to which others find their way."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield folder


def test_a_directory_that_may_not_be_written_is_an_error_that_says_so(shared):
    assert as_nobody(os.path.join(shared, "list.json")).endswith(f"no permission to write in {shared}")


def test_a_directory_that_may_be_written_but_not_read_takes_a_list(shared):
    os.chmod(shared, 0o733)
    assert [as_nobody(os.path.join(shared, "list.json")), os.listdir(shared)] == ["", ["list.json"]]
