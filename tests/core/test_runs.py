"""A run of directories, matched at once: against each directory by itself."""

from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster import runs as runs_module
from disco.dfs.gluster.catalog import Catalog
from disco.dfs.gluster.filters import Substring
from disco.dfs.gluster.names import NameStore
from disco.dfs.gluster.picture import Totals
from disco.dfs.gluster.runs import MatchedRun, Run, all_runs, runs
from disco.dfs.gluster.selection import Selection
from disco.dfs.gluster.units import FAILED, PENDING, UNSIZED, ListedDirectory

NAME = st.text(alphabet="ab.", min_size=1, max_size=5).map(str.encode).filter(lambda name: name.strip(b"."))
SAME_LENGTH = st.text(alphabet="ab", min_size=3, max_size=3).map(str.encode)
FOLDERS = st.lists(st.sets(NAME, min_size=1, max_size=6) | st.sets(SAME_LENGTH, min_size=1, max_size=6), min_size=1)
NEEDLES = st.sampled_from([b"a", b"b", b"ab", b"a.", b".", b"aba", b"c"])
PLACEMENTS = [("one place",), ("another",)]


def catalog_of(folders, place=lambda number: number % 2, unsized=0):
    """A catalog of folders 0000, 0001... with these files. A size is the number of its file; one in five is unknown;
    ``unsized``: of how many of each nobody has asked for it yet.
    """
    catalog = Catalog(b"")
    paths = [b"%04d" % number for number in range(len(folders))]
    catalog.add_listing(ListedDirectory(b"", paths, []), [])
    for path, names in zip(paths, folders, strict=True):
        numbers = range(len(names))
        sizes = [-1 if number % 5 == 4 else number for number in numbers]
        placed = [place(number) for number in numbers]
        sizes[:unsized] = [UNSIZED] * unsized
        listed = ListedDirectory(path, [], sorted(names), placed=placed, sizes=sizes, unsized=unsized)
        catalog.add_listing(listed, PLACEMENTS)
    return catalog, [catalog.directories[path] for path in paths]


def matched(catalog, directories, needle):
    run = Run(catalog, directories)
    return MatchedRun(run, catalog.names.read(run.span), Substring(needle))


def marks_alone(directories, needle):
    """The marks of each directory that has files which are kept, found by itself."""
    found = [(directory, Substring(needle).name_marks(directory.joined_names)) for directory in directories]
    return [(directory, marks) for directory, marks in found if marks != b""]


@given(FOLDERS, NEEDLES)
def test_a_run_keeps_of_each_directory_what_the_directory_keeps_by_itself(folders, needle):
    catalog, directories = catalog_of(folders)
    alone = {directory.number: marks for directory, marks in marks_alone(directories, needle)}
    assert matched(catalog, directories, needle).marks() == alone


@given(FOLDERS, NEEDLES)
def test_a_run_adds_up_to_what_its_directories_add_up_to(folders, needle):
    catalog, directories = catalog_of(folders)
    at_once, alone = Totals(), Totals()
    at_once.change(matched(catalog, directories, needle).settled_part(), 1)
    for directory, marks in marks_alone(directories, needle):
        alone.change(directory.part(marks), 1)
    assert at_once == alone


@given(FOLDERS, NEEDLES, st.sampled_from([PENDING, FAILED]))
def test_a_run_of_which_more_may_be_learned_is_not_added_up_at_once(folders, needle, place):
    catalog, directories = catalog_of(folders, lambda number: place if number == 0 else 0)
    assert matched(catalog, directories, needle).settled_part() is None


@given(FOLDERS, NEEDLES)
def test_a_run_with_files_whose_size_is_not_known_yet_is_not_added_up_at_once(folders, needle):
    catalog, directories = catalog_of(folders, unsized=1)
    assert matched(catalog, directories, needle).settled_part() is None


@given(FOLDERS, NEEDLES)
def test_a_selection_adds_up_the_same_by_runs_and_by_directories(folders, needle):
    catalog, directories = catalog_of(folders)
    by_runs, by_directories = (Selection(catalog, b"/", catalog.root, Substring(needle)) for _ in range(2))
    for run in runs(catalog, directories):
        by_runs.match(run)
    for directory in directories:
        by_directories.update(directory)
    assert by_runs.totals == by_directories.totals


@given(FOLDERS, NEEDLES)
def test_a_directory_that_is_looked_at_again_is_not_counted_twice(folders, needle):
    catalog, directories = catalog_of(folders)
    selection = Selection(catalog, b"/", catalog.root, Substring(needle))
    for run in runs(catalog, directories):
        selection.match(run)
    before = selection.picture().totals
    for directory in directories:
        selection.update(directory)
    assert selection.picture().totals == before


