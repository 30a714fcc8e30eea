"""How far an inputfs believes cookies: what it checks, what it does once one was wrong, and when the graph changes.

The work of its units is made up here; see tests/real for that on a mount.
"""

import sys
from concurrent.futures import Executor, Future

import pytest

from disco.dfs.gluster import inputfs as module
from disco.dfs.gluster.attributes import RawPlacement
from disco.dfs.gluster.errors import PathError
from disco.dfs.gluster.inputfs import Inputfs
from disco.dfs.gluster.mount_facts import GraphFacts, MountFacts, Start, read_graph_unit
from disco.dfs.gluster.mounts import Mount
from disco.dfs.gluster.units import PENDING, GroupAnswer, ListedDirectory, list_unit

from .samples import bricks, client_text, web_volfile

LINK = b"/inputfs/.meta/graphs/active"
MOUNT = Mount(b"/inputfs", b"/", "fuse.glusterfs", b"nx01:/web", "0:46")
ATTRIBUTES = [
    RawPlacement("attribute", "web-replicate-0", bricks("nx01", "nx02")),
    RawPlacement("attribute", "web-replicate-1", bricks("nx03", "nx04")),
]


@pytest.fixture(autouse=True)
def nothing_disproved():
    """No mount is distrusted for what another test found."""
    module._disproved.clear()
    yield
    module._disproved.clear()


class MadeUp(Executor):
    """Lists directories of two files each, one in each group. ``wrong``: directories whose cookies say the other one.
    ``graphs``: what is found when the graph is read, the last first; ``active``: what its link says.
    """

    def __init__(self, wrong=(), graphs=()):
        self.wrong, self.graphs, self.active = set(wrong), list(graphs), b"graph-0"
        self.tasks = []
        self.only_at_first = []

    def submit(self, fn, /, *args):
        future = Future()
        future.set_result({list_unit: self.listed, read_graph_unit: self.read}[fn](*args))
        return future

    def listed(self, task):
        self.tasks.append(task)
        stale = task.graph[1] != self.active
        if task.leaf_groups is None:
            return ListedDirectory(task.directory, [], [b"a", b"b"], placed=[PENDING, PENDING], stale=stale)
        groups = (1, 0) if task.directory in self.wrong else (0, 1)
        return ListedDirectory(
            task.directory,
            self.only_at_first if stale else [],
            [b"a", b"b"],
            answers=[GroupAnswer("cookie", group) for group in groups],
            placed=[0, 1],
            checks=[(i, ATTRIBUTES[i]) for i in (0, 1) if groups[i] in task.check],
            stale=stale,
        )

    def read(self, link):
        return self.graphs.pop()


def made(executor, mode="auto", device="0:46"):
    graph = GraphFacts(LINK, b"graph-0", web_volfile(), {})
    return Inputfs(MountFacts(MOUNT._replace(device=device), Start(b""), graph), executor, mode)


def listing(inputfs, directory):
    return inputfs.list_directory(directory, sizes=False).result(timeout=0)


def groups(listed):
    """The group of each file, PENDING where nothing was said of it."""
    return [listed.answers[place].group if place >= 0 else place for place in listed.placed]


def test_cookies_that_the_attributes_agree_with_are_believed():
    assert groups(listing(made(MadeUp()), b"logs")) == [0, 1]


def test_cookies_that_an_attribute_contradicts_are_not_believed():
    assert groups(listing(made(MadeUp(wrong=[b"logs"])), b"logs")) == [PENDING, PENDING]


def test_the_file_that_disproved_them_is_named():
    inputfs = made(MadeUp(wrong=[b"logs"]))
    listing(inputfs, b"logs")
    assert inputfs.disproved == b"/inputfs/logs/a"


def test_cookies_that_agree_disprove_nothing():
    inputfs = made(MadeUp())
    listing(inputfs, b"logs")
    assert inputfs.disproved is None


def test_an_attribute_that_names_no_volume_of_the_graph_disproves_them(monkeypatch):
    inputfs = made(MadeUp())
    listing(inputfs, b"before")
    stranger = RawPlacement("attribute", "", bricks("nx99", base="/elsewhere"))
    monkeypatch.setattr(sys.modules[__name__], "ATTRIBUTES", [stranger, ATTRIBUTES[1]])
    listing(inputfs, b"logs")
    assert inputfs.disproved == b"/inputfs/logs/a"


def disproved(executor):
    """An inputfs after a wrong cookie."""
    inputfs = made(executor)
    executor.wrong.add(b"wrong")
    listing(inputfs, b"wrong")
    executor.tasks.clear()
    return inputfs


def test_after_a_wrong_cookie_no_other_is_asked_for():
    inputfs = disproved(executor := MadeUp())
    listing(inputfs, b"logs")
    assert [task.leaf_groups for task in executor.tasks] == [None]


def test_after_a_wrong_cookie_those_that_were_under_way_are_not_believed():
    class Late(MadeUp):
        """Answers a listing of "late" only when it is told to."""

        def submit(self, fn, /, *args):
            future = super().submit(fn, *args)
            if fn is list_unit and args[0].directory == b"late":
                self.answer, self.late = future.result(), Future()
                return self.late
            return future

    executor = Late(wrong=[b"wrong"])
    inputfs = made(executor)
    late = inputfs.list_directory(b"late", sizes=False)
    listing(inputfs, b"wrong")
    executor.late.set_result(executor.answer)
    assert groups(late.result(timeout=0)) == [PENDING, PENDING]


