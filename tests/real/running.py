"""Running the installed program."""

import os
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path

PROGRAM = Path(sysconfig.get_path("scripts"), "gluster-tui")
SECONDS = 60.0


def environment(**more: str) -> dict[str, str]:
    """This process's, without what would change what the program does."""
    kept = {key: value for key, value in os.environ.items() if key not in ("DISCO_HOSTNAME_MAP", "NO_COLOR")}
    return {**kept, **more}


def gluster_tui(
    *arguments: str | bytes | os.PathLike[str], env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the program as a script does: its output goes to pipes."""
    return subprocess.run(
        [PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
        check=False,
        env=environment(**(env or {})),
    )
