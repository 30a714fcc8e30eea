"""A walk whose files are placed by their cookies: what it asks besides, and what it does when a cookie was wrong."""

import os
import sys
from collections import Counter

import pytest

from disco.dfs.gluster import CookiesDisprovedError, FailedFilesError, files, iter_files
from disco.dfs.gluster.filters import as_filter
from disco.dfs.gluster.inputfs import Start
from disco.dfs.gluster.pathinfo import Brick
from disco.dfs.gluster.recorder import record
from disco.dfs.gluster.recording import open_recording
from disco.dfs.gluster.walk import Report, walk

from .samples import directory_line, header_line, opened, recording_text
from .sources import ALL, ROOT, Cookies, Unsized, reported, walked


def three(**header):
    """Three directories of two files, a file in each group."""
    lines = [directory_line(b"d%d" % i, [b"a", b"b"], groups=[0, 1]) for i in range(3)]
    return opened(recording_text([directory_line(b"", [], [b"d0", b"d1", b"d2"]), *lines], **header))


def groups(source, report=None, **how):
    """The group of each file, by path."""
    found = walk(source, ROOT, ALL, report=report or Report(), **how)
    return [placement.group for placed in found for placement in placed.placements]


# As it should be


def test_files_are_placed_by_their_cookies():
    assert groups(Cookies(three())) == [0, 1] * 3


def test_files_that_were_placed_by_cookie_are_counted():
    source = Cookies(three(), without=[b"b"])
    source.resolve_files = teaching(source)
    assert reported(source).by_cookie == 3


def test_a_file_whose_cookie_says_nothing_is_asked_for_its_attribute():
    source = Cookies(three(), without=[b"b"])
    assert (groups(source), source.asked.count((b"d1", [b"b"]))) == ([0, 1] * 3, 1)


def test_files_of_both_kinds_have_their_own_sizes():
    line = directory_line(b"", [b"a", b"bb", b"ccc", b"dddd"], groups=[0, 1, 0, 1])
    source = Cookies(opened(recording_text([line])), without=[b"a", b"ccc"])
    assert next(walk(source, ROOT, ALL, report=Report(), sizes=True)).sizes == [1, 2, 3, 4]


@pytest.mark.parametrize("without", [[], [b"bb"], [b"a", b"dddd"]])
def test_sizes_that_a_listing_did_not_tell_are_asked_for(without):
    line = directory_line(b"", [b"a", b"bb", b"ccc", b"dddd"], groups=[0, 1, 0, 1])
    source = Unsized(opened(recording_text([line])), without=without)
    assert next(walk(source, ROOT, ALL, report=Report(), sizes=True)).sizes == [1, 2, 3, 4]


def test_files_of_both_kinds_come_by_path():
    line = directory_line(b"", [b"a", b"b", b"c", b"d"], groups=[0, 1, 0, 1])
    assert walked(Cookies(opened(recording_text([line])), without=[b"a", b"c"])) == [b"a", b"b", b"c", b"d"]


def test_of_each_group_one_file_is_asked_for_the_names_of_its_hosts():
    source = Cookies(three())
    source.resolve_files = teaching(source)
    groups(source)
    assert source.asked == [(b"d0", [b"a"]), (b"d0", [b"b"])]


def teaching(source):
    """Asks as a mount does: an attribute teaches the hosts of its group."""

    def resolve(directory, names, *, sizes):
        asked = Cookies.resolve_files(source, directory, names, sizes=sizes)
        resolved = asked.result()
        for group in {resolved.answers[place].group for place in resolved.placed}:
            volumes = source.cluster.group_volumes(group)
            source.cluster.locate(
                source.cluster.groups[group].name, tuple(Brick(volume.host, volume.brick) for volume in volumes)
            )
        return asked

    return resolve


def test_the_names_of_hosts_are_known_before_the_first_address():
    source = Cookies(three())
    source.resolve_files = teaching(source)
    next(walk(source, ROOT, ALL, report=Report()))
    assert source.cluster.taught(0)


def test_of_a_group_whose_hosts_no_file_tells_each_file_is_asked_and_that_at_most_twice():
    lines = [directory_line(b"d%02d" % i, [b"a"], groups=[0]) for i in range(20)]
    source = Cookies(opened(recording_text([directory_line(b"", [], [b"d%02d" % i for i in range(20)]), *lines])))
    groups(source)
    asked = Counter(directory for directory, _ in source.asked)
    assert (len(asked), max(asked.values())) == (20, 2)


# A cookie was wrong


def test_found_before_the_first_file_came_nothing_is_lost():
    source = Cookies(three(), wrong=[b"d0", b"d1", b"d2"], disproving=[b"d0"])
    assert groups(source) == [0, 1] * 3


def test_found_in_a_directory_that_was_listed_ahead_earlier_ones_are_asked_again():
    source = Cookies(three(), wrong=[b"d0", b"d1", b"d2"], disproving=[b"d2"])
    assert groups(source) == [0, 1] * 3


def test_then_no_file_is_counted_as_placed_by_cookie():
    assert reported(Cookies(three(), disproving=[b"d2"])).by_cookie == 0


def test_it_is_reported():
    assert reported(Cookies(three(), disproving=[b"d2"])).disproved == b"/inputfs/d2/a"


def test_where_no_cookie_was_wrong_that_is_reported_too():
    assert reported(Cookies(three())).disproved is None


class Later(Cookies):
    """The wrong cookie is found when the reader says so."""

    def find(self):
        self.disproved = b"/inputfs/d2/a"


