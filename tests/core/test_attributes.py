"""Attribute reads: what the older releases said of a file, made with real attributes."""

import errno
import os

import pytest

from disco.dfs.gluster.attributes import RawPlacement, ask_placement, older_placement
from disco.dfs.gluster.errors import PathinfoError
from disco.dfs.gluster.pathinfo import Brick

from .conftest import takes_attribute


@pytest.fixture
def make(attribute_folder):
    """Makes a file with attributes."""

    def made(name=b"file", **attributes):
        path = os.path.join(attribute_folder, name)
        with open(path, "wb") as file:
            file.write(b"data")
        for key, value in attributes.items():
            os.setxattr(path, key.replace("__", ".").encode(), value)
        return path

    return made


@pytest.fixture
def trusted(attribute_folder):
    """Only root may make trusted.* attributes."""
    if not takes_attribute(attribute_folder, b"trusted.probe"):
        pytest.skip("trusted.* attributes need root")


def on(*volumes):
    return RawPlacement("location", "", tuple(Brick(volume, "") for volume in volumes))


def test_2_0_7_names_the_volume_in_user_glusterfs_location(make):
    assert older_placement(make(user__glusterfs__location=b"nx02-vol1")) == on("nx02-vol1")


@pytest.mark.usefixtures("trusted")
def test_2_0_7_may_name_the_volume_in_trusted_glusterfs_location(make):
    assert older_placement(make(trusted__glusterfs__location=b"nx02-vol1")) == on("nx02-vol1")


@pytest.mark.usefixtures("trusted")
def test_the_users_attribute_goes_before_the_trusted_one(make):
    path = make(user__glusterfs__location=b"nx01-vol1", trusted__glusterfs__location=b"nx02-vol1")
    assert older_placement(path) == on("nx01-vol1")


def test_a_nul_behind_the_volume_name_is_left_out(make):
    assert older_placement(make(user__glusterfs__location=b"nx02-vol1\0")) == on("nx02-vol1")


def test_a_volume_name_that_is_not_utf_8_keeps_its_bytes(make):
    placement = older_placement(make(user__glusterfs__location=b"v\xff"))
    assert os.fsencode(placement.bricks[0].host) == b"v\xff"


@pytest.mark.parametrize("value", [b"", b"\0", b"a/b", b"a\0b"])
def test_a_location_that_is_no_volume_name_is_an_error(make, value):
    with pytest.raises(PathinfoError, match=r"user\.glusterfs\.location is not a volume name"):
        older_placement(make(user__glusterfs__location=value))


def test_a_location_longer_than_the_usual_buffer_is_read(make):
    name = "v" * 4000
    assert older_placement(make(user__glusterfs__location=name.encode())) == on(name)


@pytest.mark.usefixtures("trusted")
def test_before_2_0_6_the_volume_is_the_end_of_an_attributes_name(make):
    assert older_placement(make(**{"trusted.glusterfs.afr.nx02-vol1": b"\0"})) == on("nx02-vol1")


@pytest.mark.usefixtures("trusted")
def test_before_2_0_6_each_replica_had_an_attribute(make):
    path = make(**{"trusted.afr.nx03-vol1": b"\0", "trusted.afr.nx01-vol1": b"\0"})
    assert older_placement(path) == on("nx01-vol1", "nx03-vol1")


def test_before_2_0_6_any_name_that_holds_trusted_counts(make):
    assert older_placement(make(**{"user.trusted.glusterfs.nx02-vol1": b"\0"})) == on("nx02-vol1")


def test_before_2_0_6_a_volume_that_two_attributes_name_is_one(make):
    path = make(**{"user.trusted.a.nx02-vol1": b"\0", "user.trusted.b.nx02-vol1": b"\0"})
    assert older_placement(path) == on("nx02-vol1")


def test_the_location_goes_before_the_names_of_attributes(make):
    path = make(user__glusterfs__location=b"nx01-vol1", **{"user.trusted.glusterfs.nx02-vol1": b"\0"})
    assert older_placement(path) == on("nx01-vol1")


def test_other_attributes_say_nothing(make):
    assert older_placement(make(user__comment=b"nx02-vol1")) is None


def test_a_file_without_attributes_says_nothing(make):
    assert older_placement(make()) is None


def test_a_link_is_placed_where_its_target_is(make, attribute_folder):
    target = make(user__glusterfs__location=b"nx02-vol1")
    os.symlink(target, link := os.path.join(attribute_folder, b"link"))
    assert older_placement(link) == on("nx02-vol1")


def test_asking_falls_back_to_the_older_attributes(make):
    assert ask_placement(make(user__glusterfs__location=b"nx02-vol1")) == on("nx02-vol1")


def test_asking_for_a_dispersed_file_falls_back_too(make):
    assert ask_placement(make(user__glusterfs__location=b"nx02-vol1"), disperse=True) == on("nx02-vol1")


def test_a_file_on_another_file_system_is_an_error_of_the_system(make):
    with pytest.raises(OSError, match="not supported") as caught:
        ask_placement(make())
    assert caught.value.errno == errno.ENOTSUP


def test_a_file_that_is_not_there_is_an_error_of_the_system(attribute_folder):
    with pytest.raises(FileNotFoundError):
        ask_placement(os.path.join(attribute_folder, b"missing"))


def test_a_name_of_odd_bytes_is_asked_as_it_is(make):
    assert ask_placement(make(b"\xff\n\x1b", user__glusterfs__location=b"v")) == on("v")
