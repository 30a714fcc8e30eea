"""Commands: defined once, and so in the footer, the palette, the help and on the keyboard; and on the mouse."""

from __future__ import annotations

import base64

from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from gluster_tui.commands import APP_COMMANDS, EXPLORER_COMMANDS, Command
from gluster_tui.screens.explorer import ExplorerScreen
from gluster_tui.screens.export import ExportScreen
from gluster_tui.screens.help import HelpScreen
from gluster_tui.widgets.bars import FilterBar
from gluster_tui.widgets.keys import Keys

from .driving import explorer, in_view, on_screen, running, until
from .sources import HeldSource, dataset, everything, session_of

COMMANDS = (*EXPLORER_COMMANDS, *APP_COMMANDS)


def key_of(command: Command) -> str:
    """The key as it is written for a user."""
    return command.key_shown or command.key


def copied(pilot: Pilot[None]) -> list[bytes]:
    """What is written to the terminal to be copied, from now on."""
    written: list[bytes] = []

    def write(text: str) -> None:
        prefix, suffix = "\x1b]52;c;", "\a"
        assert text.startswith(prefix)
        assert text.endswith(suffix)
        written.append(base64.b64decode(text.removeprefix(prefix).removesuffix(suffix), validate=True))

    assert pilot.app._driver is not None
    pilot.app._driver.write = write  # type: ignore[method-assign]
    return written


def test_no_key_has_two_commands() -> None:
    keys = [key for command in COMMANDS for key in command.key.split(",")]
    assert len(keys) == len(set(keys))


async def test_the_footer_names_every_command_that_is_meant_for_it() -> None:
    async with running(session_of(dataset()), (140, 24)) as pilot:
        footer = in_view(pilot, explorer(pilot).query_one(Keys))[0]
        for command in COMMANDS:
            assert (f"{key_of(command)} {command.title}" in footer) == command.in_footer


async def test_a_narrow_footer_leaves_out_whole_keys_but_never_quit_and_help() -> None:
    async with running(session_of(dataset()), (50, 24)) as pilot:
        footer = in_view(pilot, explorer(pilot).query_one(Keys))[0]
        assert footer.split("  ")[0].rstrip() == "/ filter ^r regex m host map q quit ? help"


async def test_the_palette_has_every_command_with_its_words_and_key() -> None:
    async with running(session_of(dataset())) as pilot:
        offered = {command.title: command.help for command in pilot.app.get_system_commands(pilot.app.screen)}
        for command in COMMANDS:
            assert offered[command.title] == f"{command.words} ({key_of(command)})"


async def test_a_command_of_the_palette_does_what_its_key_does() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.press("ctrl+p", *"regex")
        await until(pilot, lambda: "Switch the filter" in on_screen(pilot), "it is found")
        await pilot.press("enter")
        await until(pilot, lambda: explorer(pilot).query_one(FilterBar).regex, "the filter has switched")


async def test_the_help_has_every_key_with_what_it_does() -> None:
    async with running(session_of(dataset()), (100, 50)) as pilot:
        await pilot.press("question_mark")
        words = " ".join(on_screen(pilot).replace("│", " ").split())
        for command in COMMANDS:
            assert f"{key_of(command)} {command.words}" in words


async def test_the_help_is_left_by_its_keys() -> None:
    async with running(session_of(dataset())) as pilot:
        for key in ("escape", "q", "question_mark"):
            await pilot.press("question_mark")
            assert isinstance(pilot.app.screen, HelpScreen)
            await pilot.press(key)
            assert isinstance(pilot.app.screen, ExplorerScreen)


async def test_commands_that_do_not_apply_are_greyed_out() -> None:
    source = HeldSource(dataset(), hold_listings=everything)
    async with running(session_of(source), settle=False) as pilot:

        def disabled() -> set[str]:
            return {key.title for key in explorer(pilot).query_one(Keys).keys if not key.applies}

        await until(pilot, lambda: disabled() == {"go on"}, "there is nothing to go on with")
        await pilot.press("escape")
        await until(pilot, lambda: disabled() == {"stop"}, "there is nothing to stop")
        source.release()
        await pilot.press("g")
        await until(pilot, lambda: disabled() == {"stop", "go on"}, "all is done")


def cell_of(line: Keys, title: str) -> int:
    """The first cell of a key at the foot of the screen."""
    return next(x for x in range(line.size.width) if (key := line.key_at(x)) is not None and key.title == title)


async def test_a_click_on_a_key_of_the_footer_runs_its_command() -> None:
    async with running(session_of(dataset())) as pilot:
        line = explorer(pilot).query_one(Keys)
        await pilot.click(line, offset=(cell_of(line, "export"), 0))
        await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen), "the dialog")


