"""What a walk tells of what it met: counts, what vanished, and what failed."""

from disco.dfs.gluster.errors import Failure
from disco.dfs.gluster.filters import as_filter
from disco.dfs.gluster.inputfs import Start
from disco.dfs.gluster.walk import Report, walk

from .samples import directory_line, opened, recording_of, recording_text, web_cluster
from .sources import ALL, ROOT, Vanishing, reported, walked


def test_files_and_directories_are_counted():
    report = reported(recording_of([b"a", b"d/1", b"d/2", b"e/"]))
    assert (report.files, report.directories) == (3, 3)


def test_files_that_are_not_kept_are_not_counted():
    assert reported(recording_of([b"a", b"b"]), keep=as_filter("a")).files == 1


def test_other_entries_are_counted():
    lines = [directory_line(b"", [], [b"d"], others=2), directory_line(b"d", others=3)]
    assert reported(opened(recording_text(lines))).others == 5


def test_a_file_that_vanished_is_counted():
    assert reported(Vanishing(recording_of([b"a"]), files=[b"gone"])).vanished == 1


def test_a_directory_that_vanished_is_counted():
    assert reported(Vanishing(recording_of([b"a"]), directories=[b"gone"])).vanished == 1


def test_what_vanished_is_no_failure():
    assert reported(Vanishing(recording_of([b"a"]), [b"gone"], [b"gone-too"])).failures == []


def test_what_vanished_is_skipped():
    assert walked(Vanishing(recording_of([b"a", b"z"]), [b"gone"], [b"gone-too"])) == [b"a", b"z"]


UNREADABLE = [directory_line(b"", [b"a"], [b"d", b"e"]), {"directory": "d", "error": [13, "Permission denied"]}]


def test_a_directory_that_cannot_be_read_is_a_failure():
    report = reported(opened(recording_text([*UNREADABLE, directory_line(b"e", [b"b"])])))
    assert report.failures == [Failure(b"/inputfs/d", 13, "Permission denied")]


def test_after_a_directory_that_cannot_be_read_the_walk_goes_on():
    assert walked(opened(recording_text([*UNREADABLE, directory_line(b"e", [b"b"])]))) == [b"a", b"e/b"]


def unplaced():
    line = directory_line(b"d", [b"a", b"b", b"c"], groups=[0, -1, 1], failed={"1": [107, "offline"]})
    return opened(recording_text([directory_line(b"", [], [b"d"]), line]))


def test_a_file_that_cannot_be_placed_is_a_failure():
    assert reported(unplaced()).failures == [Failure(b"/inputfs/d/b", 107, "offline")]


def test_after_a_file_that_cannot_be_placed_the_walk_goes_on():
    assert walked(unplaced()) == [b"d/a", b"d/c"]


def with_group_down():
    source = recording_of([b"a"])
    source.cluster.down = ("web-replicate-1",)
    return source


FOR_A_TIME = "web-replicate-1 was down for a time, and its files are in no listing of then"


def test_a_group_that_goes_down_and_comes_back_during_the_walk_is_a_failure():
    source, report = recording_of([b"a", b"d/b"]), Report()
    found = walk(source, ROOT, ALL, report=report)
    next(found)
    for up in (False, True):
        source.cluster.set_states({"web-replicate-1": up})
    assert (len(list(found)), report.failures) == (1, [Failure(b"/inputfs", 107, FOR_A_TIME)])


def test_a_group_that_comes_back_during_the_walk_is_a_failure():
    source, report = recording_of([b"a", b"d/b"]), Report()
    source.cluster.set_states({"web-replicate-1": False})
    found = walk(source, ROOT, ALL, report=report)
    next(found)
    source.cluster.set_states({"web-replicate-1": True})
    assert (len(list(found)), report.failures) == (1, [Failure(b"/inputfs", 107, FOR_A_TIME)])


def test_a_group_that_was_down_before_the_walk_is_none():
    source = recording_of([b"a", b"d/b"])
    for up in (False, True):
        source.cluster.set_states({"web-replicate-1": up})
    assert reported(source).failures == []


def test_a_group_that_is_down_is_a_failure_of_the_whole_dataset():
    fact = "web-replicate-1 is down: too few of its bricks are online, and its files are in no listing"
    assert reported(with_group_down()).failures == [Failure(b"/inputfs", 107, fact)]


def test_a_file_that_was_named_does_not_hang_on_another_group():
    assert reported(with_group_down(), Start(b"", b"a")).failures == []


def all_offline():
    volumes = [{"name": v.name, "host": v.host, "brick": v.brick, "group": v.group} for v in web_cluster().volumes]
    volumes = [volume | {"online": volume["group"] == 1} for volume in volumes]
    return opened(recording_text([directory_line(b"", [b"a", b"b"], groups=[0, 1])], volumes=volumes))


def test_a_file_whose_volumes_are_all_offline_is_a_failure_in_words():
    fact = "no replica of it can be used: all its volumes are offline"
    assert reported(all_offline()).failures == [Failure(b"/inputfs/a", 0, fact)]


def test_after_a_file_whose_volumes_are_all_offline_the_walk_goes_on():
    assert walked(all_offline()) == [b"b"]
