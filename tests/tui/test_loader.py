"""The loader: in which order it asks, what its updates tell, and that nothing it is asked makes anyone wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from disco.dfs.gluster import runs
from disco.dfs.gluster.filters import Substring
from disco.dfs.gluster.picture import SelectionPicture
from disco.dfs.gluster.selection import Selection
from disco.dfs.gluster.units import ListedDirectory, without
from disco.dfs.gluster.workers import completed
from gluster_tui import loader as loader_module
from gluster_tui import matcher
from gluster_tui.helper import READING
from gluster_tui.helper_process import HelperEndedError
from gluster_tui.loader import PUBLISH_EVERY, Loader
from gluster_tui.updates import Update

from .sources import FILES, HeldSource, dataset, everything

ALL = Substring(b"")


class Watched(Loader):
    """A loader whose updates are kept, and can be waited for."""

    def __init__(self, source: HeldSource) -> None:
        super().__init__(source, source.start, self._keep)
        self.updates: list[Update] = []
        self.times: list[float] = []
        self._came = threading.Condition()

    def _keep(self, update: Update) -> None:
        with self._came:
            self.times.append(time.monotonic())
            self.updates.append(update)
            self._came.notify_all()

    def until(self, condition: Callable[[Update], object], what: str) -> Update:
        """The last update, as soon as it is so."""
        end = time.monotonic() + 20
        with self._came:
            while not (self.updates and condition(self.updates[-1])):
                assert time.monotonic() < end, f"never: {what}"
                self._came.wait(0.01)  # what is waited for may show elsewhere than in an update
            return self.updates[-1]

    def complete(self) -> Update:
        return self.until(lambda update: update.complete and update.ticket == self._asked_ticket, "complete")


@pytest.fixture
def made() -> Iterator[Callable[[HeldSource], Watched]]:
    """Makes loaders that have begun, and closes them."""
    loaders: list[Watched] = []

    def begin(source: HeldSource) -> Watched:
        loaders.append(Watched(source))
        loaders[-1].begin()
        return loaders[-1]

    yield begin
    for loader in loaders:
        loader.close()


Made = Callable[[HeldSource], Watched]


def names(update: Update) -> list[bytes]:
    return [placed.directory + b"/" + name for placed in update.picture.batches() for name in placed.names]


def test_the_whole_dataset_is_walked_and_placed(made: Made) -> None:
    update = made(HeldSource(dataset())).complete()
    assert [name.lstrip(b"/") for name in names(update)] == list(FILES)


def test_no_update_from_before_the_end_ever_becomes_complete(made: Made) -> None:
    """An update is looked at when the catalog has gone on: what it tells must be of its own moment."""
    source = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs")
    loader = made(source)
    early = loader.until(lambda update: len(update.picture) == 4, "what is listed is shown")
    source.release()
    loader.complete()
    assert not early.complete
    assert {len(update.picture) for update in loader.updates if update.complete} == {len(FILES)}


def test_updates_come_in_batches_not_one_a_directory(made: Made) -> None:
    began = time.monotonic()
    loader = made(HeldSource(dataset([b"%03d/file" % number for number in range(300)])))
    loader.complete()
    assert len(loader.updates) <= (loader.times[-1] - began) / PUBLISH_EVERY + 2  # the first files show at once


def test_an_update_carries_the_ticket_of_the_selection_it_shows(made: Made) -> None:
    loader = made(HeldSource(dataset()))
    tickets = [loader.select(b"", Substring(text)) for text in (b"c", b"ch", b"chr")]
    assert tickets == sorted(set(tickets))
    update = loader.complete()
    assert (update.ticket, update.picture.keep) == (tickets[-1], Substring(b"chr"))


def test_what_was_selected_before_is_shown_until_something_is_found(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader_module, "_FIRST_WITHIN", 20)
    monkeypatch.setattr(runs, "_MOST", 1)
    monkeypatch.setattr(matcher, "_FIRST_SLICE", -1)  # the loader comes round after each directory
    monkeypatch.setattr(matcher, "_SLICE", -1)
    loader = made(HeldSource(dataset([b"%03d/file" % number for number in range(50)] + [b"050/found"])))
    loader.complete()
    ticket = loader.select(b"", Substring(b"found"))
    loader.complete()
    assert next(len(update.picture) for update in loader.updates if update.ticket == ticket) == 1


def test_the_screen_goes_first_while_a_dataset_is_loaded() -> None:
    source, let_go_first = HeldSource(dataset()), threading.Event()
    loader = Loader(source, source.start, lambda update: None, let_go_first.set)
    loader.begin()
    assert let_go_first.wait(20)
    loader.close()


def test_the_rows_on_the_screen_are_asked_for_although_everything_else_hangs(made: Made) -> None:
    paths = [b"%03d/file" % number for number in range(100)]
    source = HeldSource(dataset(paths), hold_files=everything)
    loader = made(source)
    loader.until(lambda update: len(update.picture) == 100 and source.held >= 16, "all places are taken")
    assert b"099/file" not in source.asked_files
    loader.look_at([(loader.catalog.directories[b"099"], [0])])
    loader.until(lambda _: source.asked_files[-1] == b"099/file", "the row is asked for")


def test_a_file_is_asked_for_once_however_often_it_is_looked_at(made: Made) -> None:
    source = HeldSource(dataset([b"file"]), hold_files=everything)
    loader = made(source)
    loader.until(lambda _: source.held, "it is asked for")
    for _ in range(3):
        loader.look_at([(loader.catalog.root, [0])])
    source.release()
    loader.complete()
    assert source.asked_files == [b"file"]


def test_what_is_selected_is_placed_before_the_rest(made: Made) -> None:
    paths = [b"%02d/%s" % (number, name) for number in range(40) for name in (b"other", b"wanted")]
    source = HeldSource(dataset(paths), hold_listings=lambda path: path == b"", hold_files=everything)
    loader = made(source)
    loader.select(b"", Substring(b"wanted"))
    source.hold_listings = lambda path: False
    held, source._held = source._held, []
    for future, value in held:
        future.set_result(value)
    loader.until(lambda _: source.held >= 16, "all places are taken")
    assert {path[3:] for path in source.asked_files} == {b"wanted"}


def test_after_a_stop_nothing_more_is_asked_for(made: Made) -> None:
    source = HeldSource(dataset(), hold_listings=everything)
    loader = made(source)
    loader.until(lambda update: update.waiting, "the root is asked for")
    loader.stop()
    loader.until(lambda update: update.stopped, "it has stopped")
    source.release()
    update = loader.until(lambda update: not update.waiting, "the root is taken up")
    assert (source.asked, source.asked_files) == ([b""], [])
    assert not update.complete


def test_going_on_after_a_stop_comes_to_the_end(made: Made) -> None:
    source = HeldSource(dataset(), hold_listings=everything)
    loader = made(source)
    loader.stop()
    source.release()
    loader.until(lambda update: update.stopped, "it has stopped")
    loader.go_on()
    assert len(loader.complete().picture) == len(FILES)


def test_a_walk_that_has_come_to_its_end_cannot_be_stopped(made: Made) -> None:
    loader = made(HeldSource(dataset()))
    loader.complete()
    loader.stop()
    count = len(loader.updates)
    loader.until(lambda _: len(loader.updates) > count, "the next update")
    assert not loader.updates[-1].stopped


def test_what_is_selected_can_be_placed_even_after_a_stop(made: Made) -> None:
    source = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs", hold_files=everything)
    loader = made(source)
    loader.stop()
    loader.until(lambda update: update.stopped, "it has stopped")
    loader.finish_selection()
    source.release()
    update = loader.until(lambda update: update.settled, "what was found is placed")
    assert update.stopped
    assert not update.complete


def test_an_error_of_the_source_stops_the_walk_and_is_told(made: Made) -> None:
    source = HeldSource(dataset(), hold_listings=lambda path: path == b"web_logs")
    loader = made(source)
    loader.until(lambda update: len(update.picture) == 4, "the rest is listed")
    source.end(HelperEndedError(READING))
    update = loader.until(lambda update: update.error, "the error is told")
    assert isinstance(update.error, HelperEndedError)
    assert update.stopped


def test_an_error_that_should_not_have_happened_stops_the_walk_and_is_told(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    source = HeldSource(dataset(), hold_listings=everything)
    loader = made(source)
    loader.until(lambda update: update.waiting, "it waits")
    source.end(ZeroDivisionError("of ours"))
    update = loader.until(lambda update: update.error, "the error is told")
    assert "ZeroDivisionError('of ours')" in str(update.error)
    assert update.stopped


def fail_to_picture(monkeypatch: pytest.MonkeyPatch, broken: Callable[[Selection], object]) -> None:
    make = Selection.picture

    def make_or_fail(selection: Selection) -> SelectionPicture:
        if broken(selection):
            raise ZeroDivisionError("of ours")
        return make(selection)

    monkeypatch.setattr(Selection, "picture", make_or_fail)


def test_an_error_in_making_the_first_picture_is_told_without_it(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    first: list[Selection] = []

    def is_first(selection: Selection) -> bool:
        first.append(selection)
        return selection is first[0]

    fail_to_picture(monkeypatch, is_first)
    update = made(HeldSource(dataset())).until(lambda update: update.error, "the error is told")
    assert "ZeroDivisionError('of ours')" in str(update.error)


def test_an_error_in_making_a_picture_leaves_the_one_before_and_says_that_it_is_not_all(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    loader = made(HeldSource(dataset()))
    loader.complete()
    fail_to_picture(monkeypatch, lambda selection: selection.keep != ALL)
    loader.select(b"", Substring(b"chr"))
    update = loader.until(lambda update: update.error, "the error is told")
    assert (len(update.picture), update.complete, update.stopped) == (len(FILES), False, True)


def test_calls_that_have_not_come_back_are_told_with_their_beginning(made: Made) -> None:
    before = time.monotonic()
    loader = made(HeldSource(dataset(), hold_listings=lambda path: path == b"genomes"))
    update = loader.until(lambda update: len(update.picture) == 18, "the rest is listed")
    (waiting,) = update.waiting
    assert waiting.path == b"genomes"
    assert before <= waiting.since <= time.monotonic()


def test_closing_ends_the_thread_while_calls_hang(made: Made) -> None:
    loader = made(HeldSource(dataset(), hold_listings=everything))
    loader.until(lambda update: update.waiting, "it waits")
    loader.close()
    loader._thread.join(timeout=10)
    assert not loader._thread.is_alive()


class Doubtful(HeldSource):
    """Lists a directory in part at first, and then calls that doubtful."""

    def __init__(self, **how: Any) -> None:
        super().__init__(dataset([b"d/a", b"d/b", b"e/c"]), **how)
        self.partial: list[ListedDirectory] = []

    def list_directory(self, directory: bytes, *, sizes: bool, ask: bool = False) -> Future[ListedDirectory]:
        listing = super().list_directory(directory, sizes=sizes, ask=ask)
        if directory != b"d" or self.asked.count(b"d") > 1:
            return listing
        self.partial = [without(listing.result(), {b"b"})]
        return completed(self.partial[0])

    def doubtful(self) -> Future[list[ListedDirectory]]:
        told, self.partial = self.partial, []
        return completed(told)


def test_a_directory_of_which_a_part_may_have_been_left_out_is_read_again(made: Made) -> None:
    assert names(made(Doubtful()).complete()) == [b"d/a", b"d/b", b"e/c"]


def test_it_is_read_again_before_all_is_called_placed_although_sizes_are_waited_for(made: Made) -> None:
    source = Doubtful(placed=True, sized=0, hold_files=everything, hold_listings=lambda path: path == b"e")
    loader = made(source)
    loader.until(lambda update: source.asked_sizes, "a size is asked for")
    (listing,) = [held for held in source._held if isinstance(held[1], ListedDirectory)]
    source._held.remove(listing)
    listing[0].set_result(listing[1])
    assert names(loader.until(lambda update: update.placed, "all is placed")) == [b"d/a", b"d/b", b"e/c"]


def test_a_directory_that_is_read_anew_shows_what_is_new(made: Made) -> None:
    source = HeldSource(dataset([b"d/a", b"e/c"]))
    loader = made(source)
    loader.complete()
    source.recording = dataset([b"d/a", b"d/b", b"d/f/g", b"e/c"])
    loader.refresh(b"d")
    loader.until(lambda update: update.complete and len(update.picture) == 4, "it shows")
    assert source.asked.count(b"e") == 1


def test_what_is_gone_from_a_directory_that_is_read_anew_is_not_shown_any_more(made: Made) -> None:
    source = HeldSource(dataset([b"d/a", b"d/f/g", b"e/c"]))
    loader = made(source)
    loader.complete()
    source.recording = dataset([b"d/a", b"e/c"])
    loader.refresh(b"d")
    update = loader.until(lambda update: update.complete and len(update.picture) == 2, "it is gone")
    assert (names(update), update.progress.files, update.progress.files_resolved) == ([b"d/a", b"e/c"], 2, 2)


@pytest.mark.parametrize("needle", [b"", b"a"])
def test_what_is_read_anew_is_counted_once(made: Made, needle: bytes) -> None:
    source = HeldSource(dataset([b"d/a", b"d/ab", b"e/a"]))
    loader = made(source)
    loader.select(b"", Substring(needle))
    loader.complete()
    loader.refresh(b"d")
    loader.until(lambda update: update.complete and source.asked.count(b"d") == 2, "it is read")
    assert loader.complete().picture.totals.files == 3
