"""The command line: what ``gluster-tui`` does with its arguments. No screen library is loaded before it is needed."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import resources
from pathlib import Path

from . import __version__
from .exits import BAD_INPUT, BROKEN_PIPE, CRASHED, INTERRUPTED, Exit

__all__ = ["main"]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

_EPILOG = """\
examples:
  gluster-tui /inputfs/web_logs            browse a dataset
  gluster-tui demo                         browse a recorded cluster; needs no GlusterFS
  gluster-tui export /inputfs/web_logs --filter 2006-07 -o july.json
  gluster-tui record /inputfs/web_logs -o web_logs.jsonl.gz
  gluster-tui check /inputfs/web_logs      what is wrong with the host map
  gluster-tui web_logs.jsonl.gz            browse a recording

`gluster-tui COMMAND --help` says more of export, record and check. Where the output is not a terminal, PATH and demo
print the same facts as plain tables.
"""

_EXPORT_EPILOG = """\
The list goes to standard output, or to FILE, which is written beside it and renamed when it is whole. Standard
output, too, gets nothing before the list is whole. Warnings go to standard error; progress too, on a terminal.

exit codes:
  0  done
  1  files failed, or were skipped (--on-error skip)
  2  bad arguments or bad input: the path, the host map, the filter, the file to write
  3  refused: files lie on unmapped volumes (--on-unmapped fail)

examples:
  gluster-tui export /inputfs/web_logs --filter 2006-07 > july.json
  gluster-tui export /inputfs/web_logs --regex '.*\\.gz$' --format lines -o gz.txt
  gluster-tui export /inputfs/web_logs --format csv --no-hostname-map -o replicas.csv
"""

_CHECK_EPILOG = """\
Findings go to standard output, as a table or as one JSON document: {"gluster_tui_check": 1, "inputfs": {...},
"host_map": {...} or null, "nodes": {...} or null, "files", "bytes", "unresolved", "counts": {"error", "warning",
"note"}, "findings": [{"severity", "code", "words", "source", "line", "column", "name", "volumes", "node", "files",
"bytes", "near"}], "volumes": [a row a volume], "suggestions": [{"volume", "name", "node", "ground", "reason",
"replaces"}]}. Codes stay the same; lines and columns count from 1; null where something is not known.

exit codes:
  0  no finding of severity error (--suggest: of the map that is printed)
  1  findings of severity error
  2  bad arguments or bad input: the path, a host map that cannot be read, the nodes

examples:
  gluster-tui check /inputfs/web_logs
  gluster-tui check /inputfs --nodes nodes.txt --json | jq '.findings[].words'
  gluster-tui check /inputfs --disco-master http://nx01:8989
  gluster-tui check /inputfs --suggest > hostname_map
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code. No error of the program's own family ends in a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _end_on_signals()
    try:
        try:
            code = _run(words)
        except SystemExit as end:  # of argparse, which has shown its help or said what is wrong
            code = int(end.code or 0)
        if sys.stdout is not None:
            sys.stdout.flush()  # Python does it at its end, and then nobody hears of an error
        return code
    except Exit as end:
        if end.words:
            print(f"gluster-tui: {end.words}", file=sys.stderr)
        return end.code
    except KeyboardInterrupt:
        print("gluster-tui: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has left
        _drop_output()
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - a user is shown a sentence, and a file to send to us
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            _drop_output()
            print(f"gluster-tui: cannot write the output: {error.strerror}", file=sys.stderr)
            return BAD_INPUT
        from .crash import UnexpectedError

        print(f"gluster-tui: {UnexpectedError(error)}", file=sys.stderr)
        return CRASHED


def _end_on_signals() -> None:
    """Has a signal to end raise SystemExit, so that nothing half written stays behind."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL and threading.current_thread() is threading.main_thread():
            signal.signal(number, lambda number, frame: sys.exit(128 + number))


def _drop_output() -> None:
    """Python would complain again when it flushes standard output at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str]) -> int:
    commands: dict[str, Callable[[list[str]], int]] = {
        "export": _export,
        "record": _record,
        "check": _check,
        "demo": _demo,
    }
    if words and words[0] in commands:
        return commands[words[0]](words[1:])
    return _explore(words)


def _parser(usage: str, epilog: str, description: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog="gluster-tui",
        usage=usage,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_opening_options(parser: argparse.ArgumentParser) -> None:
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--hostname-map",
        metavar="FILE",
        help="the host map ('volume node' a line); by default the file that DISCO_HOSTNAME_MAP names, "
        "else .hostname_map at the mount point",
    )
    choice.add_argument("--no-hostname-map", action="store_true", help="use hosts as they are named")
    parser.add_argument(
        "--exact",
        action="store_true",
        help="ask each file's attribute, which also finds a replica that still waits for healing; by default the "
        "listing says which group a file is on, and a sample is compared with the attribute",
    )


