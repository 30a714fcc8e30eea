"""Waiting for conditions: the one place of these tests that sleeps, and only between two looks."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_SECONDS = 0.01


class WaitError(AssertionError):
    """A condition that did not come true in time. An assertion, so that a test that waits fails as a test."""


def wait_until(condition: Callable[[], T], timeout: float = 10.0, what: str = "") -> T:
    """Look at `condition` until it is true, and return its value; raise WaitError after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise WaitError(f"not within {timeout:g} s: {what or describe(condition)}")
        time.sleep(POLL_SECONDS)


def describe(condition: Callable[[], object]) -> str:
    """The name of a condition, for messages."""
    return getattr(condition, "__qualname__", repr(condition))
