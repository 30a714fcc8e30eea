"""The process that works on a mount: an executor whose hanging calls nobody has to wait for."""

from __future__ import annotations

import operator
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path

import pytest

from disco.dfs.gluster.errors import PathError
from disco.dfs.gluster.hostmap import read_hostname_map
from disco.dfs.gluster.inputfs import find_mount_unit
from gluster_tui.helper import MATCHING, READING, start_helper
from gluster_tui.helper_process import HelperEndedError, HelperProcess

SOON = 20  # seconds in which what is due must have happened


@pytest.fixture
def process() -> Iterator[HelperProcess]:
    """A process that has begun to work."""
    process = HelperProcess(start_helper(READING))
    yield process
    process.shutdown()


def within(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < end, f"never: {what}"
        threading.Event().wait(0.01)


def test_work_is_done_in_another_process(process: HelperProcess) -> None:
    assert process.submit(os.getpid).result(SOON) not in (os.getpid(), os.getppid())


def test_an_error_comes_back_to_whoever_waits(process: HelperProcess) -> None:
    with pytest.raises(FileNotFoundError, match="/no/such/file"):
        process.submit(os.stat, "/no/such/file").result(SOON)


def test_an_error_of_the_family_comes_back_with_its_facts(process: HelperProcess) -> None:
    with pytest.raises(PathError) as raised:
        process.submit(read_hostname_map, "/no/such/map").result(SOON)
    assert raised.value.path == b"/no/such/map"


def test_a_unit_of_work_on_a_mount_can_be_carried(process: HelperProcess) -> None:
    assert isinstance(process.submit(find_mount_unit, b"/no/such/path").result(SOON), PathError)


def test_a_call_that_hangs_does_not_hold_up_others(process: HelperProcess) -> None:
    hanging = process.submit(time.sleep, 60)
    assert process.submit(abs, -1).result(SOON) == 1
    assert not hanging.done()


def test_what_work_prints_does_not_disturb_its_results(process: HelperProcess) -> None:
    process.submit(os.write, 1, b"\0" * 64).result(SOON)
    assert process.submit(abs, -2).result(SOON) == 2


def test_work_takes_positional_arguments_only(process: HelperProcess) -> None:
    with pytest.raises(TypeError, match="positional"):
        process.submit(sorted, [1], reverse=True)


def test_an_interrupt_from_the_keyboard_does_not_end_it(process: HelperProcess) -> None:
    pid = process.submit(os.getpid).result(SOON)
    os.kill(pid, signal.SIGINT)
    assert process.submit(os.getpid).result(SOON) == pid


def test_when_it_dies_what_it_was_asked_for_ends_with_an_error(process: HelperProcess) -> None:
    pid, hanging = process.submit(os.getpid).result(SOON), process.submit(time.sleep, 60)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(HelperEndedError, match="press R, or start again"):
        hanging.result(SOON)


def test_after_it_died_what_it_is_asked_for_ends_at_once(process: HelperProcess) -> None:
    dying = process.submit(os._exit, 1)
    assert isinstance(dying.exception(SOON), HelperEndedError)
    assert isinstance(process.submit(abs, 1).exception(SOON), HelperEndedError)


def test_shutting_down_does_not_wait_for_a_call_that_hangs(process: HelperProcess) -> None:
    hanging = process.submit(time.sleep, 60)
    began = time.monotonic()
    process.shutdown(wait=True)
    assert time.monotonic() - began < 5
    assert wait([hanging], timeout=SOON).done


def test_shutting_down_leaves_no_process_not_even_a_dead_one(process: HelperProcess) -> None:
    pid = process.submit(os.getpid).result(SOON)
    process.shutdown()
    within(lambda: not os.path.exists(f"/proc/{pid}"), "the process is gone")


def test_a_program_ends_at_once_although_its_helper_hangs() -> None:
    program = (
        "import time; from gluster_tui.helper import READING, start_helper; "
        "from gluster_tui.helper_process import HelperProcess; process = HelperProcess(start_helper(READING)); "
        "process.submit(time.sleep, 60); process.submit(abs, 1).result(); print('over', flush=True)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=SOON, check=True)
    assert done.stdout == b"over\n"


def test_an_endless_expression_does_not_outlive_a_program_that_was_killed() -> None:
    program = (
        "import os, re, signal; from gluster_tui.helper import MATCHING, start_helper; "
        "from gluster_tui.helper_process import HelperProcess; work = MATCHING._replace(seconds=0.2); "
        "process = HelperProcess(start_helper(work), work); print(process.submit(os.getpid).result(), flush=True); "
        "process.submit(re.match, '(a+)+$', 'a' * 60 + '!'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, timeout=SOON, check=False)
    assert done.returncode == -signal.SIGKILL
    within(lambda: not os.path.exists(f"/proc/{int(done.stdout)}"), "the process is gone")


def test_all_units_together_may_compute_for_longer_than_one() -> None:
    work = MATCHING._replace(seconds=0.5)
    process = HelperProcess(start_helper(work), work)
    try:
        while process.submit(time.process_time).result(SOON) < 2 * work.seconds:
            process.submit(sum, range(1_000_000)).result(SOON)
    finally:
        process.shutdown()


def test_who_asks_does_not_wait_until_a_helper_reads_that_matches_an_expression() -> None:
    work = MATCHING._replace(seconds=0)
    process = HelperProcess(start_helper(work), work)
    endless = process.submit(re.match, "(a+)+$", "a" * 60 + "!")
    later = process.submit(len, bytes(10_000_000))
    assert not endless.done()
    process.shutdown()
    assert isinstance(later.exception(SOON), HelperEndedError)


def test_all_helpers_of_a_program_can_be_ended() -> None:
    """By itself: they are those of the tests here too."""
    program = (
        "import os, re; from gluster_tui.helper import MATCHING, READING, end_helpers, start_helper; "
        "from gluster_tui.helper_process import HelperProcess; "
        "processes = [HelperProcess(start_helper(work), work) for work in (MATCHING._replace(seconds=0), READING)]; "
        "print(*[process.submit(os.getpid).result() for process in processes], flush=True); "
        "processes[0].submit(re.match, '(a+)+$', 'a' * 60 + '!'); end_helpers(); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, timeout=SOON, check=True)
    for pid in done.stdout.split():
        within(lambda pid=int(pid): not os.path.exists(f"/proc/{pid}"), f"{pid} is gone")


def test_files_where_the_user_stands_are_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset may hold a queue.py, and a user may stand in it."""
    (tmp_path / "queue.py").write_text("raise SystemExit('the file of the dataset was run')")
    monkeypatch.chdir(tmp_path)
    process = HelperProcess(start_helper(READING))
    try:
        assert process.submit(abs, -1).result(SOON) == 1
    finally:
        process.shutdown()


def test_large_requests_and_large_results_do_not_wait_for_each_other(process: HelperProcess) -> None:
    """Both pipes are full for most of the time, and the helper's threads take turns as unluckily as they can."""
    process.submit(sys.setswitchinterval, 1e-6).result(SOON)

    def ask() -> None:
        futures.extend(process.submit(operator.mul, b"x" * 150_000, 2) for _ in range(400))

    futures: list[Future[bytes]] = []
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(SOON)
    assert not asking.is_alive()
    assert {len(future.result(SOON)) for future in futures} == {300_000}
