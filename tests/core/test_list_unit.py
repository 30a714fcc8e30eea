"""Listing a directory as a unit of work: what it says of its files besides their names."""

import os
import pickle
from array import array

import pytest

from disco.dfs.gluster import units
from disco.dfs.gluster.graph import parse_volfile
from disco.dfs.gluster.listing import Listing
from disco.dfs.gluster.pathinfo import Brick
from disco.dfs.gluster.units import (
    PENDING,
    UNSIZED,
    GroupAnswer,
    ListedDirectory,
    ListTask,
    joined,
    list_unit,
    size_unit,
    without,
)

from .samples import web_volfile

SHAPE = parse_volfile(web_volfile()).shape
LEAF_GROUPS = (0, 0, 1, 1)  # cookies below are small, so that they name the client of their remainder by four


@pytest.fixture
def mount(attribute_folder, monkeypatch):
    """A directory of files that have a volume's name as an older release gave it."""
    monkeypatch.setattr(units, "_is_mounted", lambda mount_point: True)
    os.mkdir(os.path.join(attribute_folder, b"logs"))
    for name, volume in ((b"a", b"nx03-vol1"), (b"b", b"nx01-vol1"), (b"c", b"nx03-vol1")):
        path = os.path.join(attribute_folder, b"logs", name)
        with open(path, "wb") as file:
            file.write(name * 3)
        os.setxattr(path, b"user.glusterfs.location", volume)
    return attribute_folder


@pytest.fixture
def cookies(monkeypatch):
    """Gives the files of a directory cookies, by name."""

    def give(**given):
        names = sorted(os.fsencode(name) for name in given)
        listing = Listing([], names, array("Q", [given[os.fsdecode(name)] for name in names]), 0)
        monkeypatch.setattr(units, "list_directory", lambda path, between: listing)

    return give


def listed(mount, leaf_groups=LEAF_GROUPS, **task):
    return list_unit(ListTask(mount, b"logs", leaf_groups, **task))


def groups(made):
    """The group of each file, PENDING where nothing was said of it."""
    return [made.answers[place].group if place >= 0 else place for place in made.placed]


def hosts(made):
    """What the attribute says of each file, PENDING where it was not asked."""
    return [made.answers[place].bricks[0].host if place >= 0 else place for place in made.placed]


def test_files_have_the_groups_that_their_cookies_name(mount, cookies):
    cookies(a=7, b=4, c=6)
    assert groups(listed(mount)) == [1, 0, 1]


def test_an_answer_that_files_share_is_told_once(mount, cookies):
    cookies(a=7, b=4, c=6)
    assert listed(mount).answers == [GroupAnswer("cookie", 0), GroupAnswer("cookie", 1)]


def test_a_file_whose_cookie_says_nothing_is_left_to_its_attribute(mount, cookies):
    cookies(a=7, b=0, c=6)
    assert groups(listed(mount)) == [1, PENDING, 1]


def test_a_link_is_left_to_its_attribute(mount):
    os.symlink(b"a", os.path.join(mount, b"logs", b"link"))
    made = listed(mount, (5,))
    assert dict(zip(made.files, groups(made), strict=True))[b"link"] == PENDING


def test_where_cookies_are_not_used_files_are_left_to_their_attributes(mount):
    assert listed(mount, None).placed == [PENDING] * 3


def test_attributes_can_be_asked_right_behind_the_listing(mount):
    assert hosts(listed(mount, None, ask=True)) == ["nx03-vol1", "nx01-vol1", "nx03-vol1"]


def test_of_a_large_directory_attributes_are_asked_of_the_first_files(mount, monkeypatch):
    monkeypatch.setattr(units, "_ASKED_AT_ONCE", 2)
    assert hosts(listed(mount, None, ask=True)) == ["nx03-vol1", "nx01-vol1", PENDING]


def test_a_file_that_failed_behind_the_listing_is_left_to_be_asked_again(mount):
    os.removexattr(os.path.join(mount, b"logs", b"b"), b"user.glusterfs.location")
    assert hosts(listed(mount, None, ask=True)) == ["nx03-vol1", PENDING, "nx03-vol1"]


