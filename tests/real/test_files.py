"""`files()` on real volumes: each file is where getfattr says it is, whatever it is called, in order, every time."""

import os
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from disco.dfs.gluster import FailedFilesError, Failure, NoHostnameMapError, Report, files, iter_files

from .conftest import new_folder
from .trees import NAMES, Tree, hostile_tree, is_file, judged
from .volume import RealVolume

Resolved = dict[bytes, list[str]]


@pytest.fixture(scope="module", params=["2x2", "3x2"])
def tree(request: pytest.FixtureRequest) -> Tree:
    """A tree of hard names."""
    volume: RealVolume = request.getfixturevalue(f"volume_{request.param}")
    return hostile_tree(volume, os.fsencode(new_folder(volume, "hostile")))


@pytest.fixture(scope="module")
def truth(tree: Tree) -> list[list[str]]:
    """What files() has to return for that tree, by getfattr's word."""
    return judged(tree.volume, tree.root)


@pytest.fixture(scope="module")
def resolved(tree: Tree) -> list[list[str]]:
    """What files() returns for that tree."""
    return files(tree.root, None, {})


def by_path(addresses: list[list[str]]) -> Resolved:
    """Addresses by the path below the mount point that they have in common."""
    return {os.fsencode(replicas[0].split("/", 3)[3]): replicas for replicas in addresses}


def paths(addresses: list[list[str]]) -> list[bytes]:
    """The paths below the mount point, in their order."""
    return list(by_path(addresses))


def names(addresses: list[list[str]]) -> list[str]:
    """The last parts of the paths, in their order."""
    return [os.fsdecode(os.path.basename(path)) for path in paths(addresses)]


def hosts(replicas: list[str]) -> list[str]:
    """The hosts in some addresses."""
    return [address.split("/")[2] for address in replicas]


def test_every_file_is_on_the_nodes_that_getfattr_lists(resolved: list[list[str]], truth: list[list[str]]) -> None:
    assert resolved == truth


LABELS = [
    *(f"a file with {label}" for label in NAMES),
    *(f"a file in a directory with {label}" for label in NAMES),
    *(f"a path that imitates an entry of brick {number}" for number in range(4)),
    *("a file of two names", "a file of two names, by the second"),
    *("a file with a name in another directory", "a file with a name in another directory, by the second"),
    *("a file with a tame and a hostile name", "a file with a tame and a hostile name, by the second"),
    *("a relative link", "an absolute link", "a link into another directory", "a link to a link"),
    *("a link with a hostile name", "a link through a linked directory"),
]


@pytest.mark.parametrize("label", LABELS)
def test_it_is_found_where_getfattr_says(
    label: str, tree: Tree, resolved: list[list[str]], truth: list[list[str]]
) -> None:
    path = tree.below_mount(tree.labels[label])
    assert by_path(resolved)[path] == by_path(truth)[path]


@pytest.mark.parametrize("label", LABELS)
def test_its_address_ends_in_its_own_path_byte_for_byte(label: str, tree: Tree, resolved: list[list[str]]) -> None:
    path = tree.below_mount(tree.labels[label])
    assert all(os.fsencode(address).endswith(b"/" + path) for address in by_path(resolved)[path])


def test_no_two_files_are_confounded(tree: Tree, resolved: list[list[str]]) -> None:
    assert len(by_path(resolved)) == len(resolved) >= len(tree.labels)


def test_all_names_of_one_file_have_the_same_nodes(tree: Tree, resolved: list[list[str]]) -> None:
    first, second = (tree.labels[f"a file of two names{by}"] for by in ("", ", by the second"))
    found = by_path(resolved)
    assert hosts(found[tree.below_mount(first)]) == hosts(found[tree.below_mount(second)])


def test_a_link_is_where_its_target_is(tree: Tree, resolved: list[list[str]]) -> None:
    found = by_path(resolved)
    link, target = tree.labels["a link into another directory"], tree.path(b"far", b"away", b"target 2")
    assert hosts(found[tree.below_mount(link)]) == hosts(found[tree.below_mount(target)])


def test_linked_directories_are_not_entered(tree: Tree, resolved: list[list[str]]) -> None:
    below = (tree.below_mount(tree.path(b"links", name)) + b"/" for name in (b"directory", b"up"))
    assert not [path for path in paths(resolved) for directory in below if path.startswith(directory)]


def test_what_is_no_file_is_left_out_and_counted(tree: Tree) -> None:
    report = Report()
    files(tree.root, None, {}, report=report)
    assert (report.others, report.failures, report.vanished) == (tree.others, [], 0)


def test_files_come_by_path(resolved: list[list[str]]) -> None:
    assert paths(resolved) == sorted(paths(resolved))


def test_replicas_come_in_the_order_of_the_client_graph(tree: Tree, resolved: list[list[str]]) -> None:
    order = [brick.host for brick in tree.volume.spec.bricks]
    assert all(hosts(replicas) == sorted(hosts(replicas), key=order.index) for replicas in resolved)


def test_every_run_returns_the_same(tree: Tree, resolved: list[list[str]]) -> None:
    assert [files(tree.root, None, {}) for _ in range(5)] == [resolved] * 5


