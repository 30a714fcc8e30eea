"""Expressions of a user: matched in a process of their own, which is killed when it does not come to an end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from disco.dfs.gluster.filters import Substring, compile_regex
from gluster_tui import matcher
from gluster_tui.helper_process import HelperProcess
from gluster_tui.matcher import BatchSize
from gluster_tui.updates import Update

from .driving import enter_filter, explorer, files_shown, on_screen, running, until
from .sources import HeldSource, dataset, session_of
from .test_loader import Watched, names

ENDLESS = compile_regex("(a+)+$")
HARD = b"a" * 60 + b"!"


@pytest.fixture
def loader() -> Iterator[Watched]:
    """A loader that has read names on which some expressions do not end."""
    made = Watched(HeldSource(dataset([b"d/" + HARD, b"d/ab", b"e/abc"])))
    made.begin()
    made.complete()
    yield made
    made.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives up soon."""
    monkeypatch.setattr(matcher, "DEADLINE", 0.5)


def given_up(loader: Watched) -> Update:
    loader.select(b"", ENDLESS)
    return loader.until(lambda update: update.filter_fault is not None, "it is given up")


@pytest.mark.usefixtures("impatient")
def test_an_expression_that_does_not_end_is_given_up(loader: Watched) -> None:
    update = given_up(loader)
    assert update.filter_fault is not None
    assert update.filter_fault.startswith("this expression takes too long: stopped after")
    assert (update.complete, update.settled) == (False, True)


@pytest.mark.usefixtures("impatient")
def test_after_that_another_one_is_matched(loader: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    given_up(loader)
    monkeypatch.setattr(matcher, "DEADLINE", 20)  # another helper has to start first, on a machine that may be busy
    loader.select(b"", compile_regex("ab"))
    assert names(loader.complete()) == [b"d/ab", b"e/abc"]


def test_another_filter_overtakes_one_that_does_not_end(loader: Watched) -> None:
    loader.select(b"", ENDLESS)
    loader.until(lambda update: update.filtering, "it is matched")
    loader.select(b"", Substring(b"abc"))
    assert names(loader.complete()) == [b"e/abc"]


def test_another_expression_overtakes_one_that_does_not_end(loader: Watched) -> None:
    loader.select(b"", ENDLESS)
    stuck = loader.until(lambda update: update.filtering, "it is matched")
    assert stuck.filter_fault is None
    loader.select(b"", compile_regex("abc"))
    assert names(loader.complete()) == [b"e/abc"]


def test_a_filter_overtakes_one_that_does_not_end_while_more_waits_for_the_helper_than_its_pipe_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matcher.BatchSize, "FIRST", 6_000)
    many = Watched(HeldSource(dataset([b"d/" + HARD, *(b"e/%d/a" % number for number in range(12_000))])))
    many.begin()
    many.complete()
    many.select(b"", ENDLESS)
    many.until(lambda update: update.filtering, "it is matched")
    many.select(b"", Substring(b"!"))
    assert names(many.complete()) == [b"d/" + HARD]
    many.close()


def helper_of(loader: Watched) -> HelperProcess:
    helper = loader._matcher._helper
    assert helper is not None
    return helper


def test_one_that_does_not_end_and_that_nobody_wants_any_more_does_not_go_on(loader: Watched) -> None:
    loader.select(b"", ENDLESS)
    loader.until(lambda update: update.filtering and update.ticket == loader._asked_ticket, "it is matched")
    stuck = helper_of(loader)
    loader.select(b"", Substring(b""))
    loader.until(lambda update: stuck.ended, "its helper is ended")


def test_a_helper_that_has_died_meanwhile_is_replaced(loader: Watched) -> None:
    loader.select(b"", compile_regex("abc"))
    loader.complete()
    helper = helper_of(loader)
    os.kill(helper._process.pid, signal.SIGKILL)
    loader.until(lambda update: helper.ended, "it is known to be dead")
    loader.select(b"", compile_regex("ab"))
    assert names(loader.complete()) == [b"d/ab", b"e/abc"]


def test_batches_grow_while_they_are_quick() -> None:
    size = BatchSize()
    for _ in range(10):
        size.took(0)
    assert size.files == BatchSize.MOST


def test_batches_stay_as_they_are_while_they_are_neither_quick_nor_slow() -> None:
    size = BatchSize()
    size.took((BatchSize.QUICK + BatchSize.SLOW) / 2)
    assert size.files == BatchSize.FIRST


def test_batches_shrink_while_they_are_slow_and_are_never_empty() -> None:
    size = BatchSize()
    for _ in range(20):
        size.took(2 * BatchSize.SLOW)
    assert size.files == 1


def test_directories_that_come_later_are_matched_too() -> None:
    source = HeldSource(dataset([b"d/ab", b"e/abc"]), hold_listings=lambda path: path == b"e")
    loader = Watched(source)
    loader.begin()
    loader.select(b"", compile_regex("ab"))
    loader.until(lambda update: names(update) == [b"d/ab"] and source.held, "the first is there")
    source.release()
    assert names(loader.complete()) == [b"d/ab", b"e/abc"]
    loader.close()


async def test_the_screen_says_that_it_was_given_up_and_goes_on(impatient: None) -> None:
    async with running(session_of(dataset([b"d/" + HARD, b"d/ab"]))) as pilot:
        await pilot.press("ctrl+r", "slash", *"(a+)+$")
        await until(pilot, lambda: "this expression takes too long" in on_screen(pilot), "the words")
        await pilot.press("ctrl+l", *"ab")
        await until(pilot, lambda: explorer(pilot).latest and explorer(pilot).latest.complete, "it goes on")
        assert files_shown(pilot) == [b"d/ab"]


async def test_what_an_expression_matched_is_marked_without_running_it_again() -> None:
    async with running(session_of(dataset([b"grosse", b"gr"]))) as pilot:
        await pilot.press("ctrl+r")
        await enter_filter(pilot, "gr.s*")
        picture = explorer(pilot).files.picture
        assert picture is not None
        assert picture.spans(picture.row(0), b"/inputfs") == [(0, 5)]
