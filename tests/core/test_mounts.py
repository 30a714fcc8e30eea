"""Mounts, as the kernel tells them, and which of them a path is on."""

import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.mounts import Mount, gluster_mounts, mount_of, parse_mountinfo, read_mounts

LINE = b"36 35 0:46 / /inputfs rw,relatime shared:1 master:2 - fuse.glusterfs nx01:/web rw,user_id=0\n"


def mounted(*points, root=b"/", fstype="ext4"):
    return [Mount(point, root, fstype, b"dev%d" % i, f"0:{i}") for i, point in enumerate(points)]


def point_of(path, mounts):
    found = mount_of(path, mounts)
    return found and found.mount_point


def test_a_line_is_a_mount():
    assert parse_mountinfo(LINE) == [Mount(b"/inputfs", b"/", "fuse.glusterfs", b"nx01:/web", "0:46")]


@pytest.mark.parametrize("tags", [b"", b"shared:1 ", b"shared:1 master:2 ", b"a b c d "])
def test_a_line_may_have_any_number_of_tags(tags):
    line = b"36 35 0:46 / /inputfs rw " + tags + b"- fuse.glusterfs nx01:/web rw\n"
    assert [mount.source for mount in parse_mountinfo(line)] == [b"nx01:/web"]


def test_a_directory_named_like_the_separator_does_not_confuse():
    line = b"36 35 0:46 - - rw - fuse.glusterfs nx01:/web rw\n"
    assert [(mount.root, mount.mount_point) for mount in parse_mountinfo(line)] == [(b"-", b"-")]


def test_a_bind_mount_has_the_directory_that_is_mounted_as_its_root():
    line = b"36 35 0:46 /logs /data/logs rw - fuse.glusterfs nx01:/web rw\n"
    assert parse_mountinfo(line)[0].root == b"/logs"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (rb"/a\040b", b"/a b"),
        (rb"/a\011b", b"/a\tb"),
        (rb"/a\012b", b"/a\nb"),
        (rb"/a\134b", b"/a\\b"),
        (rb"/a\134040b", rb"/a\040b"),
        (rb"/a\043b", b"/a#b"),
        (b"/a\xffb", b"/a\xffb"),
    ],
)
def test_octal_escapes_are_undone_once(written, meant):
    line = b"36 35 0:46 / " + written + b" rw - fuse.glusterfs nx01:/web rw\n"
    assert parse_mountinfo(line)[0].mount_point == meant


@pytest.mark.parametrize(
    "line", [b"", b"36 35", b"36 35 0:46 / /inputfs rw", b"36 35 0:46 / /inputfs rw - fuse.glusterfs"]
)
def test_a_line_of_another_format_is_left_out(line):
    assert [mount.mount_point for mount in parse_mountinfo(line + b"\n" + LINE)] == [b"/inputfs"]


FIELD = st.binary(min_size=1).filter(lambda field: b"\0" not in field)


def escaped(field):
    """A field as the kernel writes it."""
    for byte in b"\\ \t\n":
        field = field.replace(bytes([byte]), b"\\%03o" % byte)
    return field


@given(st.lists(st.tuples(FIELD, FIELD, FIELD)))
def test_what_the_kernel_writes_is_read_back(fields):
    text = b"".join(
        b"36 35 0:46 " + b" ".join(map(escaped, (root, point))) + b" rw - fuse.glusterfs " + escaped(source) + b" rw\n"
        for root, point, source in fields
    )
    assert [(m.root, m.mount_point, m.source) for m in parse_mountinfo(text)] == fields


SHAPED = st.lists(st.sampled_from([b"-", b" ", b"\n", b"/a", rb"\040", rb"\777", b"\xff", b"36"])).map(b" ".join)


@pytest.mark.fuzz
@given(st.one_of(st.binary(), SHAPED))
def test_no_bytes_raise(text):
    parse_mountinfo(text)


def test_a_path_is_on_the_mount_above_it():
    assert point_of(b"/data/a/b", mounted(b"/", b"/data")) == b"/data"


def test_a_mount_point_is_on_its_own_mount():
    assert point_of(b"/data", mounted(b"/", b"/data")) == b"/data"


def test_the_longest_mount_wins():
    assert point_of(b"/data/a/b", mounted(b"/data/a", b"/", b"/data")) == b"/data/a"


def test_a_name_that_only_begins_alike_is_on_another_mount():
    assert point_of(b"/database", mounted(b"/", b"/data")) == b"/"


def test_of_two_mounts_at_one_place_the_later_wins():
    assert mount_of(b"/data/a", mounted(b"/", b"/data", b"/data")).source == b"dev2"


def test_a_path_may_be_on_no_mount():
    assert mount_of(b"/data", mounted(b"/other")) is None


def test_only_a_mount_of_the_glusterfs_client_is_one():
    kinds = ["fuse.glusterfs", "fuse", "fuse.sshfs", "nfs4", "glusterfs"]
    assert [Mount(b"/", b"/", kind, b"", "0:1").is_gluster for kind in kinds] == [True, False, False, False, False]


def test_this_machines_mounts_are_read():
    assert any(mount.mount_point == b"/" for mount in read_mounts())


def test_this_machine_agrees_on_where_a_directory_lies(tmp_path):
    told = subprocess.run(["df", "--output=target", tmp_path], capture_output=True, check=True).stdout.split(b"\n")[1]
    assert point_of(os.fsencode(os.path.realpath(tmp_path)), read_mounts()) == told


def test_glusterfs_mounts_are_listed_by_mount_point():
    points = [mount.mount_point for mount in gluster_mounts()]
    assert points == sorted(set(points))