def _add_node_options(parser: argparse.ArgumentParser) -> None:
    known = parser.add_mutually_exclusive_group()
    known.add_argument(
        "--nodes",
        metavar="LIST",
        help="the nodes of the cluster: a file (a node a line), if there is one of that name, else n1,n2,...",
    )
    known.add_argument("--disco-master", metavar="URL", help="ask this Disco master for its nodes: http://HOST:PORT")


def _explore(words: list[str]) -> int:
    parser = _parser(
        "gluster-tui [PATH] [--exact] [--hostname-map FILE | --no-hostname-map] [--nodes LIST | --disco-master URL]\n"
        "       gluster-tui demo\n"
        "       gluster-tui export PATH [options]\n"
        "       gluster-tui record PATH -o FILE\n"
        "       gluster-tui check PATH [options]",
        _EPILOG,
        "See where every file of a dataset on GlusterFS lies, and export the input lists that run jobs next to "
        "their data.",
    )
    parser.add_argument("path", nargs="?", metavar="PATH", help="a directory on a GlusterFS mount, or a recording")
    parser.add_argument("--version", action="version", version=f"gluster-tui {__version__}")
    _add_opening_options(parser)
    _add_node_options(parser)
    parsed = parser.parse_args(words)
    from .map_choice import map_choice
    from .subcommands.explore import explore

    return explore(parsed.path, map_choice(parsed))


def _demo(words: list[str]) -> int:
    parser = _parser(
        "gluster-tui demo",
        "",
        "Opens the recording of a real cluster that comes with the program: it needs no GlusterFS, no root and no "
        "network. (A path named demo: ./demo)",
    )
    parser.parse_args(words)
    from .map_choice import MapChoice
    from .subcommands.explore import explore

    with _demo_recording() as path:
        return explore(str(path), MapChoice())


def _demo_recording() -> AbstractContextManager[Path]:
    return resources.as_file(resources.files("gluster_tui") / "demo" / "recording.jsonl")


def _export(words: list[str]) -> int:
    parser = _parser(
        "gluster-tui export PATH [--filter S | --regex R] [--format F] [-o FILE] [...]",
        _EXPORT_EPILOG,
        "Writes the input list of a dataset: for each file the addresses of its replicas.",
    )
    parser.add_argument("path", metavar="PATH", help="a directory or file on a GlusterFS mount, a recording, or demo")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--filter", metavar="S", help="only files with S anywhere in their absolute path")
    choice.add_argument("--regex", metavar="R", help="only files whose name R matches from its beginning")
    parser.add_argument("--format", choices=("json", "lines", "csv"), default="json", help="default: json")
    parser.add_argument("-o", "--output", metavar="FILE", help="default: standard output")
    parser.add_argument("--percent-encode", action="store_true", help="RFC 3986 paths in addresses, not raw bytes")
    _add_opening_options(parser)
    parser.add_argument(
        "--on-unmapped",
        choices=("host", "fail"),
        default="host",
        help="files on volumes that no entry of the host map names: use the host (default), or write nothing",
    )
    parser.add_argument(
        "--on-error",
        choices=("fail", "skip"),
        default="fail",
        help="files that cannot be placed: write nothing (default), or leave them out",
    )
    parsed = parser.parse_args(words)
    if parsed.no_hostname_map and parsed.on_unmapped == "fail":
        raise Exit(BAD_INPUT, "--on-unmapped fail needs a host map, and --no-hostname-map says to use none")
    from .subcommands.export import export

    return _on_dataset(export, parsed)


def _on_dataset(command: Callable[[argparse.Namespace], int], parsed: argparse.Namespace) -> int:
    """Runs a command on a path, or on the demo."""
    if parsed.path != "demo":
        return command(parsed)
    with _demo_recording() as path:
        parsed.path = str(path)
        return command(parsed)


def _record(words: list[str]) -> int:
    parser = _parser(
        "gluster-tui record PATH -o FILE",
        "The format is text, JSON a line, and stands in the README. A name that ends in .gz is compressed.",
        "Records a dataset: names, sizes, where each file lies, and the host map. No file is read.",
    )
    parser.add_argument("path", metavar="PATH", help="a directory on a GlusterFS mount, a recording, or demo")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the recording to write")
    _add_opening_options(parser)
    from .subcommands.record import record_dataset

    return _on_dataset(record_dataset, parser.parse_args(words))


def _check(words: list[str]) -> int:
    parser = _parser(
        "gluster-tui check PATH [--nodes LIST | --disco-master URL] [--json | --suggest] [...]",
        _CHECK_EPILOG,
        "Says what is wrong with a host map: volumes that it misses, entries that name nothing, lines that cannot be "
        "used, nodes that nobody knows.",
    )
    parser.add_argument("path", metavar="PATH", help="a directory or file on a GlusterFS mount, a recording, or demo")
    _add_node_options(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document in place of the table")
    form.add_argument("--suggest", action="store_true", help="print a complete proposed map, and nothing else")
    _add_opening_options(parser)
    from .subcommands.check import check

    return _on_dataset(check, parser.parse_args(words))
