"""What is built is whole: the wheel and the sdist hold the demo and the styles, and the wheel works from anywhere."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ("gluster_tui/demo/recording.jsonl", "gluster_tui/styles.tcss", "gluster_tui/py.typed")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def test_the_wheel_holds_both_packages_the_demo_and_the_styles(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert names >= {*SHIPPED, "disco/dfs/gluster/__init__.py", "disco/dfs/gluster/py.typed"}


def test_the_wheel_leaves_the_namespace_of_disco_to_others(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert not names & {"disco/__init__.py", "disco/dfs/__init__.py"}


def test_the_sdist_holds_the_demo_the_styles_and_the_tests(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert names >= {*SHIPPED, "core/disco/dfs/gluster/__init__.py", "tests/test_packaging.py", "Makefile", "LICENSE"}


def test_the_installed_wheel_shows_the_demo_from_an_empty_directory(built: Path, tmp_path: Path) -> None:
    installed, empty = tmp_path / "installed", tmp_path / "empty"
    empty.mkdir()
    wheel = next(built.glob("*.whl"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", installed, wheel]
    subprocess.run(pip, check=True, capture_output=True)
    shown = subprocess.run(
        [sys.executable, "-m", "gluster_tui", "demo"],
        cwd=empty,
        env={"PYTHONPATH": str(installed)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "web: 3x2 replicate, 6 volumes (1 offline)" in shown.stdout


def test_everything_public_is_documented() -> None:
    import disco.dfs.gluster as gluster

    undocumented = [name for name in gluster.__all__ if not getattr(gluster, name).__doc__]
    assert not undocumented
