"""The ways to find out where the files of a folder lie, each as one function of its path.

python -m tests.bench.ways WAY PATH         prints the seconds that it takes
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator

import xattr

from disco.dfs.gluster import files


def auto(path: str) -> None:
    """By cookies."""
    files(path, None, {})


def exact(path: str) -> None:
    """By attributes."""
    files(path, None, {}, placement="exact")


def getxattr(path: str) -> None:
    """One call of the xattr package a file: two round trips."""
    for name in regular_files(path):
        xattr.getxattr(name, "glusterfs.pathinfo")


def seeds(path: str) -> None:
    """As the module of 2009 did: a listing of all attributes a file, up to three times."""
    for name in regular_files(path):
        for _ in range(3):
            xattr.listxattr(name)


def regular_files(path: str) -> Iterator[str]:
    """Every file below a folder."""
    for folder, _, names in os.walk(path):
        for name in names:
            yield os.path.join(folder, name)


if __name__ == "__main__":
    way = {"auto": auto, "exact": exact, "getxattr": getxattr, "seeds": seeds}[sys.argv[1]]
    begun = time.perf_counter()
    way(sys.argv[2])
    print(time.perf_counter() - begun)
