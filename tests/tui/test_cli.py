"""The command line around its commands: help, versions, wrong arguments, plain tables, exit codes, broken pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gluster_tui import __version__, cli
from gluster_tui.cli import main

from .driving import DEMO
from .sources import dataset_text

SCRIPT = str(Path(sys.executable).with_name("gluster-tui"))
SECONDS = 60


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., str]:
    """Writes a recording; ``how`` as for ``dataset_text``."""

    def write(*args: object, **how: object) -> str:
        path = tmp_path / "recording.jsonl"
        path.write_bytes(dataset_text(*args, **how))  # type: ignore[arg-type]
        return str(path)

    return write


# As users have it: Python buffers what goes to a pipe, and writes it at its end.
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def run(*words: str, env: dict[str, str] = BUFFERED) -> subprocess.CompletedProcess[bytes]:
    """The installed program, with its output in pipes."""
    return subprocess.run([SCRIPT, *words], capture_output=True, timeout=SECONDS, env=env, check=False)


@pytest.mark.parametrize("command", [[], ["export"], ["record"], ["check"], ["demo"]], ids=" ".join)
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: {' '.join(['gluster-tui', *command])}")


@pytest.mark.parametrize("command", ["demo", "export", "record", "check"])
def test_the_help_names_the_other_commands(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    assert f"gluster-tui {command}" in capsys.readouterr().out


def test_the_help_of_export_names_the_exit_codes_and_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    main(["export", "--help"])
    words = capsys.readouterr().out
    assert "exit codes:\n  0  done\n  1  files failed" in words
    assert "examples:\n  gluster-tui export " in words


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"gluster-tui {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--no-such-option"],
        ["one", "two"],
        ["export"],
        ["export", "x", "--format", "xml"],
        ["export", "x", "--filter", "a", "--regex", "b"],
        ["export", "x", "--hostname-map", "f", "--no-hostname-map"],
        ["export", "x", "--on-unmapped", "perhaps"],
        ["export", "x", "--no-hostname-map", "--on-unmapped", "fail"],
        ["export", "x", "--on-err", "skip"],
        ["record", "x"],
        ["check"],
        ["check", "x", "--json", "--suggest"],
        ["check", "x", "--nodes", "n1", "--disco-master", "http://n1:8989"],
        ["demo", "x"],
    ],
    ids=" ".join,
)
def test_arguments_that_make_no_sense_end_with_2_and_nothing_on_standard_output(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err


@pytest.mark.parametrize("command", [[], ["export"], ["check"], ["record", "-o", "x"]], ids=" ".join)
def test_a_path_that_does_not_exist_ends_with_2_and_its_name(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "/no/such/path"]) == 2
    assert capsys.readouterr().err == "gluster-tui: /no/such/path: No such file or directory\n"


def test_a_path_that_is_not_on_glusterfs_ends_with_2_and_says_what_it_is_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["/proc"]) == 2
    assert capsys.readouterr().err.startswith("gluster-tui: /proc is not on GlusterFS: it is on proc, mounted at /proc")


def test_a_damaged_recording_ends_with_2_and_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cut.jsonl"
    path.write_bytes(dataset_text().splitlines(keepends=True)[0] + b"{}\n")
    assert main([str(path)]) == 2
    assert f"{path}, line 2: " in capsys.readouterr().err


def test_the_demo_in_a_pipe_prints_the_facts_as_tables() -> None:
    done = run("demo")
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert lines[:3] == [
        "inputfs   /inputfs",
        "volume    web: 3x2 replicate, 6 volumes (1 offline)",
        "host map  /inputfs/.hostname_map, 5 of 6",
    ]
    assert "! unmapped: nx04-vol1" in lines


def test_the_tables_tell_of_each_volume_what_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    main([DEMO])
    lines = capsys.readouterr().out.splitlines()
    heads = next(number for number, line in enumerate(lines) if line.startswith("volume ") and "brick" in line)
    rows = [line.split() for line in lines[heads : heads + 7]]
    assert rows[0] == ["volume", "host", "brick", "group", "state", "node", "by"]
    assert rows[4] == ["nx04-vol1", "nx04", "/srv/gluster/b4", "web-replicate-1", "online", "nx04", "unmapped"]
    assert rows[5][4:] == ["offline", "disco-05", "line", "6"]


def test_the_tables_show_the_first_files_with_their_addresses(
    recording: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([recording([b"a", b"b"])]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[-2:]] == ["/a", "/b"]
    assert all(len(line.split("dfs://")) == 3 for line in lines[-2:])


def test_the_tables_name_what_could_not_be_resolved(
    recording: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = recording([b"logs/a"], change={"logs": {"error": [13, "Permission denied"]}})
    assert main([path]) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == ["no files", "x /inputfs/logs: Permission denied"]


def test_names_reach_a_pipe_without_what_a_terminal_acts_on(
    recording: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    main([recording([b"\x1b]0;owned\x07", b"two\nlines", "\u202etxt.exe".encode(), b"\xff"])])
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    assert "/two\\nlines" in out


@pytest.mark.parametrize(
    "words", [["demo"], ["export", DEMO, "--format", "csv"], ["check", DEMO]], ids=["tables", "export", "check"]
)
def test_a_reader_that_leaves_ends_the_program_quietly(words: list[str]) -> None:
    with subprocess.Popen([SCRIPT, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=BUFFERED) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        told = program.stderr.read().splitlines()
        assert (program.wait(SECONDS), told) == (141, [])


@pytest.mark.parametrize(
    "words",
    [["demo"], ["export", DEMO], ["check", DEMO], ["check", DEMO, "--suggest"], ["--help"]],
    ids=["tables", "export", "check", "suggest", "help"],
)
def test_an_output_without_room_ends_with_2_and_a_sentence(words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [SCRIPT, *words], stdout=full, stderr=subprocess.PIPE, timeout=SECONDS, env=BUFFERED, check=False
        )
    assert (done.returncode, done.stderr) == (2, b"gluster-tui: cannot write the output: No space left on device\n")


def test_an_error_that_should_not_have_happened_gives_a_sentence_and_a_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(words: list[str]) -> int:
        raise ZeroDivisionError("of ours")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(cli, "_run", broken)
    assert main([]) == 70
    assert "this should not have happened: ZeroDivisionError('of ours')" in capsys.readouterr().err
    assert "ZeroDivisionError" in (tmp_path / "gluster-tui" / "crash.log").read_text()


def test_an_interrupt_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(words: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", interrupted)
    assert main([]) == 130
    assert capsys.readouterr().err == "gluster-tui: interrupted\n"


def test_no_screen_library_is_loaded_for_an_export() -> None:
    program = (
        "import sys; from gluster_tui.cli import main; code = main(['export', sys.argv[1], '-o', '/dev/null/x']); "
        "print(code, 'textual' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, DEMO], capture_output=True, timeout=SECONDS, check=True)
    assert done.stdout == b"2 False\n"


def test_the_module_can_be_run_as_well_as_the_script() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gluster_tui", "--version"], capture_output=True, timeout=SECONDS, check=True
    )
    assert done.stdout.decode() == f"gluster-tui {__version__}\n"


def test_it_works_where_the_locale_says_ascii() -> None:
    done = run("demo", env={"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [[], ["export"]], ids=["explore", "export"])
def test_a_recording_is_not_asked_for_exact_placements(
    command: list[str], recording: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = recording()
    assert main([*command, path, "--exact"]) == 2
    words = "a recording answers as it was recorded: --exact is for a mount"
    assert capsys.readouterr().err == f"gluster-tui: {path}: {words}\n"


def test_the_demo_can_be_exported_by_its_name(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", DEMO, "--format", "lines"]) == 0
    by_path = capfdbinary.readouterr().out
    assert main(["export", "demo", "--format", "lines"]) == 0
    assert by_path
    assert capfdbinary.readouterr().out == by_path


def test_the_plain_tables_say_how_to_name_a_host_map_where_none_is_found(
    recording: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    main([recording(hostmap=None)])
    assert "--hostname-map FILE names another" in capsys.readouterr().out


def test_the_demo_is_recorded_as_any_dataset_is(tmp_path: Path) -> None:
    assert main(["record", "demo", "-o", str(tmp_path / "again.jsonl")]) == 0
    assert (tmp_path / "again.jsonl").read_bytes().splitlines()[1:] == Path(DEMO).read_bytes().splitlines()[1:]
