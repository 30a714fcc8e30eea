"""Sizes that no listing told, as those of a large directory: they come behind all else, and nothing waits for them."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import RadioButton

from disco.dfs.gluster.filters import Substring

from .driving import explorer, files_shown, on_screen, running, settled, until
from .sources import HeldSource, dataset, everything, session_of
from .test_export_dialog import exported, open_dialog
from .test_loader import Made, made

__all__ = ["made"]

FILES = [b"big/%03d" % number for number in range(600)]  # more than one batch; of three bytes each


def big(sized: int = 100, *, held: bool = True) -> HeldSource:
    """A mount whose listings tell the sizes of the first files only."""
    return HeldSource(dataset(FILES), hold_files=everything if held else lambda path: False, placed=True, sized=sized)


def test_files_are_there_and_placed_before_their_sizes(made: Made) -> None:
    source = big()
    update = made(source).until(lambda update: update.placed and source.held, "all is placed")
    assert (len(update.picture), update.complete) == (600, False)


def test_bytes_are_those_of_the_files_whose_size_is_known(made: Made) -> None:
    update = made(big()).until(lambda update: update.placed, "all is placed")
    assert (update.picture.totals.bytes, update.picture.totals.unsized) == (300, 500)


def test_sizes_come_in_the_end(made: Made) -> None:
    update = made(big(held=False)).complete()
    assert (update.picture.totals.bytes, update.picture.totals.unsized) == (1800, 0)


def test_a_size_is_asked_for_once(made: Made) -> None:
    source = big(held=False)
    made(source).complete()
    assert source.asked_sizes == FILES[100:]


def test_a_filter_that_is_typed_before_sizes_are_there_has_them_in_the_end(made: Made) -> None:
    source = big()
    loader = made(source)
    loader.until(lambda update: update.placed, "all is placed")
    loader.select(b"", Substring(b"5"))
    loader.until(lambda update: update.placed and update.ticket == loader._asked_ticket, "it is filtered")
    source.release()
    totals = loader.complete().picture.totals
    assert (totals.files, totals.bytes) == (195, 585)


def test_the_rows_on_the_screen_have_their_sizes_asked_for_first(made: Made) -> None:
    source = big()
    loader = made(source)
    loader.until(lambda update: source.held, "some are asked for")
    loader.look_at([(loader.catalog.directories[b"big"], [599])])
    loader.until(lambda update: FILES[599] in source.asked_sizes, "the row's size is asked for")


def test_a_directory_that_is_read_anew_has_its_sizes_asked_for_again(made: Made) -> None:
    source = big()
    loader = made(source)
    loader.until(lambda update: source.held, "some are asked for")
    loader.refresh(b"big")
    source.release()
    assert loader.complete().picture.totals.bytes == 1800
    assert loader.catalog.unsized == 0


def test_after_a_stop_no_more_sizes_are_asked_for(made: Made) -> None:
    many = dataset([b"big/%04d" % number for number in range(5_000)])
    source = HeldSource(many, hold_files=everything, placed=True, sized=100)
    loader = made(source)
    loader.until(lambda update: source.held == 4, "as many are asked for as may be at once")
    loader.stop()
    loader.until(lambda update: update.stopped, "it is stopped")
    source.release()
    loader.until(lambda update: update.picture.totals.unsized == 4_000, "those that were asked for are there")
    assert len(source.asked_sizes) == 900


async def test_the_screen_says_how_many_sizes_are_there() -> None:
    async with running(session_of(big()), settle=False) as pilot:
        await until(pilot, lambda: "sizes... 16%" in on_screen(pilot), "the words")
        assert len(files_shown(pilot)) == 600


async def test_an_export_without_sizes_does_not_wait_for_them(tmp_path: Path) -> None:
    async with running(session_of(big()), settle=False) as pilot:
        await until(pilot, lambda: explorer(pilot).latest and explorer(pilot).latest.placed, "all is placed")
        await open_dialog(pilot, tmp_path / "list.json")
        await pilot.press("enter")
        await exported(pilot)
        assert (tmp_path / "list.json").exists()


async def test_an_export_with_sizes_waits_for_all_of_them(tmp_path: Path) -> None:
    source = big()
    async with running(session_of(source), settle=False) as pilot:
        await until(pilot, lambda: explorer(pilot).latest and explorer(pilot).latest.placed, "all is placed")
        await open_dialog(pilot, tmp_path / "list.csv")
        pilot.app.screen.query_one("#format-csv", RadioButton).value = True
        await pilot.press("enter")
        await until(pilot, lambda: "Waiting until the list is complete" in on_screen(pilot), "it waits")
        source.release()
        await settled(pilot)
        await exported(pilot)
    rows = (tmp_path / "list.csv").read_text().splitlines()[1:]
    assert {row.split(",")[1] for row in rows} == {"3"}