def test_a_mount_on_which_a_cookie_was_wrong_is_not_asked_for_any_later():
    disproved(MadeUp())
    listing(made(executor := MadeUp()), b"logs")
    assert [task.leaf_groups for task in executor.tasks] == [None]


def test_another_mount_at_the_same_place_is():
    disproved(MadeUp())
    assert groups(listing(made(MadeUp(), device="0:47"), b"logs")) == [0, 1]


def test_exact_placement_asks_for_no_cookies():
    listing(made(executor := MadeUp(), "exact"), b"logs")
    assert [task.leaf_groups for task in executor.tasks] == [None]


def test_the_first_directories_are_checked():
    inputfs = made(executor := MadeUp())
    for number in range(8):  # two files each
        listing(inputfs, b"%d" % number)
    assert [task.check for task in executor.tasks] == [{0, 1}] * 8


def test_so_many_files_later_one_is_checked_again(monkeypatch):
    monkeypatch.setattr(module, "_FILES_A_CHECK", 4)
    inputfs = made(MadeUp())
    for number in range(60):
        listing(inputfs, b"%d" % number)
    assert inputfs.checked == pytest.approx(16 + 120 / 4, abs=2)


def test_a_wrong_cookie_is_met_however_late(monkeypatch):
    monkeypatch.setattr(module, "_FILES_A_CHECK", 4)
    names = [b"%03d" % number for number in range(100)]
    inputfs = made(MadeUp(wrong=names[60:]))
    assert [groups(listing(inputfs, name)) == [0, 1] for name in names].count(True) <= 60 + 4


GRAPH_1 = GraphFacts(
    LINK,
    b"graph-1",
    web_volfile()
    .replace(b"subvolumes web-replicate-0 web-replicate-1", b"subvolumes web-replicate-0 web-replicate-1 nx05-vol1")
    .replace(b"volume web-dht", (client_text("nx05-vol1", "nx05", "/data/b1") + "volume web-dht").encode()),
    {},
)


def test_a_directory_that_was_listed_while_the_graph_changed_is_listed_again():
    executor = MadeUp(graphs=[GRAPH_1])
    inputfs = made(executor)
    executor.active = b"graph-1"
    listing(inputfs, b"logs")
    assert [task.graph for task in executor.tasks] == [(LINK, b"graph-0"), (LINK, b"graph-1")]


def test_it_is_listed_again_with_the_leaves_of_the_new_graph():
    executor = MadeUp(graphs=[GRAPH_1])
    inputfs = made(executor)
    executor.active = b"graph-1"
    listing(inputfs, b"logs")
    assert [task.leaf_groups for task in executor.tasks] == [(0, 0, 1, 1), (0, 0, 1, 1, 2)]


def test_what_only_the_first_listing_had_is_not_lost():
    executor = MadeUp(graphs=[GRAPH_1])
    inputfs = made(executor)
    executor.active = b"graph-1"
    executor.only_at_first = [b"under"]
    assert listing(inputfs, b"logs").directories == [b"under"]


@pytest.mark.parametrize("mode", ["auto", "exact"])
def test_the_volumes_of_the_new_graph_are_known(mode):
    executor = MadeUp(graphs=[GRAPH_1])
    inputfs = made(executor, mode)
    executor.active = b"graph-1"
    listing(inputfs, b"logs")
    assert [volume.name for volume in inputfs.cluster.volumes] == [f"nx0{i}-vol1" for i in (1, 2, 3, 4, 5)]


def test_a_graph_that_changes_and_changes_is_followed():
    executor = MadeUp(graphs=[GRAPH_1._replace(shape=b"graph-2"), GRAPH_1])
    inputfs = made(executor)
    executor.active = b"graph-2"
    assert groups(listing(inputfs, b"logs")) == [0, 1]


def test_where_the_graph_cannot_be_read_again_the_directory_is_a_failure():
    executor = MadeUp(graphs=[PathError(LINK, 107)])
    inputfs = made(executor)
    executor.active = b""
    assert listing(inputfs, b"logs").error[0] == 107


def test_a_file_that_was_renamed_before_its_attribute_was_asked_disproves_nothing():
    executor = MadeUp(wrong=[b"logs"])
    listed = executor.listed

    def renamed_meanwhile(task):
        said = listed(task)
        executor.wrong.clear()
        return said

    executor.listed = renamed_meanwhile
    inputfs = made(executor)
    assert (groups(listing(inputfs, b"logs")), inputfs.disproved) == ([0, 1], None)


def test_that_a_mount_was_disproved_is_told_by_whoever_opens_it_later():
    disproved(MadeUp())
    assert made(MadeUp()).disproved is not None


def test_a_listing_that_nobody_waits_for_any_more_takes_no_check_from_others():
    class Lazy(MadeUp):
        def submit(self, fn, /, *args):
            return Future()

    inputfs = made(Lazy())
    for number in range(40):
        inputfs.list_directory(b"%d" % number, sizes=False).cancel()
    assert inputfs._to_check() == {0, 1}
