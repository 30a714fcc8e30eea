"""The units of work on a mount, on real files; their results are plain data for any executor."""

import os
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

from disco.dfs.gluster import units
from disco.dfs.gluster.units import FAILED, GONE, ListTask, lacks_mount, list_unit, resolve_unit, size_unit

from .samples import ODD_NAMES


@pytest.fixture
def mount(attribute_folder, monkeypatch):
    """A directory whose files have a volume's name as an older release gave it."""
    monkeypatch.setattr(units, "_is_mounted", lambda mount_point: True)
    os.mkdir(os.path.join(attribute_folder, b"logs"))
    for name, volume in ((b"a", b"nx01-vol1"), (b"b", b"nx02-vol1"), (b"c", b"nx01-vol1")):
        make(attribute_folder, b"logs/" + name, volume)
    return attribute_folder


def make(folder, name, volume=None, content=b"data"):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(content)
    if volume:
        os.setxattr(path, b"user.glusterfs.location", volume)


def listed(mount, directory):
    return list_unit(ListTask(mount, directory))


def resolved(mount, *names, sizes=False):
    return resolve_unit(mount, b"logs", list(names), disperse=False, sizes=sizes)


def volumes(result):
    """The volume of each file, or what became of it."""
    return [result.answers[place].bricks[0].host if place >= 0 else place for place in result.placed]


def test_a_directory_is_listed_with_its_path_below_the_mount_point(mount):
    assert listed(mount, b"logs")[:3] == (b"logs", [], [b"a", b"b", b"c"])


def test_the_root_is_listed(mount):
    assert listed(mount, b"")[:3] == (b"", [b"logs"], [])


def test_a_directory_that_is_not_there_is_gone(mount):
    assert listed(mount, b"missing").gone


def test_a_directory_that_became_a_file_is_gone(mount):
    assert listed(mount, b"logs/a").gone


def test_other_entries_are_counted(mount):
    os.mkfifo(os.path.join(mount, b"logs", b"pipe"))
    assert listed(mount, b"logs").others == 1


def test_a_directory_that_cannot_be_listed_has_its_error_in_words(mount):
    name = b"n" * 300
    assert listed(mount, name).error == (36, "File name too long")


def test_files_have_their_answers(mount):
    assert volumes(resolved(mount, b"a", b"b", b"c")) == ["nx01-vol1", "nx02-vol1", "nx01-vol1"]


def test_an_answer_that_files_share_is_told_once(mount):
    assert len(resolved(mount, b"a", b"b", b"c").answers) == 2


def test_sizes_are_told_where_they_are_wanted(mount):
    make(mount, b"logs/empty", b"v", b"")
    assert resolved(mount, b"a", b"empty", sizes=True).sizes == [4, 0]


def test_sizes_are_not_asked_for_where_they_are_not_wanted(mount):
    assert resolved(mount, b"a").sizes == [-1]


def test_a_link_has_the_size_of_its_target(mount):
    os.symlink(b"a", os.path.join(mount, b"logs", b"link"))
    assert resolved(mount, b"link", sizes=True).sizes == [4]


def test_a_link_lies_where_its_target_lies(mount):
    os.symlink(b"b", os.path.join(mount, b"logs", b"link"))
    assert volumes(resolved(mount, b"link")) == ["nx02-vol1"]


def test_a_link_that_leads_to_another_file_system_is_not_asked(mount):
    os.symlink(b"/proc/self/status", os.path.join(mount, b"logs", b"link"))
    assert [failure[:2] for failure in resolved(mount, b"a", b"link").failures] == [(1, 18)]


def test_a_file_that_is_not_there_is_gone(mount):
    assert volumes(resolved(mount, b"a", b"missing", b"b")) == ["nx01-vol1", GONE, "nx02-vol1"]


def test_files_of_a_directory_that_became_a_file_are_gone(mount):
    make(mount, b"other")
    assert resolve_unit(mount, b"other", [b"a"], disperse=False, sizes=False).placed == [GONE]


def test_a_file_that_vanished_is_no_failure(mount):
    assert resolved(mount, b"missing").failures == []


def test_a_file_without_a_placement_failed(mount):
    make(mount, b"logs/stray")
    assert volumes(resolved(mount, b"a", b"stray")) == ["nx01-vol1", FAILED]


def test_a_failure_tells_the_file_the_number_and_what_it_means(mount):
    make(mount, b"logs/stray")
    assert resolved(mount, b"a", b"stray").failures == [
        (1, 95, "not on GlusterFS, so that it has no placement (a link that leads out of the inputfs?)")
    ]


def test_a_value_that_makes_no_sense_is_a_failure_in_words(mount):
    make(mount, b"logs/bad", b"a/b")
    assert resolved(mount, b"bad").failures == [(0, 0, "user.glusterfs.location is not a volume name: a/b")]


@pytest.mark.parametrize("kind", ODD_NAMES)
def test_files_of_every_odd_name_are_resolved(mount, kind):
    make(mount, b"logs/" + ODD_NAMES[kind], b"v")
    assert volumes(resolved(mount, ODD_NAMES[kind])) == ["v"]


def test_results_can_be_pickled(mount):
    made = (listed(mount, b"logs"), listed(mount, b"missing"), resolved(mount, b"a", b"missing", sizes=True))
    assert pickle.loads(pickle.dumps(made)) == made


def test_units_run_in_other_processes(mount):
    with ProcessPoolExecutor(1) as executor:
        there = executor.submit(resolve_unit, mount, b"logs", [b"a", b"b"], disperse=False, sizes=True).result()
    assert there == resolved(mount, b"a", b"b", sizes=True)


# A worker that has no mount


@pytest.fixture
def unmounted(attribute_folder):
    """A directory that is no mount point of GlusterFS."""
    return attribute_folder


def test_without_a_mount_a_file_that_is_not_there_is_no_file_that_vanished(unmounted):
    said = resolve_unit(unmounted, b"logs", [b"a", b"b"], disperse=False, sizes=True)
    assert (said.placed, [code for _, code, _ in said.failures]) == ([FAILED, FAILED], [19, 19])


def test_without_a_mount_a_directory_that_is_not_there_is_not_gone(unmounted):
    said = listed(unmounted, b"logs")
    assert (said.gone, said.error[0]) == (False, 19)


def test_a_unit_tells_that_it_found_no_mount(unmounted):
    files = resolve_unit(unmounted, b"logs", [b"a"], disperse=False, sizes=False)
    assert lacks_mount(listed(unmounted, b"logs"))
    assert lacks_mount(files)
    assert lacks_mount(size_unit(unmounted, b"logs", [b"a"]))


def test_what_fails_or_vanished_on_a_mount_lacks_none(mount):
    assert not lacks_mount(listed(mount, b"missing"))
    assert not lacks_mount(resolved(mount, b"a", b"missing"))
    assert not lacks_mount(size_unit(mount, b"logs", [b"missing"]))
