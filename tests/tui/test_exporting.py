"""An export without its dialog: the check of a target, the preview, the run, and what a cancelled one leaves."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from disco.dfs.gluster.errors import AddressError, ExportError, GlusterError
from disco.dfs.gluster.export import Rules
from disco.dfs.gluster.formats import FORMATS
from gluster_tui.exporting import CancelledError, ExportRun, check_target, make_format, preview
from gluster_tui.session import Session

from .driving import list_of, names_in, picture_of
from .sources import dataset, session_of

MANY = [b"%03d/file-%03d" % (number // 10, number) for number in range(1000)]


def run(
    session: Session, target: Path, told: Callable[[ExportRun, int], None] = lambda run, files: None
) -> tuple[int, GlusterError | None]:
    """Exports everything as json; gives the number of files, and the error."""
    ended: list[tuple[int, GlusterError | None]] = []
    over = threading.Event()

    def end(files: int, error: GlusterError | None) -> None:
        ended.append((files, error))
        over.set()

    made = make_format(session, "json", percent_encode=False)
    picture = picture_of(session)
    export = ExportRun(session, picture, made, Rules(), str(target), lambda n: told(export, n), end, replace=True)
    export.begin()
    assert over.wait(20)
    return ended[0]


@pytest.fixture
def many() -> Session:
    return session_of(dataset(MANY))


def test_the_file_is_what_the_core_writes(many: Session, tmp_path: Path) -> None:
    assert run(many, tmp_path / "list") == (1000, None)
    assert (tmp_path / "list").read_bytes() == list_of(many)


def test_progress_is_told_from_the_first_batch_to_the_last_file(many: Session, tmp_path: Path) -> None:
    told: list[int] = []
    run(many, tmp_path / "list", lambda _, files: told.append(files))
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] == 1000


@pytest.mark.parametrize("at", [10, 1000])
def test_a_cancelled_export_leaves_the_old_file_and_nothing_beside_it(many: Session, tmp_path: Path, at: int) -> None:
    target = tmp_path / "list"
    target.write_text("old")

    def cancel(export: ExportRun, files: int) -> None:
        if files >= at:
            export.cancel()

    _, error = run(many, target, cancel)
    assert isinstance(error, CancelledError)
    assert target.read_text() == "old"
    assert names_in(tmp_path) == ["list"]


def test_an_export_that_was_cancelled_before_it_began_leaves_no_file(many: Session, tmp_path: Path) -> None:
    _, error = run(many, tmp_path / "list", lambda export, files: export.cancel())
    assert isinstance(error, CancelledError)
    assert names_in(tmp_path) == []


def test_a_target_that_became_bad_after_its_check_is_an_error_not_a_crash(many: Session, tmp_path: Path) -> None:
    _, error = run(many, tmp_path / "gone" / "list")
    assert isinstance(error, ExportError)


def test_an_error_that_should_not_have_happened_is_told_and_leaves_nothing(
    many: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(export: ExportRun, files: int) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "lists").mkdir()
    _, error = run(many, tmp_path / "lists" / "list", broken)
    assert "ZeroDivisionError('of ours')" in str(error)
    assert names_in(tmp_path / "lists") == []


def test_the_home_directory_can_be_written_as_a_tilde(
    many: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert run(many, Path("~/list")) == (1000, None)
    assert names_in(tmp_path) == ["list"]


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("", "no file is named"),
        ("new", None),
        ("folder", "it is a directory"),
        ("folder/", "it is a directory"),
        ("new/", "it is a directory"),
        ("no/new", "the directory {}/no does not exist"),
        ("pipe", "it is not a regular file"),
        ("nul\0", "embedded null"),
        ("n" * 256, "File name too long"),
    ],
    ids=repr,
)
def test_a_target_is_checked_while_it_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, fault: str | None
) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    found = check_target(target).fault
    if fault is None:
        assert found is None
    else:
        assert found is not None
        assert fault.format(tmp_path) in found


def test_a_target_that_exists_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "old").touch()
    check = check_target(str(tmp_path / "old"))
    assert (check.fault, check.exists) == (None, True)
    assert check.words == "! it exists: you will be asked before it is replaced"


@pytest.mark.parametrize("format", FORMATS)
def test_the_preview_is_the_beginning_of_the_file(many: Session, format: str) -> None:
    text = preview(picture_of(many), make_format(many, format, percent_encode=False))
    assert text
    assert list_of(many, format).startswith(text.encode())
    assert text.count("dfs://") == 10  # five files, two replicas


def test_the_preview_tells_what_a_format_cannot_carry() -> None:
    session = session_of(dataset([b"two\nlines"]))
    made = make_format(session, "lines", percent_encode=False)
    assert preview(picture_of(session), made).startswith("x ")
    with pytest.raises(AddressError):
        list(map(made.encode, picture_of(session).batches()))


def test_of_no_files_there_is_no_preview() -> None:
    session = session_of(dataset([b"empty/"]))
    assert preview(picture_of(session), make_format(session, "json", percent_encode=False)) == ""
