"""Work on a mount by other users: an executor of one process that gives up root's rights first."""

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

NOBODY = 65534


def become_nobody() -> None:
    """Root's rights are gone for good."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


@contextmanager
def nobody() -> Iterator[Executor]:
    """Forked, since the modules may lie where nobody can read them."""
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=context, initializer=become_nobody) as executor:
        yield executor
