"""The loader on a source that places files by their cookies, which may turn out to be wrong."""

from __future__ import annotations

from collections.abc import Callable, Container
from concurrent.futures import Future
from typing import Any

from disco.dfs.gluster.pathinfo import Brick
from disco.dfs.gluster.recording import Recording
from disco.dfs.gluster.units import GroupAnswer, ListedDirectory, ResolvedFiles
from gluster_tui.updates import Update
from tests.core.samples import directory_line, header_line

from .sources import HeldSource, dataset, everything, nothing
from .test_loader import Made, made, names

__all__ = ["made"]

LATE = b"web_logs/2006-07"  # the directory whose listing is kept back


class CookieSource(HeldSource):
    """Places files by cookies, of which those in ``wrong`` name the other one of two groups. ``release()`` also finds
    that out, where there are such.
    """

    def __init__(self, recording: Recording, wrong: Container[bytes] = (), **how: Any) -> None:
        super().__init__(recording, **how)
        self.wrong = wrong
        self._disproved: bytes | None = None
        self.cluster.hosts_known = False

    @property
    def disproved(self) -> bytes | None:
        return self._disproved

    def list_directory(self, directory: bytes, *, sizes: bool, ask: bool = False) -> Future[ListedDirectory]:
        self.asked.append(directory)
        listed = self.recording.list_directory(directory, sizes=sizes).result()
        other = directory in self.wrong
        groups = [answer.group for answer in listed.answers if isinstance(answer, GroupAnswer)]
        answers = [GroupAnswer("cookie", 1 - group if other else group) for group in groups]
        return self._answer(listed._replace(answers=answers), self.hold_listings(directory))

    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]:
        for place in (told := self.recording.resolve_files(directory, names, sizes=sizes).result()).placed:
            group = self.cluster.groups[told.answers[place].group]  # type: ignore[union-attr]
            shown = (Brick(volume.host, volume.brick) for volume in self.cluster.group_volumes(group.index))
            self.cluster.locate(group.name, tuple(shown))
        return super().resolve_files(directory, names, sizes=sizes)

    def release(self, *, hold_files: bool = False) -> None:
        if self.wrong:
            self._disproved = b"/inputfs/" + LATE + b"/access-01"
        self.hold_listings, self.hold_files = nothing, everything if hold_files else nothing
        self.answer_held()


def held(wrong: Container[bytes] = (), **how: Any) -> CookieSource:
    """A source of which one directory is listed when it is released."""
    return CookieSource(dataset(**how), wrong, hold_listings=lambda path: path == LATE)


def groups(update: Update) -> list[int]:
    """The group of each file that is placed."""
    return [placement.group for placed in update.picture.batches() for placement in placed.placements]


def truth(source: CookieSource) -> list[int]:
    """The group of each file, as it was recorded."""
    found = []
    for path in sorted(source.asked):
        listed = source.recording.list_directory(path, sizes=False).result()
        found += [listed.answers[place].group for place in listed.placed]  # type: ignore[union-attr]
    return found


EARLY: Callable[[Update], bool] = lambda update: len(update.picture) == 9 and update.picture.totals.pending == 0  # noqa: E731


def test_files_are_placed_without_being_asked_for_but_for_one_of_each_group(made: Made) -> None:
    """Its attribute tells the names of the group's hosts."""
    source = CookieSource(dataset(b"%02d/%d" % (directory, file) for directory in range(50) for file in range(8)))
    made(source).complete()
    assert 2 <= len(source.asked_files) <= 20  # some more, while the first is on its way


def test_files_have_the_sizes_that_came_with_the_listing(made: Made) -> None:
    update = made(CookieSource(dataset())).complete()
    assert update.picture.totals.bytes == sum(len(name.rpartition(b"/")[2]) for name in names(update))


def test_files_that_were_placed_wrongly_are_placed_again(made: Made) -> None:
    source = held(wrong=[b"genomes", b"web_logs/2006-06"])
    loader = made(source)
    loader.until(EARLY, "what is listed is placed")
    source.release()
    assert groups(loader.complete()) == truth(source)


def test_files_that_were_placed_wrongly_were_shown_before(made: Made) -> None:
    """Else nothing was tried."""
    source = held(wrong=[b"genomes", b"web_logs/2006-06"])
    early = made(source).until(EARLY, "what is listed is placed")
    assert groups(early) != truth(source)


def test_a_file_that_failed_for_its_wrong_place_is_found(made: Made) -> None:
    offline = [volume | {"online": volume["group"] == 1} for volume in header_line()["volumes"]]
    line: dict[str, Any] = {"genomes": directory_line(b"genomes", [b"chr1", b"chr2", b"chr3"], groups=[1, 1, 1])}
    source = held(wrong=[b"genomes"], volumes=offline, change={k: {"groups": v["groups"]} for k, v in line.items()})
    loader = made(source)
    loader.until(lambda update: update.picture.totals.failed >= 3, "they failed")
    source.release()
    update = loader.complete()
    assert b"genomes/chr1" in [name.lstrip(b"/") for name in names(update)]


def test_everything_is_counted_as_placed_once(made: Made) -> None:
    source = held(wrong=[b"genomes", b"web_logs/2006-06"])
    loader = made(source)
    loader.until(EARLY, "what is listed is placed")
    source.release()
    progress = loader.complete().progress
    assert (progress.files, progress.files_resolved) == (21, 21)


def test_what_was_placed_is_not_complete_while_it_is_asked_for_again(made: Made) -> None:
    source = held(wrong=[b"genomes", b"web_logs/2006-06"])
    loader = made(source)
    loader.until(EARLY, "what is listed is placed")
    source.release(hold_files=True)
    assert not loader.until(lambda update: not update.unlisted, "all is listed").complete