def test_it_does_not_matter_how_many_work_on_it(tree: Tree, resolved: list[list[str]]) -> None:
    with ThreadPoolExecutor(1) as alone:
        assert files(tree.root, None, {}, executor=alone) == resolved


def test_a_sub_directory_comes_where_its_name_and_a_slash_belong(folder_2x2: Path) -> None:
    for name in ("d/z", "d!", "d-x", "d.x", "d0", "d/-", "c/z", "e"):
        (folder_2x2 / name).parent.mkdir(exist_ok=True)
        (folder_2x2 / name).touch()
    found = [os.fsdecode(path).removeprefix(f"{folder_2x2.name}/") for path in paths(files(str(folder_2x2), None, {}))]
    assert found == ["c/z", "d!", "d-x", "d.x", "d/-", "d/z", "d0", "e"]


def test_an_empty_directory_gives_an_empty_list(folder_2x2: Path) -> None:
    assert files(str(folder_2x2), None, {}) == []


# Links that lead out of the inputfs


@pytest.fixture
def outside(folder_2x2: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder with a file, and beside it links to files elsewhere."""
    (folder_2x2 / "inside").touch()
    (tmp_path / "target").touch()
    (folder_2x2 / "a link").symlink_to(tmp_path / "target")
    yield folder_2x2
    shutil.rmtree(folder_2x2)


def test_a_link_that_leads_out_of_the_inputfs_is_a_failure_with_words(outside: Path) -> None:
    failures: list[Failure] = []
    files(str(outside), None, {}, on_error=failures.append)
    assert [failure.path for failure in failures] == [os.fsencode(outside / "a link")]
    assert "a link that leads out of the inputfs" in failures[0].fact


def test_what_was_resolved_comes_with_the_error(outside: Path) -> None:
    with pytest.raises(FailedFilesError) as caught:
        files(str(outside), None, {})
    assert names(caught.value.resolved) == ["inside"]


def test_the_error_names_the_file(outside: Path) -> None:
    with pytest.raises(FailedFilesError, match=r"1 could not be resolved: .*/a link: "):
        files(str(outside), None, {})


def test_on_error_gets_the_failures_in_its_place(outside: Path) -> None:
    failures: list[Failure] = []
    assert names(files(str(outside), None, {}, on_error=failures.append)) == ["inside"]
    assert len(failures) == 1


def test_a_link_to_a_file_with_attributes_of_its_own_is_no_less_a_failure(
    outside: Path, tmp_path: Path, volume_2x2: RealVolume
) -> None:
    (outside / "a link").unlink()
    truth = judged(volume_2x2, os.fsencode(outside))
    (outside / "a link").symlink_to(tmp_path / "target")
    os.setxattr(tmp_path / "target", "trusted.glusterfs.nx03-vol1", b"")
    failures: list[Failure] = []
    assert files(str(outside), None, {}, on_error=failures.append) == truth
    assert len(failures) == 1


def test_a_link_to_another_inputfs_is_a_failure(folder_2x2: Path, folder_3x2: Path) -> None:
    (folder_3x2 / "target").touch()
    (folder_2x2 / "a link").symlink_to(folder_3x2 / "target")
    failures: list[Failure] = []
    assert files(str(folder_2x2), None, {}, on_error=failures.append) == []
    assert "a link that leads out of the inputfs" in failures[0].fact


# One file at a time


class Counting(Executor):
    """Does work at once, and counts it."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.count += 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@pytest.fixture
def many_directories(folder_2x2: Path) -> Path:
    """A hundred directories with a file in each."""
    for number in range(100):
        (folder_2x2 / f"{number:03}").mkdir()
        (folder_2x2 / f"{number:03}" / "file").touch()
    return folder_2x2


def test_iter_files_gives_what_files_gives(tree: Tree, resolved: list[list[str]]) -> None:
    assert list(iter_files(tree.root, None, {})) == resolved


def test_iter_files_does_no_more_work_ahead_than_its_window(many_directories: Path) -> None:
    work = Counting()
    next(iter_files(str(many_directories), None, {}, executor=work))
    at_first = work.count
    list(iter_files(str(many_directories), None, {}, executor=(whole := Counting())))
    assert at_first < 80 < 100 < whole.count


def test_iter_files_that_is_left_early_ends_its_work(many_directories: Path) -> None:
    stream = iter_files(str(many_directories), None, {}, executor=(work := Counting()))
    next(stream)
    at_first = work.count
    stream.close()  # type: ignore[attr-defined]
    assert (list(stream), work.count) == ([], at_first)


def test_iter_files_raises_for_its_arguments_before_the_first_file(folder_2x2: Path) -> None:
    with pytest.raises(NoHostnameMapError):
        iter_files(str(folder_2x2))


def test_iter_files_raises_for_failed_files_after_the_last(outside: Path) -> None:
    stream = iter_files(str(outside), None, {})
    assert names([next(stream)]) == ["inside"]
    with pytest.raises(FailedFilesError):
        next(stream)


def test_a_socket_is_not_mistaken_for_a_file(folder_2x2: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.fsencode(folder_2x2 / "s"))
    assert not is_file(os.fsencode(folder_2x2 / "s"))
    assert files(str(folder_2x2), None, {}) == []