def test_attributes_are_not_asked_where_cookies_are_used(mount, cookies):
    cookies(a=7, b=0, c=6)
    assert groups(listed(mount, ask=True)) == [1, PENDING, 1]


@pytest.mark.parametrize("leaf_groups", [LEAF_GROUPS, None])
def test_sizes_are_told_where_they_are_wanted(mount, leaf_groups):
    with open(os.path.join(mount, b"logs", b"b"), "wb"):
        pass
    assert listed(mount, leaf_groups, sizes=True, ask=True).sizes == [3, 0, 3]


def test_sizes_of_files_far_behind_in_a_large_directory_are_left_to_be_asked_for(mount, monkeypatch):
    monkeypatch.setattr(units, "_ASKED_AT_ONCE", 2)
    made = listed(mount, sizes=True)
    assert (made.sizes, made.unsized) == ([3, 3, UNSIZED], 1)


def test_what_is_left_of_a_large_directory_counts_the_sizes_that_are_left(mount, monkeypatch):
    monkeypatch.setattr(units, "_ASKED_AT_ONCE", 1)
    assert without(listed(mount, sizes=True), {b"a", b"b"}).unsized == 1


def test_sizes_are_told_of_files_that_are_named(mount):
    assert size_unit(mount, b"logs", [b"a", b"missing"]) == ([3, -1], True)


@pytest.mark.parametrize("leaf_groups", [LEAF_GROUPS, None])
def test_sizes_are_not_told_where_they_are_not_wanted(mount, leaf_groups):
    assert not listed(mount, leaf_groups, ask=True).sizes


def test_a_file_that_vanished_behind_its_listing_has_no_size(mount, cookies):
    cookies(a=7, b=4, gone=6)
    assert listed(mount, sizes=True).sizes == [3, 3, -1]


def test_one_file_of_each_group_is_checked_by_its_attribute(mount, cookies):
    cookies(a=7, b=4, c=6)
    made = listed(mount, check=frozenset((0, 1)))
    assert [(index, raw.bricks) for index, raw in made.checks] == [
        (1, (Brick("nx01-vol1", ""),)),
        (0, (Brick("nx03-vol1", ""),)),
    ]


def test_groups_that_are_not_to_be_checked_are_not(mount, cookies):
    cookies(a=7, b=4, c=6)
    assert [index for index, _ in listed(mount, check=frozenset((1,))).checks] == [0]


def test_a_file_that_cannot_be_asked_checks_nothing(mount, cookies):
    os.removexattr(os.path.join(mount, b"logs", b"b"), b"user.glusterfs.location")
    cookies(a=7, b=4, c=6)
    assert [index for index, _ in listed(mount, check=frozenset((0, 1))).checks] == [0]


@pytest.fixture
def link(tmp_path):
    """Where the link to the active graph stands."""
    (tmp_path / "active").symlink_to("graph-1")
    (tmp_path / "graph-1" / "nx01-vol1").mkdir(parents=True)
    (tmp_path / "graph-1" / "nx01-vol1" / "private").write_text("connected = 1\n")
    (tmp_path / "graph-1" / "volfile").write_bytes(web_volfile())
    (tmp_path / "graph-2").mkdir()
    (tmp_path / "graph-2" / "volfile").write_bytes(web_volfile().replace(b"nx01", b"nx09"))
    return os.fsencode(tmp_path / "active")


def test_a_listing_under_the_graph_that_was_expected_is_not_stale(mount, link):
    assert not listed(mount, graph=(link, SHAPE)).stale


@pytest.mark.parametrize("leaf_groups", [LEAF_GROUPS, None])
def test_a_listing_under_another_graph_is_stale(mount, link, leaf_groups):
    assert listed(mount, leaf_groups, graph=(link, b"another")).stale


