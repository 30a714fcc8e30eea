"""The brick processes of a volume."""

from pathlib import Path

from .daemons import Daemon, DaemonError, free_port
from .specs import VolumeSpec
from .state import VolumeError
from .volfiles import ServedBrick, brick_volfile

# Somebody else may take a port between the look and the start.
PORT_ATTEMPTS = 3
ONE_PATH = "brick"


class BrickServers:
    """Serves the bricks of a volume from its directory. Bricks go by their number.

    served      the bricks, by number
    daemons     the process of each, by number: one and the same for bricks that share theirs
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.served: list[ServedBrick] = []
        self.daemons: list[Daemon] = []

    def serve(self, spec: VolumeSpec) -> None:
        """Serve those bricks of a volume that are not served yet: all, or those that it got since."""
        processes: dict[tuple[str, int], list[int]] = {}
        for number in range(len(self.served), len(spec.bricks)):
            # A process listens on one address; each brick's must be the one that its clients go to.
            key = (spec.bricks[number].remote_host, 0 if spec.one_process else number)
            processes.setdefault(key, []).append(number)
        served, daemons = dict(enumerate(self.served)), dict(enumerate(self.daemons))
        for numbers in processes.values():
            daemon = Daemon(self._directory, f"bricks-{numbers[0] + 1}")
            for brick in self._start_together(spec, numbers, daemon):
                served[brick.number], daemons[brick.number] = brick, daemon
        self.served = [served[number] for number in sorted(served)]
        self.daemons = [daemons[number] for number in sorted(daemons)]

    def start(self, number: int) -> None:
        """Start the process of a brick again, on its old port."""
        self._run(self.daemons[number])

    def stop(self, number: int) -> None:
        """Kill the process of a brick, if it has one of its own."""
        if self.daemons.count(self.daemons[number]) > 1:
            raise VolumeError("bricks of one process cannot stop alone: use VolumeSpec(one_process=False)")
        self.daemons[number].kill()

    def _start_together(self, spec: VolumeSpec, numbers: list[int], daemon: Daemon) -> list[ServedBrick]:
        """Start one process for some bricks, on whatever port is free."""
        for attempt in range(PORT_ATTEMPTS):
            port = free_port(spec.bricks[numbers[0]].remote_host)
            bricks = [self._place(spec, number, port) for number in numbers]
            self._volfile(daemon).write_text(brick_volfile(spec, bricks))
            try:
                self._run(daemon)
            except DaemonError:
                if attempt == PORT_ATTEMPTS - 1:
                    raise
            else:
                break
        return bricks

    def _place(self, spec: VolumeSpec, number: int, port: int) -> ServedBrick:
        directory = self._directory / f"b{number + 1}"
        directory.mkdir(exist_ok=True)
        bound = ""
        if spec.one_path:
            (self._directory / ONE_PATH).mkdir(exist_ok=True)
            bound = str(self._directory / ONE_PATH)
        return ServedBrick(number, spec.bricks[number], str(directory), port, number in spec.arbiters, bound)

    def _run(self, daemon: Daemon) -> None:
        common = self._directory / ONE_PATH
        prefix: list[str] = []
        if common.exists():  # a mount namespace of its own: it sees its directory at the path of all
            bind = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
            own = self._directory / daemon.name.replace("bricks-", "b")
            prefix = ["unshare", "--mount", "sh", "-c", bind, "sh", str(own), str(common)]
        daemon.start(["glusterfsd", "-f", str(self._volfile(daemon))], prefix)

    def _volfile(self, daemon: Daemon) -> Path:
        return self._directory / f"{daemon.name}.vol"
