"""Which listings may lack a part, by looks at the volumes that began and ended around them."""

import os

import pytest

from disco.dfs.gluster.doubts import Doubts
from disco.dfs.gluster.recorder import record
from disco.dfs.gluster.units import GroupAnswer, ListedDirectory, without
from disco.dfs.gluster.walk import Report, walk
from disco.dfs.gluster.workers import completed

from .samples import recording_of
from .sources import ALL, ROOT, Around, reported, walked

LISTED = ListedDirectory(b"logs", [], [b"a"])


@pytest.fixture
def doubts():
    return Doubts()


def listed(doubts, listing=LISTED):
    """A listing that begins and ends."""
    doubts.listed(listing, doubts.begin())


def looked(doubts, *, lost=False):
    """A look that begins and ends."""
    doubts.looked(doubts.look(), lost=lost)


def test_without_a_listing_there_is_no_doubt(doubts):
    assert not doubts.any


def test_a_listing_is_in_doubt_until_somebody_looks(doubts):
    listed(doubts)
    assert doubts.any


def test_a_listing_behind_which_a_look_finds_no_loss_is_whole(doubts):
    listed(doubts)
    looked(doubts)
    assert not doubts.any


def test_a_listing_behind_which_a_look_finds_a_loss_is_doubtful(doubts):
    listed(doubts)
    looked(doubts, lost=True)
    assert doubts.take() == [LISTED]


def test_a_doubtful_listing_is_told_once(doubts):
    listed(doubts)
    looked(doubts, lost=True)
    doubts.take()
    assert (doubts.take(), doubts.any) == ([], False)


def test_a_look_that_began_before_the_listing_ended_does_not_tell(doubts):
    look = doubts.look()
    listed(doubts)
    doubts.looked(look, lost=False)
    assert doubts.any


def test_a_listing_during_which_a_look_found_a_loss_is_doubtful(doubts):
    begun = doubts.begin()
    looked(doubts, lost=True)
    doubts.listed(LISTED, begun)
    assert doubts.take() == [LISTED]


def test_a_listing_that_begins_behind_a_loss_is_as_good_as_any(doubts):
    looked(doubts, lost=True)
    listed(doubts)
    looked(doubts)
    assert doubts.take() == []


def test_a_loss_casts_doubt_on_all_that_nobody_had_looked_behind(doubts):
    listed(doubts, LISTED._replace(directory=b"sure"))
    looked(doubts)
    for name in (b"1", b"2"):
        listed(doubts, LISTED._replace(directory=name))
    looked(doubts, lost=True)
    assert [listing.directory for listing in doubts.take()] == [b"1", b"2"]


def test_what_a_later_look_finds_whole_stays_so(doubts):
    listed(doubts)
    first, second = doubts.look(), doubts.look()
    doubts.looked(second, lost=False)
    doubts.looked(first, lost=True)
    assert doubts.take() == []


# A walk over listings of which one was doubtful


class Losing(Around):
    """Lists the directory "d" in part at first, and then calls that doubtful."""

    def __init__(self, source, first=(b"b",)):
        super().__init__(source)
        self.first, self.listings, self.told = list(first), 0, False

    def list_directory(self, directory, *, sizes, ask=False):
        listing = self.source.list_directory(directory, sizes=sizes, ask=ask).result()
        if directory == b"d":
            self.listings += 1
            if self.listings == 1:
                others = {*listing.files, *listing.directories} - set(self.first)
                self.partial = listing = without(listing, others)
        return completed(listing)

    def doubtful(self):
        told, self.told = self.told, True
        return completed([] if told else [self.partial])


PATHS = [b"a", b"d/a", b"d/b", b"d/c", b"d/e/f", b"z"]


def test_what_was_left_out_of_a_listing_comes_last():
    assert walked(Losing(recording_of(PATHS))) == [b"a", b"d/b", b"z", b"d/a", b"d/c", b"d/e/f"]


def test_what_came_last_is_counted_so():
    assert reported(Losing(recording_of(PATHS))).late == 3


def test_no_file_and_no_directory_is_counted_twice():
    report = reported(Losing(recording_of(PATHS)))
    assert (report.files, report.directories) == (6, 3)


def test_a_doubtful_listing_that_was_whole_adds_nothing():
    source = Losing(recording_of(PATHS), first=[b"a", b"b", b"c", b"e"])
    assert (walked(source), source.listings) == (PATHS, 2)


def test_files_that_came_last_have_their_own_placements_and_sizes():
    source = Losing(recording_of([b"d/%03d" % i for i in range(9)]), first=[b"001", b"005"])
    found = {}
    for placed in walk(source, ROOT, ALL, report=Report(), sizes=True):
        found |= dict(zip(placed.names, zip(placed.placements, placed.sizes, strict=True), strict=True))
    whole = next(walk(recording_of([b"d/%03d" % i for i in range(9)]), ROOT, ALL, report=Report(), sizes=True))
    assert found == dict(zip(whole.names, zip(whole.placements, whole.sizes, strict=True), strict=True))


def test_a_recording_has_what_was_left_out_as_a_failure(tmp_path):
    report = record(Losing(recording_of(PATHS)), ROOT, os.fsencode(tmp_path / "r.jsonl"))
    assert [str(failure) for failure in report.failures] == [
        "/inputfs/d: 3 of its entries were left out: a brick was lost while it was listed"
    ]


def test_the_rest_of_a_listing_is_what_is_not_known():
    listing = ListedDirectory(
        b"", [b"x", b"y"], [b"a", b"b", b"c"], answers=[GroupAnswer("cookie", 0)], placed=[0, -3, 0], sizes=[1, 2, 3]
    )
    rest = without(listing, {b"y", b"a"})
    assert (rest.directories, rest.files, rest.placed, rest.sizes) == ([b"x"], [b"b", b"c"], [-3, 0], [2, 3])


class FailingAgain(Losing):
    """Cannot list the directory "d" a second time."""

    def list_directory(self, directory, *, sizes, ask=False):
        listing = super().list_directory(directory, sizes=sizes, ask=ask)
        if directory == b"d" and self.listings > 1:
            return completed(ListedDirectory(b"d", [], [], error=(5, "Input/output error")))
        return listing


def test_where_the_second_listing_fails_its_error_is_told():
    report = Report()
    list(walk(FailingAgain(recording_of(PATHS)), ROOT, ALL, report=report))
    assert [(failure.path, failure.errno) for failure in report.failures] == [(b"/inputfs/d", 5)]