@pytest.mark.parametrize("name", [b"missing", b"n" * 300])
def test_a_directory_that_cannot_be_listed_under_another_graph_is_stale(mount, link, name):
    assert list_unit(ListTask(mount, name, LEAF_GROUPS, (link, b"another"))).stale


def test_the_same_graph_under_another_name_is_not_stale(mount, link):
    os.rename(os.path.join(os.path.dirname(link), b"graph-1"), os.path.join(os.path.dirname(link), b"graph-9"))
    os.unlink(link)
    os.symlink(b"graph-9", link)
    assert not listed(mount, graph=(link, SHAPE)).stale


def test_where_no_mount_is_nothing_counts_as_gone(mount, link):
    os.unlink(link)
    assert listed(mount, graph=(link, SHAPE)).error is not None


def test_the_graph_is_looked_at_after_the_listing(mount, link, monkeypatch):
    def change(path, between):
        os.unlink(link)
        os.symlink(b"graph-2", link)
        return Listing([], [], array("Q"), 0)

    monkeypatch.setattr(units, "list_directory", change)
    assert listed(mount, graph=(link, SHAPE)).stale


@pytest.mark.parametrize("leaf_groups", [LEAF_GROUPS, None])
def test_what_is_watched_tells_its_state(mount, link, leaf_groups):
    made = listed(mount, leaf_groups, graph=(link, SHAPE), watched=("nx01-vol1", "nx02-vol1"), look=True)
    assert made.states == {"nx01-vol1": True}


def test_without_anything_to_watch_nothing_is_told(mount, link):
    assert listed(mount, graph=(link, SHAPE)).states is None


def test_a_task_and_what_is_made_of_it_can_be_pickled(mount, link):
    task = ListTask(mount, b"logs", (5,), (link, SHAPE), frozenset((5,)), ("nx01-vol1",), look=True, sizes=True)
    assert list_unit(pickle.loads(pickle.dumps(task))) == pickle.loads(pickle.dumps(list_unit(task)))


# A directory that was listed twice

EARLIER = ListedDirectory(
    b"logs", [b"old", b"same"], [b"a", b"c", b"lost"], answers=[GroupAnswer("cookie", 9)], placed=[0] * 3
)
AGAIN = ListedDirectory(
    b"logs",
    [b"new", b"same"],
    [b"c", b"z"],
    answers=[GroupAnswer("cookie", 0), GroupAnswer("cookie", 1)],
    placed=[1, 0],
    sizes=[5, 6],
    checks=[(1, "what z's attribute says")],
)


def test_directories_of_both_listings_are_kept():
    assert joined(EARLIER, AGAIN).directories == [b"new", b"old", b"same"]


def test_files_of_both_listings_are_kept():
    assert joined(EARLIER, AGAIN).files == [b"a", b"c", b"lost", b"z"]


def test_files_that_only_the_earlier_listing_had_are_left_to_their_attributes():
    assert groups(joined(EARLIER, AGAIN)) == [PENDING, 1, PENDING, 0]


def test_files_that_only_the_earlier_listing_had_have_no_size():
    assert joined(EARLIER, AGAIN).sizes == [-1, 5, -1, 6]


def test_where_sizes_are_not_wanted_there_are_none():
    assert joined(EARLIER, AGAIN._replace(sizes=())).sizes == ()


def test_checks_are_of_the_same_files_as_before():
    made = joined(EARLIER, AGAIN)
    assert [made.files[index] for index, _ in made.checks] == [b"z"]


def test_a_file_that_is_a_directory_by_now_is_one():
    assert joined(EARLIER, AGAIN._replace(directories=[b"a", b"lost"])).files == [b"c", b"z"]


def test_where_nothing_was_lost_the_second_listing_stands():
    assert joined(EARLIER._replace(directories=[], files=[b"c"]), AGAIN) == AGAIN


@pytest.mark.parametrize("outcome", [{"gone": True}, {"error": (107, "offline")}])
def test_a_directory_that_cannot_be_listed_again_is_what_it_is_then(outcome):
    again = ListedDirectory(b"logs", [], [], **outcome)
    assert joined(EARLIER, again) == again