def test_sizes_that_do_not_fit_the_usual_array_are_added_up_by_directory():
    catalog, directories = catalog_of([{b"a", b"b"}])
    directories[0].put_sizes([1], [1 << 40])
    selection = Selection(catalog, b"/", catalog.root, Substring(b"b"))
    for run in runs(catalog, directories):
        selection.match(run)
    assert selection.totals.bytes == 1 << 40


def test_directories_whose_names_do_not_follow_each_other_are_no_run():
    catalog, directories = catalog_of([{b"a"}, {b"b"}, {b"c"}])
    made = runs(catalog, [directories[0], directories[2]])
    assert [run.directories for run in made] == [[directories[0]], [directories[2]]]


def test_directories_whose_names_follow_each_other_are_one_run():
    catalog, directories = catalog_of([{b"a"}, {b"b"}, {b"c"}])
    assert [run.directories for run in runs(catalog, directories)] == [directories]


def test_no_run_is_so_long_that_the_screen_would_wait_for_it(monkeypatch):
    monkeypatch.setattr(runs_module, "_MOST", 2)
    catalog, directories = catalog_of([{b"a"}, {b"b"}, {b"c"}])
    assert [len(run.directories) for run in runs(catalog, directories)] == [2, 1]


def paths_of(made):
    return [directory.path for run in made for directory in run.directories]


def test_all_directories_are_in_the_runs_of_a_catalog():
    catalog, _ = catalog_of([{b"a"}, set(), {b"c"}])
    assert paths_of(all_runs(catalog)) == [b"", b"0000", b"0001", b"0002"]


def test_the_runs_of_a_catalog_are_made_once_while_it_stays_the_same():
    catalog, _ = catalog_of([{b"a"}, {b"b"}])
    assert list(all_runs(catalog)) == list(all_runs(catalog))


def test_a_directory_that_is_listed_later_is_in_the_runs_then():
    catalog, _ = catalog_of([{b"a"}])
    list(all_runs(catalog))
    catalog.forget(b"0000")
    catalog.add_listing(ListedDirectory(b"0000", [b"below"], [b"x"], placed=[0], sizes=[1]), PLACEMENTS)
    catalog.add_listing(ListedDirectory(b"0000/below", [], [b"y"], placed=[0], sizes=[1]), PLACEMENTS)
    assert paths_of(all_runs(catalog)) == [b"", b"0000", b"0000/below"]


def test_runs_begun_before_a_listing_are_not_taken_for_all():
    catalog, _ = catalog_of([{b"a"}])
    catalog.forget(b"0000")
    begun = all_runs(catalog)
    next(begun)
    catalog.add_listing(ListedDirectory(b"0000", [], [b"x"], placed=[0], sizes=[1]), PLACEMENTS)
    list(begun)
    assert [run.starts[-1] for run in all_runs(catalog)] == [0, 1]


def test_a_string_is_not_found_where_one_directory_ends_and_the_next_begins():
    catalog, directories = catalog_of([{b"xa"}, {b"bx"}])
    assert matched(catalog, directories, b"ab").marks() == {}


def test_names_of_two_directories_have_a_nul_between_them():
    store = NameStore()
    one, other = store.add(b"a\0b"), store.add(b"c")
    assert store.read(one._replace(length=other.start + other.length - one.start)) == b"a\0b\0c"


def test_a_catalog_that_was_let_go_of_holds_neither_files_nor_names():
    catalog, _ = catalog_of([{b"a", b"b"}, {b"c"}])
    catalog.let_go()
    assert (list(catalog.directories), catalog.progress.files, catalog.names.file.closed) == ([b""], 0, True)


@given(FOLDERS, NEEDLES, st.booleans())
def test_a_selection_adds_up_sizes_that_come_later(folders, needle, at_once):
    catalog, directories = catalog_of(folders, unsized=1)
    early, late = (Selection(catalog, b"/", catalog.root, Substring(needle)) for _ in range(2))
    for run in runs(catalog, directories):
        early.match(run)
    for directory in directories:
        catalog.add_sizes(directory.path, [0], [7])
        if not at_once:
            early.update(directory)
    for directory in directories:
        early.update(directory)
    for run in runs(catalog, directories):
        late.match(run)
    assert early.totals == late.totals
    assert (early.totals.unsized, catalog.unsized) == (0, 0)
