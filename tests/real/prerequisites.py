"""What a real volume needs of this machine."""

import os
import shutil

SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
PROGRAMS = {
    "glusterfsd": "apt install glusterfs-server",
    "glusterfs": "apt install glusterfs-client",
    "getfattr": "apt install attr",
}


def program(name: str) -> str:
    """The path of a program, or its bare name where it is not installed."""
    return shutil.which(name, path=SEARCH_PATH) or name


def missing() -> list[str]:
    """What this machine lacks, each with what to do about it; empty if nothing."""
    lacks = []
    if os.geteuid() != 0:
        lacks.append("root (mounting needs it: run as root, or with sudo)")
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        lacks.append("/dev/fuse (in a container: --device /dev/fuse --cap-add SYS_ADMIN)")
    for name, remedy in PROGRAMS.items():
        if shutil.which(name, path=SEARCH_PATH) is None:
            lacks.append(f"{name} ({remedy})")
    return lacks
