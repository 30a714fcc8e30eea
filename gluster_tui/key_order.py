"""Keys take effect in the order in which they come, however fast they do.

Textual gives a key to the focused widget, and goes on to the next one. What the widget does not take bubbles up to the
app, and is looked up there: by then, letters that came behind it are in the widget already, and those before it may
still wait. So a filter that is typed right behind the key that opens it, or a key right behind Tab, is lost.

While a dataset is being opened, keys wait for its screen: of a filter that is typed meanwhile, the rest would be taken
for commands. But not for long: what hangs can be left at once.
"""

from __future__ import annotations

from collections import deque

from textual import events
from textual.app import App
from textual.screen import Screen
from textual.timer import Timer

__all__ = ["KeysInOrder"]

HELD_FOR = 1.0  # seconds that keys wait for a dataset to be opened
_PATIENCE = 0.2  # seconds after which the next key goes on although nobody has told what became of the last


class KeysInOrder(App[None]):
    """An app that gives out a key, or a paste, when what the one before it did is done."""

    def __init__(self) -> None:
        super().__init__()
        self._to_come: deque[events.Key | events.Paste] = deque()
        self._under_way: events.Key | events.Paste | None = None
        self._screen_before: Screen[object] | None = None
        self._held_until: Timer | None = None

    def hold_keys(self) -> None:
        """Keys wait for the next screen, but for those that do something here and are no part of what is typed."""
        self._end_hold()
        self._held_until = self.set_timer(HELD_FOR, self.drop_keys)

    def give_keys(self) -> None:
        """The keys that have waited go to the screen that is shown now."""
        self._end_hold()
        self.screen.call_after_refresh(self._give_next)

    def drop_keys(self) -> None:
        """Nobody wants the keys that have waited."""
        if self._held_until is not None:
            self._to_come.clear()
        self._end_hold()

    def _end_hold(self) -> None:
        if self._held_until is not None:
            self._held_until.stop()
            self._held_until = None

    def _waits(self, event: events.Key | events.Paste) -> bool:
        """Whether a key is held back while keys are."""
        if isinstance(event, events.Paste):
            return True
        if event.key == "escape" or event.key.startswith("ctrl+"):
            return False
        return bool(self._to_come) or event.key not in self.screen.active_bindings

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, (events.Key, events.Paste)):
            await super().on_event(event)
        elif event.is_forwarded:  # it has bubbled up
            await super().on_event(event)
            self._settle(event)
        elif self._held_until is not None and not self._waits(event):
            await super().on_event(event)
        else:
            self._to_come.append(event)
            if self._under_way is None:
                await self._give_next()

    async def _give_next(self) -> None:
        if self._under_way is not None or not self._to_come or self._held_until is not None:
            return
        event = self._under_way = self._to_come.popleft()
        self._screen_before = self.screen
        target = self.focused or self.screen
        await super().on_event(event)
        if event.is_forwarded:
            target.call_later(self._passed, event)  # behind the key in the widget's queue
            self.set_timer(_PATIENCE, lambda: self._free(event))
        else:
            self._settle(event)  # it was one of the app's own, done at once

    def _passed(self, event: events.Key | events.Paste) -> None:
        """The widget has seen the key: it has taken it, or it bubbles up now."""
        if event._stop_propagation or not event.bubble:
            self._settle(event)

    def _settle(self, event: events.Key | events.Paste) -> None:
        """What a key does is done; a screen that it has opened gets its focus first."""
        if event is self._under_way:
            if self.screen is self._screen_before:
                self._free(event)
            else:
                self.screen.call_after_refresh(self._free, event)

    def _free(self, event: events.Key | events.Paste) -> None:
        if event is self._under_way:
            self._under_way = self._screen_before = None  # else a screen that the key has closed would be held
            if self._to_come:
                self.call_later(self._give_next)