async def test_a_click_on_a_key_that_does_not_apply_rings() -> None:
    async with running(session_of(dataset())) as pilot:
        line, rung = explorer(pilot).query_one(Keys), []
        pilot.app.bell = lambda: rung.append(True)  # type: ignore[method-assign]
        await pilot.click(line, offset=(cell_of(line, "go on"), 0))
        assert rung == [True]


async def test_between_two_keys_of_the_footer_there_is_none() -> None:
    async with running(session_of(dataset())) as pilot:
        line = explorer(pilot).query_one(Keys)
        assert line.key_at(cell_of(line, "export") - 1) is None


async def test_the_mouse_on_a_key_of_the_footer_has_its_words_shown() -> None:
    async with running(session_of(dataset())) as pilot:
        line = explorer(pilot).query_one(Keys)
        await pilot.hover(line, offset=(cell_of(line, "export"), 0))
        assert line.tooltip == "Write the files shown as an input list for a job"


async def test_what_is_typed_right_behind_the_key_of_a_dialog_is_for_the_dialog() -> None:
    async with running(session_of(dataset())) as pilot:
        for key in "ezx":
            pilot.app.simulate_key(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, ExportScreen), "the dialog")
        target = pilot.app.screen.query_one("#target", Input)
        await until(pilot, lambda: target.value == "zx", "it is in the dialog's line")
        assert explorer(pilot).query_one(FilterBar).input.value == ""


async def test_tab_goes_round_all_panels_and_enter_from_a_file_to_its_replicas() -> None:
    async with running(session_of(dataset())) as pilot:
        seen = []
        for _ in range(4):
            assert pilot.app.focused is not None
            seen.append(pilot.app.focused.id)
            await pilot.press("tab")
        assert sorted(str(name) for name in seen) == ["files", "filter", "replicas", "tree"]
        await pilot.press("enter")
        await until(pilot, lambda: explorer(pilot).focused is explorer(pilot).replicas, "the panel has the keys")


async def test_copying_in_the_tree_takes_the_path_of_the_directory() -> None:
    async with running(session_of(dataset())) as pilot:
        clipboard = copied(pilot)
        explorer(pilot).tree_panel.focus()
        await pilot.press("down", "c")
        await until(pilot, lambda: clipboard == [b"/inputfs/genomes"], "it is copied")


async def test_copying_takes_the_bytes_of_a_name_that_is_not_utf_8() -> None:
    async with running(session_of(dataset([b"\xff\x1b[31m\xe9"]))) as pilot:
        clipboard = copied(pilot)
        await pilot.press("c")
        await until(pilot, lambda: clipboard == [b"/inputfs/\xff\x1b[31m\xe9"], "it is copied")


async def test_every_fact_in_the_panel_of_replicas_can_be_copied() -> None:
    async with running(session_of(dataset([b"README"]))) as pilot:
        clipboard = copied(pilot)
        replicas = explorer(pilot).replicas
        await pilot.press("enter")
        for row in range(replicas.row_count):
            replicas.cursor = row
            explorer(pilot).action_copy()
        facts = {b"/inputfs/README", b"nx03-vol1", b"nx03", b"nx03:/data/b1", b"node-3", b"dfs://node-3/README"}
        await until(pilot, lambda: facts <= set(clipboard), "all are copied")


async def test_a_line_without_a_fact_says_that_there_is_nothing_to_copy() -> None:
    async with running(session_of(dataset([b"empty/"]))) as pilot:
        clipboard = copied(pilot)
        await pilot.press("c")
        (note,) = pilot.app._notifications
        assert note.message == "There is nothing to copy on this line."
        assert clipboard == []


async def test_a_click_moves_the_cursor_of_the_list_and_the_panel_follows() -> None:
    async with running(session_of(dataset())) as pilot:
        await pilot.click("#files", offset=(10, 4))
        assert explorer(pilot).files.cursor == 3
        assert in_view(pilot, explorer(pilot).replicas)[0] == "/genomes/chr3"


async def test_the_wheel_scrolls_the_list_and_leaves_the_cursor() -> None:
    async with running(session_of(dataset([b"%03d" % number for number in range(100)]))) as pilot:
        files = explorer(pilot).files
        await pilot._post_mouse_events([events.MouseScrollDown], "#files", offset=(5, 5))
        await until(pilot, lambda: files.scroll_y > 0, "it has scrolled")
        assert files.cursor == 0


async def test_ctrl_c_names_the_key_that_leaves() -> None:
    async with running(session_of(dataset()), notifications=True) as pilot:
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "Press q to leave." in on_screen(pilot), "the words")
