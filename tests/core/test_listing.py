"""Directory listings, held against os.scandir."""

import errno
import os
import socket

import pytest

from disco.dfs.gluster import listing
from disco.dfs.gluster.listing import list_directory

from .samples import ODD_NAMES


@pytest.fixture(params=["getdents64", "scandir"])
def folder(request, tmp_path, monkeypatch):
    """A directory, to be listed by the system call and without it."""
    if request.param == "scandir":
        monkeypatch.setattr(listing, "_getdents64", None)
    elif listing._getdents64 is None:
        pytest.skip("this C library has no getdents64")
    return os.fsencode(tmp_path)


def write(folder, *names):
    for name in names:
        with open(os.path.join(folder, name), "wb"):
            pass


def inside(folder, name):
    return os.path.join(folder, name)


def scanned(folder, wanted):
    """The names of the entries that os.scandir says are of a kind, sorted as bytes."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if wanted(entry))


def test_an_empty_directory_holds_nothing(folder):
    listed = list_directory(folder)
    assert (listed.directories, listed.files, listed.others) == ([], [], 0)


def test_files_of_every_odd_name_are_listed(folder):
    write(folder, *ODD_NAMES.values())
    assert list_directory(folder).files == scanned(folder, lambda entry: entry.is_file())


def test_directories_of_every_odd_name_are_listed(folder):
    for name in ODD_NAMES.values():
        os.mkdir(inside(folder, name))
    assert list_directory(folder).directories == scanned(folder, lambda entry: entry.is_dir())


def test_names_come_sorted_as_bytes(folder):
    write(folder, b"b", b"a", b"B", b"\xff", b"a-b", b"a.b", "ä".encode())
    assert list_directory(folder).files == [b"B", b"a", b"a-b", b"a.b", b"b", "ä".encode(), b"\xff"]


def test_names_that_begin_with_a_dot_are_listed(folder):
    write(folder, b".hidden", b"..two", b"...")
    assert list_directory(folder).files == [b"...", b"..two", b".hidden"]


def test_more_entries_than_one_buffer_holds_are_listed(folder):
    names = [b"n" * 200 + b"%05d" % i for i in range(1500)]
    write(folder, *names)
    assert list_directory(folder).files == names


def test_a_name_of_255_bytes_is_listed_whole(folder):
    write(folder, b"n" * 255)
    assert list_directory(folder).files == [b"n" * 255]


def test_a_link_to_a_file_is_a_file(folder):
    write(folder, b"target")
    os.symlink(b"target", inside(folder, b"link"))
    assert list_directory(folder).files == [b"link", b"target"]


def test_a_link_to_a_link_to_a_file_is_a_file(folder):
    write(folder, b"target")
    os.symlink(b"target", inside(folder, b"link"))
    os.symlink(b"link", inside(folder, b"link2"))
    assert list_directory(folder).files == [b"link", b"link2", b"target"]


def test_a_link_to_a_directory_is_not_entered(folder):
    os.mkdir(inside(folder, b"target"))
    os.symlink(b"target", inside(folder, b"link"))
    assert list_directory(folder).directories == [b"target"]


@pytest.mark.parametrize("target", [b".", b"missing", b"link"], ids=["directory", "nowhere", "itself"])
def test_a_link_to_anything_but_a_file_is_counted_among_the_others(folder, target):
    os.symlink(target, inside(folder, b"link"))
    assert list_directory(folder)[0::3] == ([], 1)


def test_a_pipe_is_counted_among_the_others(folder):
    os.mkfifo(inside(folder, b"pipe"))
    assert list_directory(folder)[1::2] == ([], 1)


def test_a_link_to_a_pipe_is_counted_among_the_others(folder):
    os.mkfifo(inside(folder, b"pipe"))
    os.symlink(b"pipe", inside(folder, b"link"))
    assert list_directory(folder).others == 2


def test_a_socket_is_counted_among_the_others(folder):
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(folder, os.O_RDONLY)  # a path may be too long for a socket's address
        server.bind(f"/proc/self/fd/{here}/socket")
        os.close(here)
        assert list_directory(folder).others == 1


def test_there_is_a_cookie_for_every_file(folder):
    write(folder, b"a", b"b")
    assert len(list_directory(folder).cookies) == 2


def test_a_link_has_no_cookie(folder):
    write(folder, b"target")
    os.symlink(b"target", inside(folder, b"link"))
    listed = list_directory(folder)
    assert listed.cookies[listed.files.index(b"link")] == 0


def test_with_the_system_call_files_have_cookies_of_their_own(tmp_path):
    if listing._getdents64 is None:
        pytest.skip("this C library has no getdents64")
    write(os.fsencode(tmp_path), b"a", b"b", b"c")
    assert len(set(list_directory(os.fsencode(tmp_path)).cookies) - {0}) == 3


def test_without_the_system_call_no_file_has_a_cookie(tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "_getdents64", None)
    write(os.fsencode(tmp_path), b"a", b"b")
    assert list(list_directory(os.fsencode(tmp_path)).cookies) == [0, 0]


def test_a_directory_that_is_not_there_is_an_error_of_the_system(folder):
    with pytest.raises(FileNotFoundError):
        list_directory(inside(folder, b"missing"))


def test_a_file_is_no_directory(folder):
    write(folder, b"file")
    with pytest.raises(NotADirectoryError):
        list_directory(inside(folder, b"file"))


def test_an_error_names_the_directory(folder):
    with pytest.raises(OSError, match="missing") as caught:
        list_directory(inside(folder, b"missing"))
    assert caught.value.errno == errno.ENOENT


def test_no_descriptor_is_left_open(folder):
    list_directory(folder)
    before = os.listdir("/proc/self/fd")
    list_directory(folder)
    assert os.listdir("/proc/self/fd") == before


def test_a_link_of_which_it_cannot_be_told_where_it_leads_counts_as_a_file(folder):
    """So that whoever asks where it lies hears why."""
    os.symlink(b"n" * 300, inside(folder, b"link"))  # longer than a name may be
    assert list_directory(folder).files == [b"link"]


def test_between_two_blocks_of_entries_others_are_heard(folder):
    heard = []
    list_directory(folder, lambda: heard.append(1))
    assert heard
