"""What pytest makes of these tests on a machine that cannot run them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .guardian import PROJECT

RUN = """
import sys
import pytest
from tests.real import prerequisites

if sys.argv[1]:
    prerequisites.missing = lambda: [sys.argv[1]]
sys.exit(pytest.main(["-p", "no:cacheprovider", "-q", "-rs", *sys.argv[2:]]))
"""

TESTS = "tests/real/test_volfiles.py"

SKIPPING = """
import pytest

def test_by_itself():
    pytest.skip("no XFS here")
"""

MODULE = """
import pytest

pytest.skip("no XFS here", allow_module_level=True)
"""

EXPECTED = """
import pytest

@pytest.mark.xfail
def test_known():
    assert False
"""


def run(*arguments: str, lack: str = "", require: str = "") -> subprocess.CompletedProcess[str]:
    """pytest by itself, on a machine that lacks something."""
    return subprocess.run(
        [sys.executable, "-c", RUN, lack, *arguments],
        cwd=PROJECT,
        # The other plugins take two seconds to load.
        env={**os.environ, "GLUSTER_TUI_REQUIRE_REAL": require, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def module() -> Iterator[Path]:
    """A module beside these, for pytest to find there."""
    path = Path(__file__).with_name(f"probe_{os.getpid()}.py")
    yield path
    path.unlink(missing_ok=True)


def test_all_here_are_marked() -> None:
    done = run("--collect-only", "-m", "real", TESTS)
    assert done.returncode == 0
    assert "deselected" not in done.stdout
    assert run("--collect-only", "-m", "not real", TESTS).returncode == pytest.ExitCode.NO_TESTS_COLLECTED


def test_skipped_with_a_reason() -> None:
    done = run(TESTS, lack="glusterfsd (apt install glusterfs-server)")
    assert done.returncode == 0
    assert "a real volume needs glusterfsd (apt install glusterfs-server)" in done.stdout
    assert " passed" not in done.stdout


def test_an_error_where_they_are_required() -> None:
    done = run(TESTS, lack="/dev/fuse", require="1")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "a real volume needs /dev/fuse" in done.stdout + done.stderr


def test_no_error_where_none_is_asked_for() -> None:
    done = run(TESTS, "-m", "not real", lack="/dev/fuse", require="1")
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize(
    ("text", "code"),
    [(SKIPPING, pytest.ExitCode.TESTS_FAILED), (MODULE, pytest.ExitCode.INTERRUPTED)],
    ids=["test", "module"],
)
def test_a_skip_is_a_failure_where_they_are_required(module: Path, text: str, code: int) -> None:
    module.write_text(text)
    done = run(str(module), require="1")
    assert done.returncode == code
    assert "skipped under GLUSTER_TUI_REQUIRE_REAL=1" in done.stdout
    assert "no XFS here" in done.stdout


def test_a_skip_is_a_skip_elsewhere(module: Path) -> None:
    module.write_text(SKIPPING)
    done = run(str(module))
    assert done.returncode == 0
    assert "1 skipped" in done.stdout


def test_an_expected_failure_is_no_skip(module: Path) -> None:
    module.write_text(EXPECTED)
    assert run(str(module), require="1").returncode == 0
