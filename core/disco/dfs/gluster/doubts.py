"""Which directories may have been listed in part, since a brick was lost meanwhile.

When a brick dies, a client that is just reading a directory from it leaves out what is left of that group's entries,
and tells no error (measured: GlusterFS 10.3, two replicas: 2,107 names of 3,000). What shows it is that a volume went
offline: so a listing is whole only where a look at the volumes that began behind it finds none lost.
"""

from __future__ import annotations

import threading

from .units import ListedDirectory

__all__ = ["Doubts"]


class Doubts:
    """Listings of which no look at the volumes has told yet that they are whole; safe for several threads.

    Looks are numbered in the order in which they begin.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looks = 0
        self._losses = 0
        self._unsure: list[tuple[int, ListedDirectory]] = []  # with the number of the last look that was begun before
        self._doubtful: list[ListedDirectory] = []

    @property
    def any(self) -> bool:
        """Whether there is a listing that may not be whole."""
        return bool(self._unsure or self._doubtful)

    def begin(self) -> int:
        """What ``listed()`` wants to know of a listing that begins now."""
        return self._losses

    def listed(self, listed: ListedDirectory, begun: int) -> None:
        """A listing came."""
        with self._lock:
            if begun != self._losses:
                self._doubtful.append(listed)
            else:
                self._unsure.append((self._looks, listed))

    def look(self) -> int:
        """A look at the volumes begins; returns its number."""
        with self._lock:
            self._looks += 1
            return self._looks

    def looked(self, number: int, *, lost: bool) -> None:
        """What came of a look: whether it found a volume lost."""
        with self._lock:
            if lost:
                self._losses += 1
                self._doubtful += [listed for _, listed in self._unsure]
                self._unsure.clear()
            else:
                self._unsure = [(before, listed) for before, listed in self._unsure if before >= number]

    def take(self) -> list[ListedDirectory]:
        """The doubtful listings, once."""
        with self._lock:
            taken, self._doubtful = self._doubtful, []
            return taken
