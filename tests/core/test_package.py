"""The package: what it loads, and where it may be installed."""

import ast
import os
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import disco.dfs.gluster

FOLDER = Path(disco.dfs.gluster.__file__).parent
MODULES = sorted(module.name for module in pkgutil.iter_modules(disco.dfs.gluster.__path__))
SCREEN = ("textual", "rich", "gluster_tui")


def loaded(statement):
    """The modules that a fresh process has after a statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_of_the_core_can_be_imported_alone_and_loads_no_screen(module):
    names = loaded(f"import disco.dfs.gluster.{module}")
    assert not [name for name in names if name.partition(".")[0] in SCREEN]


def test_the_package_itself_loads_no_screen():
    assert not [name for name in loaded("from disco.dfs.gluster import files") if name.partition(".")[0] in SCREEN]


def test_importing_prints_nothing():
    done = subprocess.run([sys.executable, "-c", "import disco.dfs.gluster"], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_importing_starts_no_thread():
    code = "import disco.dfs.gluster, threading\nprint(threading.active_count())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"1\n"


@pytest.mark.parametrize("package", ["disco", "disco.dfs"])
def test_the_packages_above_are_namespaces_that_others_may_share(package):
    assert sys.modules[package].__file__ is None


@pytest.mark.parametrize("above", [FOLDER.parent, FOLDER.parent.parent])
def test_the_folders_above_have_no_init(above):
    assert not (above / "__init__.py").exists()


def imported_after(folder):
    """Where a fresh process finds the package, when it looks for modules in a folder first."""
    code = "import disco.core, disco.dfs.gluster\nprint(disco.dfs.gluster.__file__)"
    path = [str(folder), str(FOLDER.parent.parent.parent), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip()).parent


def test_the_package_lies_beside_another_part_of_disco(tmp_path):
    (tmp_path / "disco" / "dfs").mkdir(parents=True)
    (tmp_path / "disco" / "core.py").write_text("HERE = 1\n")
    assert imported_after(tmp_path) == FOLDER


def test_the_package_lies_within_an_installed_disco(tmp_path):
    within = tmp_path / "disco" / "dfs" / "gluster"
    shutil.copytree(FOLDER, within)
    (tmp_path / "disco" / "__init__.py").write_text("")
    (tmp_path / "disco" / "core.py").write_text("HERE = 1\n")
    assert imported_after(tmp_path) == within


def test_types_are_told():
    assert (FOLDER / "py.typed").exists()


def test_the_public_names_are_sorted():
    assert disco.dfs.gluster.__all__ == sorted(disco.dfs.gluster.__all__)


def test_the_package_file_holds_public_names_and_nothing_else():
    tree = ast.parse((FOLDER / "__init__.py").read_text())
    assert {type(node) for node in tree.body} == {ast.Expr, ast.ImportFrom, ast.Assign}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_it_is_for(module):
    assert ast.get_docstring(ast.parse((FOLDER / f"{module}.py").read_text()))
