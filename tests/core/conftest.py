"""What the tests of the core share."""

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

DATA = Path(__file__).parent / "data"

settings.register_profile("core", deadline=None, print_blob=True)
settings.register_profile("fuzz", deadline=None, print_blob=True, max_examples=60_000)  # `make fuzz`
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "core"))


@pytest.fixture
def data() -> Path:
    """The folder of recorded values and graphs."""
    return DATA


@pytest.fixture
def attribute_folder(tmp_path: Path) -> Iterator[bytes]:
    """An empty directory on a file system that takes user.* attributes."""
    for parent in (tmp_path, Path("/var/tmp")):
        with tempfile.TemporaryDirectory(dir=parent) as folder:
            if takes_attribute(os.fsencode(folder), b"user.probe"):
                yield os.fsencode(folder)
                return
    pytest.skip("no file system here takes user.* attributes")


def takes_attribute(folder: bytes, name: bytes) -> bool:
    """Whether a file in `folder` takes an attribute of this name from this user."""
    probe = os.path.join(folder, b"probe")
    with open(probe, "xb"):
        pass
    try:
        os.setxattr(probe, name, b"x")
    except OSError as error:
        if error.errno not in (errno.ENOTSUP, errno.EPERM):
            raise
        return False
    else:
        return True
    finally:
        os.unlink(probe)
