"""A caller's executor that loses work: whatever it loses is done all the same."""

import logging
import os
import signal
import threading
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)

import pytest

from disco.dfs.gluster.errors import PathError
from disco.dfs.gluster.workers import SureExecutor

HERE = os.getpid()
SOON = 60  # seconds, for processes to start and end


def square_unless_elsewhere(number, here):
    """Kills the process that works on it, unless that is the one given."""
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def killed_by(number, unlucky, here):
    """The same for one number only."""
    return square_unless_elsewhere(number, here) if number == unlucky else number * number


def pid():
    return os.getpid()


def fails_with(error):
    raise error


@pytest.fixture
def processes():
    with ProcessPoolExecutor(2) as executor:
        yield SureExecutor(executor)


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as executor:
        yield SureExecutor(executor)


def test_work_is_done_by_the_callers_executor(processes):
    assert processes.submit(pid).result(SOON) != HERE


def test_work_whose_worker_is_killed_is_done_again(processes):
    assert processes.submit(square_unless_elsewhere, 7, HERE).result(SOON) == 49


def test_work_that_waits_while_a_worker_is_killed_is_done_too(processes):
    futures = [processes.submit(killed_by, number, 3, HERE) for number in range(100)]
    assert [future.result(SOON) for future in futures] == [number * number for number in range(100)]


def test_after_a_worker_was_killed_more_work_is_taken(processes):
    processes.submit(square_unless_elsewhere, 7, HERE).result(SOON)
    assert processes.submit(square_unless_elsewhere, 8, HERE).result(SOON) == 64


class MadeUp(Executor):
    """Gives futures that a test settles."""

    def __init__(self, refusal=None):
        self.refusal, self.futures = refusal, []

    def submit(self, fn, /, *args, **kwargs):
        if self.refusal:
            raise self.refusal
        self.futures.append(Future())
        return self.futures[-1]


def test_work_that_a_broken_executor_refuses_is_done_here():
    assert SureExecutor(MadeUp(BrokenExecutor("broken"))).submit(pow, 2, 5).result(SOON) == 32


def test_an_executor_that_was_shut_down_is_its_callers_error():
    with pytest.raises(RuntimeError, match="after shutdown"):
        SureExecutor(MadeUp(RuntimeError("after shutdown"))).submit(pow, 2, 5)


def test_work_that_its_executor_cancels_is_done_here():
    outer = SureExecutor(inner := MadeUp()).submit(pow, 2, 5)
    inner.futures[0].cancel()
    assert outer.result(SOON) == 32


@pytest.mark.parametrize("error", [BrokenExecutor("broken"), OSError("lost"), CancelledError(), MemoryError()])
def test_work_that_ends_in_an_error_of_its_executor_is_done_here(error):
    outer = SureExecutor(inner := MadeUp()).submit(pow, 2, 5)
    inner.futures[0].set_exception(error)
    assert outer.result(SOON) == 32


def test_an_error_of_the_package_is_passed_on(threads):
    with pytest.raises(PathError, match="/inputfs/a"):
        threads.submit(fails_with, PathError(b"/inputfs/a", 107)).result(SOON)


def test_an_error_of_the_package_comes_from_another_process_too(processes):
    with pytest.raises(PathError, match="/inputfs/a"):
        processes.submit(fails_with, PathError(b"/inputfs/a", 107)).result(SOON)


@pytest.mark.parametrize("error", [PathError(b"/inputfs/a", 107), TypeError("no units of work")])
def test_an_error_that_would_come_again_does_not_have_it_done_twice(error):
    ran = []
    outer = SureExecutor(inner := MadeUp()).submit(ran.append, 1)
    inner.futures[0].set_exception(error)
    assert (outer.exception(SOON), ran) == (error, [])


def test_an_error_that_comes_here_too_is_passed_on(threads):
    with pytest.raises(ZeroDivisionError):
        threads.submit(divmod, 1, 0).result(SOON)


def test_what_is_cancelled_is_cancelled_there():
    SureExecutor(inner := MadeUp()).submit(pow, 2, 5).cancel()
    assert inner.futures[0].cancelled()


def test_what_is_cancelled_is_not_done_here():
    ran = []
    executor = SureExecutor(MadeUp())
    outer = executor.submit(ran.append, 1)
    outer.cancel()
    executor.shutdown()
    assert (outer.cancelled(), ran) == (True, [])


@pytest.fixture
def held():
    """An executor of one thread that is held up until the event is set."""
    release, started = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as executor:
        sure = SureExecutor(executor)
        running = sure.submit(lambda: (started.set(), release.wait())[1])
        started.wait()
        yield sure, running, release
        release.set()


def test_what_is_cancelled_while_it_runs_has_no_result(held):
    _, running, release = held
    running.cancel()
    release.set()
    with pytest.raises(CancelledError):
        running.result(SOON)


@pytest.mark.parametrize("settled", [lambda future: future.set_result(1), lambda f: f.set_exception(OSError("lost"))])
def test_what_comes_after_a_cancellation_is_nobodys_error(settled, caplog):
    outer = SureExecutor(inner := MadeUp()).submit(pow, 2, 5)
    inner.futures[0].set_running_or_notify_cancel()
    outer.cancel()
    with caplog.at_level(logging.ERROR):
        settled(inner.futures[0])
    assert not caplog.records


class Overtaken(Future):
    """Is cancelled by somebody else right before it is settled."""

    def set_result(self, result):
        self.cancel()
        super().set_result(result)

    def set_exception(self, exception):
        self.cancel()
        super().set_exception(exception)


@pytest.mark.parametrize(
    "settled", [lambda future: future.set_result(1), lambda f: f.set_exception(PathError(b"/a", 107))]
)
def test_a_cancellation_at_the_last_moment_is_nobodys_error(settled, monkeypatch, caplog):
    monkeypatch.setattr("disco.dfs.gluster.workers.Future", Overtaken)
    SureExecutor(inner := MadeUp()).submit(pow, 2, 5)
    with caplog.at_level(logging.ERROR):
        settled(inner.futures[0])
    assert not caplog.records


def test_the_callers_executor_is_not_shut_down():
    with ThreadPoolExecutor(1) as executor:
        SureExecutor(executor).shutdown()
        assert executor.submit(pow, 2, 2).result(SOON) == 4


def test_a_shutdown_may_cancel_what_it_does_itself():
    executor, release = SureExecutor(inner := MadeUp()), threading.Event()
    futures = [executor.submit(release.wait) for _ in range(100)]
    for future in inner.futures:
        future.set_exception(BrokenExecutor("broken"))
    executor.shutdown(cancel_futures=True)
    release.set()
    assert any(future.cancelled() for future in futures)


def test_a_result_that_is_none_since_the_worker_could_not_see_the_mount_is_made_here():
    outer = SureExecutor(inner := MadeUp(), lambda result: result == "no mount").submit(pow, 2, 5)
    inner.futures[0].set_result("no mount")
    assert outer.result(SOON) == 32


def test_such_results_are_counted_as_lost():
    executor = SureExecutor(inner := MadeUp(), lambda result: result == "no mount")
    outer = executor.submit(pow, 2, 5)
    inner.futures[0].set_result("no mount")
    outer.result(SOON)
    assert executor.lost == 1