def test_found_after_files_were_given_the_walk_ends_in_an_error():
    source = Later(three())
    found = walk(source, ROOT, ALL, report=Report())
    next(found)
    source.find()
    with pytest.raises(CookiesDisprovedError):
        next(found)


def test_the_walk_ends_before_files_that_it_would_have_to_ask_for():
    line = directory_line(b"", [b"a"], [b"d"], groups=[0])
    source = Later(opened(recording_text([line, directory_line(b"d", [b"b"], groups=[0])])), without=[b"b"])
    found = walk(source, ROOT, ALL, report=Report())
    next(found)
    source.find()
    with pytest.raises(CookiesDisprovedError):
        next(found)


def test_found_after_the_last_file_was_given_it_is_an_error_too():
    source = Later(three())
    found = walk(source, ROOT, ALL, report=Report())
    for _ in range(3):
        next(found)
    source.find()
    with pytest.raises(CookiesDisprovedError):
        next(found)


def test_the_error_tells_the_file_and_how_many_were_given():
    source = Later(three())
    found = walk(source, ROOT, ALL, report=Report())
    next(found), next(found)
    source.find()
    with pytest.raises(CookiesDisprovedError) as caught:
        next(found)
    assert (caught.value.path, caught.value.given) == (b"/inputfs/d2/a", 4)


def test_files_that_were_given_by_their_attributes_are_right_and_no_error():
    source = Later(three(), without=[b"a", b"b"])
    found = walk(source, ROOT, ALL, report=Report())
    next(found)
    source.find()
    assert len(list(found)) == 2


def test_files_that_the_filter_keeps_out_were_not_given():
    source = Later(three())
    found = walk(source, ROOT, as_filter("d2"), report=Report())
    source.find()
    assert len(list(found)) == 1


# Whoever asked for the whole has it all the same


@pytest.fixture
def opens(monkeypatch):
    """Makes every path lead to these sources, one a call."""

    def use(*sources):
        left = list(sources)
        opener = lambda path, **how: (left.pop(0), Start(b""))  # noqa: E731
        monkeypatch.setattr(sys.modules["disco.dfs.gluster.files"], "open_inputfs", opener)

    return use


class Reader(Later):
    """A wrong cookie is found after the first files were given."""

    def placement(self, answer):
        self.find()
        return self.source.placement(answer)

    def __init__(self, source, **how):
        super().__init__(source, **how)
        del self.__dict__["placement"]

    def hostname_map(self, *, lenient=False):
        return self.source.hostname_map()

    def close(self):
        pass


RIGHT = [
    [f"dfs://nx0{host}/d{i}/{name}" for host in hosts] for i in range(3) for name, hosts in (("a", "12"), ("b", "34"))
]


def test_files_asks_again(opens):
    opens(Reader(three(), wrong=[b"d0"]), three())
    assert files("/inputfs", None, {}) == RIGHT


def test_files_reports_the_file_that_was_wrong(opens):
    opens(Reader(three()), three())
    files("/inputfs", None, {}, report=(report := Report()))
    assert report.disproved == b"/inputfs/d2/a"


def test_files_reports_every_file_once(opens):
    opens(Reader(three()), three())
    files("/inputfs", None, {}, report=(report := Report()))
    assert (report.files, report.directories, report.by_cookie) == (6, 4, 0)


def test_a_report_that_was_used_before_keeps_what_it_counted(opens):
    opens(three(), Reader(three()), three())
    report = Report()
    files("/inputfs", None, {}, report=report)
    files("/inputfs", None, {}, report=report)
    assert (report.files, report.directories) == (12, 8)


def test_a_failure_that_a_wrong_cookie_made_is_none(opens):
    header = header_line()
    volumes = [volume | {"online": volume["group"] == 1} for volume in header["volumes"]]
    only_second = [directory_line(b"", [b"a", b"b"], groups=[1, 1])]
    right = opened(recording_text(only_second, volumes=volumes))
    wrong = Reader(opened(recording_text([directory_line(b"", [b"a", b"b"], groups=[0, 1])], volumes=volumes)))
    opens(wrong, right)
    assert len(files("/inputfs", None, {})) == 2


def failing():
    """A dataset of which one file cannot be placed."""
    return opened(recording_text([directory_line(b"", [b"a", b"b"], groups=[-1, 1], failed={"0": [107, "offline"]})]))


def test_a_failure_that_both_runs_meet_is_told_once(opens):
    opens(Reader(failing()), failing())
    told = []
    files("/inputfs", None, {}, on_error=told.append)
    assert [failure.path for failure in told] == [b"/inputfs/a"]


def test_a_failure_that_both_runs_meet_is_raised_once(opens):
    opens(Reader(failing()), failing())
    with pytest.raises(FailedFilesError) as caught:
        files("/inputfs", None, {})
    assert len(caught.value.failures) == 1


def test_iter_files_ends_in_the_error(opens):
    opens(Reader(three()))
    with pytest.raises(CookiesDisprovedError):
        list(iter_files("/inputfs", None, {}))


def test_iter_files_has_given_what_came_before(opens):
    opens(Reader(three()))
    given = []
    with pytest.raises(CookiesDisprovedError):
        given.extend(iter_files("/inputfs", None, {}))
    assert given == RIGHT[:2]


def test_a_recording_is_made_again(tmp_path):
    target = os.fsencode(tmp_path / "r.jsonl")
    record(Reader(three(), wrong=[b"d0"]), ROOT, target)
    assert groups(open_recording(target)) == [0, 1] * 3
