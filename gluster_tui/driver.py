"""The terminal: whatever comes from it, the program goes on."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver

__all__ = ["SturdyDriver"]

_DROPPED = "The terminal sent bytes that are no text in UTF-8, or no key that there is: they were dropped."
_PAUSE = 0.01  # seconds


class SturdyDriver(LinuxDriver):
    """Textual's own ends the program with a traceback where a byte is not UTF-8, as an é of a Latin-1 terminal."""

    def _run_input_thread(self) -> None:
        while not self.exit_event.is_set():
            try:
                self.run_input_thread()
            except OSError:
                return  # the terminal is gone, and who watches it leaves
            except Exception:  # noqa: BLE001 - of the decoder or the parser, by what it was given: it goes on behind that
                self._app.call_later(self._app.notify, _DROPPED, severity="warning", timeout=5)
                self.exit_event.wait(_PAUSE)
            else:
                return
