"""Gives a client its volfile over the network, as glusterd does.

A client mounted with `-f FILE` never reads the file again, SIGHUP or not; one that got its volfile from a
server asks again on SIGHUP and takes the new graph, as after add-brick. So this answers the one call that
matters, GETSPEC, in ONC RPC over TCP:

    record   := 4 bytes: top bit = last fragment, rest = length; then the fragment
    call     := xid, 0, 2, program, version, procedure, credentials, verifier, arguments
    reply    := xid, 1, 0, 0, 0, status, result
    result   := length of the volfile (-1: failed), errno, string volfile, string xdata
"""

import contextlib
import socket
import socketserver
import struct
from pathlib import Path
from threading import Thread

HANDSHAKE_PROGRAM = 14398633
GETSPEC = 2
SUCCESS, PROCEDURE_UNAVAILABLE = 0, 3
LAST_FRAGMENT = 1 << 31
LONGEST_CALL = 1 << 20


class VolfileServer:
    """Serves one file, as it is at the time of each call, on a free loopback port until it is closed."""

    def __init__(self, volfile: Path) -> None:
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.volfile = volfile
        self.port: int = self._server.server_address[1]
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def close(self) -> None:
        """Take no more calls. A client that is mounted goes on with the volfile that it has."""
        self._server.shutdown()
        self._server.server_close()


class Server(socketserver.ThreadingTCPServer):
    """A thread a connection; a client keeps its own open while it lives, so nothing waits for the threads."""

    daemon_threads = True
    block_on_close = False
    volfile: Path


class Handler(socketserver.BaseRequestHandler):
    """Answers the calls of one client."""

    server: Server
    request: socket.socket

    def handle(self) -> None:
        """Answer until the client goes away."""
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                reply = answer(read_record(self.request), self.server.volfile)
                self.request.sendall(struct.pack(">I", LAST_FRAGMENT | len(reply)) + reply)


def answer(call: bytes, volfile: Path) -> bytes:
    """The reply to one call."""
    xid, _, _, program, _, procedure = struct.unpack_from(">6I", call)
    if (program, procedure) != (HANDSHAKE_PROGRAM, GETSPEC):
        return struct.pack(">6I", xid, 1, 0, 0, 0, PROCEDURE_UNAVAILABLE)
    spec = volfile.read_bytes()
    padding = b"\0" * (-len(spec) % 4)
    result = struct.pack(">iiI", len(spec), 0, len(spec)) + spec + padding + struct.pack(">I", 0)
    return struct.pack(">6I", xid, 1, 0, 0, 0, SUCCESS) + result


def read_record(connection: socket.socket) -> bytes:
    """One whole record, its fragments joined."""
    record = b""
    while True:
        (header,) = struct.unpack(">I", read_exactly(connection, 4))
        record += read_exactly(connection, header & ~LAST_FRAGMENT)
        if header & LAST_FRAGMENT:
            return record


def read_exactly(connection: socket.socket, count: int) -> bytes:
    """`count` bytes, or EOFError."""
    if count > LONGEST_CALL:
        raise EOFError(f"a call of {count} bytes is none of a client's")
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise EOFError("the client has gone")
        data += part
    return data
