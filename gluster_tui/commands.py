"""Every command of the explorer, once: keys, footer, palette and help are all made from this list."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

__all__ = ["APP_COMMANDS", "EXPLORER_COMMANDS", "WORKBENCH_COMMANDS", "Command", "bindings"]


@dataclass(frozen=True)
class Command:
    """One command. ``action``: as Textual names it; ``title``: a word for the footer; ``words``: what it does.

    ``key_shown``: how the key is written, where its name is not how a user would. ``in_footer``: whether the footer has
    it. ``at_once``: it is done before the focused widget sees the key.
    """

    action: str
    key: str
    title: str
    words: str
    key_shown: str | None = None
    in_footer: bool = True
    at_once: bool = False

    @property
    def binding(self) -> Binding:
        """The command as a key binding; its id lets a user bind another key."""
        return Binding(
            self.key,
            self.action,
            self.title,
            key_display=self.key_shown,
            show=self.in_footer,
            priority=self.at_once,
            tooltip=self.words,
            id=f"command.{self.action}",
        )


EXPLORER_COMMANDS = (
    Command(
        "filter",
        "slash",
        "filter",
        "Narrow the list: type a part of the path, or a regular expression",
        "/",
        at_once=True,
    ),
    Command(
        "toggle_regex",
        "ctrl+r",
        "regex",
        "Switch the filter between substring and regular expression",
        "^r",
        at_once=True,
    ),
    Command("host_map", "m", "host map", "See why a volume is unmapped, mend the host map, save it"),
    Command("export", "e", "export", "Write the files shown as an input list for a job"),
    Command("stop", "escape", "stop", "Stop the walk and keep what is there, marked incomplete", "esc", at_once=True),
    Command("leave_filter", "enter", "to the files", "Go from the filter to the files", in_footer=False, at_once=True),
    Command("go_on", "g", "go on", "Go on with a walk that was stopped"),
    Command("copy", "c", "copy", "Copy the line under the cursor: a path, a volume, a brick, a node, an address"),
    Command("refresh", "r", "refresh", "Read the selected directory again, and all below it"),
    Command(
        "refresh_all", "R", "refresh all", "Read the inputfs again: directories, volumes, host map", in_footer=False
    ),
    Command("mounts", "o", "open", "Open another GlusterFS mount", in_footer=False),
    Command("clear_filter", "ctrl+l", "clear filter", "Show all files again", "^l", in_footer=False, at_once=True),
)

WORKBENCH_COMMANDS = (
    Command("edit", "e", "edit", "Give the volume under the cursor another node"),
    Command("take", "t", "take", "Take the suggestion for the volume under the cursor"),
    Command("take_all", "T", "take all", "Take all suggestions, as one step"),
    Command("remove", "x", "remove", "Take away the entry that gave the volume its node", in_footer=False),
    Command("undo", "u", "undo", "Take the last step back"),
    Command("redo", "U,ctrl+y", "redo", "Do again what was taken back", "U"),
    Command("save", "w,ctrl+s", "save", "See what would change in the file, and save it", "w"),
    Command("take_disk", "l", "merge", "Go on with the file as it has changed on disk, your edits on top"),
    Command("sort", "s", "sort", "Sort by the next column; a click on a title sorts by it", in_footer=False),
    Command("reverse", "S", "reverse", "Sort the other way round", in_footer=False),
    Command("files", "f", "files", "Go to the next file on this volume, in the explorer", in_footer=False),
    Command("copy", "c", "copy", "Copy the line under the cursor: a volume, an entry, a finding", in_footer=False),
    Command("back", "escape,m", "back", "Go back to the files; edits stay until they are saved or dropped", "esc"),
)

APP_COMMANDS = (
    Command("help", "question_mark,f1", "help", "Show the keys and the signs", "?"),
    Command("quit", "q,ctrl+q", "quit", "Leave at once; edits of the host map that are not saved are asked about", "q"),
    Command("suspend_process", "ctrl+z", "suspend", "Go back to the shell; fg comes here again", "^z", in_footer=False),
)


def bindings(commands: tuple[Command, ...]) -> list[BindingType]:
    """The key bindings of some commands."""
    return [command.binding for command in commands]
