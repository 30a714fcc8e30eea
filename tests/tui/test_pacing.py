"""A thread with much to do lets the screen's loop go first."""

from __future__ import annotations

import asyncio
import threading

from gluster_tui.pacing import ScreenFirst


async def test_a_thread_goes_on_when_the_loop_has_done_what_it_had_to_do() -> None:
    loop, order, ended = asyncio.get_running_loop(), list[str](), asyncio.Event()

    def work() -> None:
        ScreenFirst(loop)()
        order.append("thread")
        loop.call_soon_threadsafe(ended.set)

    loop.call_soon(order.append, "loop")
    threading.Thread(target=work).start()
    await ended.wait()
    assert order == ["loop", "thread"]


async def test_a_loop_that_stands_still_holds_a_thread_for_a_moment_only() -> None:
    thread = threading.Thread(target=ScreenFirst(asyncio.get_running_loop()), daemon=True)
    thread.start()
    thread.join(20)  # the loop does not come round meanwhile
    assert not thread.is_alive()


def test_a_loop_that_is_closed_holds_nobody() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    ScreenFirst(loop)()
