"""Daemon threads behind the standard Executor interface."""

import contextlib
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, Executor, wait

import pytest

from disco.dfs.gluster.workers import DaemonExecutor, completed


@pytest.fixture
def executor():
    made = DaemonExecutor(2)
    yield made
    made.shutdown(cancel_futures=True)


@pytest.fixture
def held(executor):
    """An executor with all threads held up, until the event is set."""
    release, started = threading.Event(), threading.Semaphore(0)

    def hold():
        started.release()
        release.wait()

    for _ in range(2):
        executor.submit(hold)
        started.acquire()
    yield executor, release
    release.set()


def test_it_is_an_executor(executor):
    assert isinstance(executor, Executor)


def test_a_task_has_its_result(executor):
    assert executor.submit(pow, 2, 5).result() == 32


def test_a_task_takes_keywords(executor):
    assert executor.submit(int, "ff", base=16).result() == 255


def test_map_keeps_the_order(executor):
    assert list(executor.map(str, range(100))) == [str(i) for i in range(100)]


def test_an_exception_comes_out_of_the_future(executor):
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result()


def test_an_exception_does_not_end_the_thread(executor):
    wait([executor.submit(divmod, 1, 0) for _ in range(10)])
    assert executor.submit(pow, 2, 2).result() == 4


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_not_even_an_exit_ends_the_thread(executor, error):
    def leave():
        raise error

    wait([executor.submit(leave) for _ in range(10)])
    assert executor.submit(pow, 2, 2).result() == 4


def test_tasks_run_side_by_side(executor):
    barrier = threading.Barrier(2)
    wait([executor.submit(barrier.wait) for _ in range(2)])
    assert not barrier.broken


def test_no_more_threads_are_started_than_allowed(executor):
    names = set(executor.map(lambda i: threading.current_thread().name, range(200)))
    assert len(names) <= 2


def test_threads_are_daemons(executor):
    assert executor.submit(lambda: threading.current_thread().daemon).result()


def test_threads_have_the_name_of_the_executor():
    with DaemonExecutor(1, name="mount") as executor:
        assert executor.submit(lambda: threading.current_thread().name).result() == "mount-1"


def test_a_waiting_task_can_be_cancelled(held):
    executor, _ = held
    assert executor.submit(pow, 2, 2).cancel()


def test_a_cancelled_task_does_not_run(held):
    executor, release = held
    ran = []
    executor.submit(ran.append, 1).cancel()
    last = executor.submit(pow, 2, 2)
    release.set()
    last.result()
    assert not ran


def test_a_cancelled_task_does_not_hold_up_the_next(held):
    executor, release = held
    executor.submit(pow, 2, 2).cancel()
    release.set()
    assert executor.submit(pow, 2, 3).result() == 8


def test_after_a_shutdown_no_task_is_taken(executor):
    executor.shutdown()
    with pytest.raises(RuntimeError, match="shut down"):
        executor.submit(pow, 2, 2)


def test_a_shutdown_lets_waiting_tasks_run(held):
    executor, release = held
    waiting = executor.submit(pow, 2, 2)
    executor.shutdown()
    release.set()
    assert waiting.result() == 4


def test_a_shutdown_may_cancel_waiting_tasks(held):
    executor, _ = held
    waiting = executor.submit(pow, 2, 2)
    executor.shutdown(cancel_futures=True)
    assert waiting.cancelled()


def test_a_shutdown_does_not_wait_for_a_task_that_hangs(held):
    executor, release = held
    executor.shutdown(wait=True)
    assert not release.is_set()


def test_a_shutdown_may_come_twice(executor):
    executor.submit(pow, 2, 2).result()
    executor.shutdown()
    executor.shutdown(cancel_futures=True)


def test_a_shutdown_ends_idle_threads(executor):
    thread = executor.submit(threading.current_thread).result()
    executor.shutdown()
    thread.join(60)
    assert not thread.is_alive()


@pytest.fixture
def frequent_switches():
    """Threads take turns as often as they can, so that races are met."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("frequent_switches")
@pytest.mark.parametrize("cancel", [True, False])
def test_every_task_that_was_taken_while_shutting_down_comes_to_an_end(cancel):
    futures = []
    for _ in range(500):
        executor = DaemonExecutor(2)

        def submit(executor=executor):
            with contextlib.suppress(RuntimeError):
                while True:
                    futures.append(executor.submit(pow, 2, 2))

        thread = threading.Thread(target=submit)
        thread.start()
        executor.shutdown(cancel_futures=cancel)
        thread.join()
    for future in futures:
        with contextlib.suppress(CancelledError):
            future.result(timeout=10)


def test_the_interpreter_ends_although_a_task_hangs():
    code = """
import threading
from disco.dfs.gluster.workers import DaemonExecutor
started = threading.Event()
DaemonExecutor().submit(lambda: (started.set(), threading.Event().wait()))
started.wait()
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_a_completed_future_has_its_result():
    assert completed(5).result(timeout=0) == 5
