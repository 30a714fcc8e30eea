"""The nodes of a Disco cluster, as its master tells them at ``/disco/ctrl/nodeinfo``."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .errors import NodesError
from .nodes import KnownNodes, known_nodes

__all__ = ["nodes_of_master"]

_INFO = "/disco/ctrl/nodeinfo"
_LARGEST = 64 << 20  # bytes of an answer
_SHAPE = "it answers with something else than the nodes of a Disco master"


def nodes_of_master(url: str, timeout: float = 5.0) -> KnownNodes:
    """The nodes that a Disco master manages. ``url``: as ``http://nx01:8989``; ``timeout``: in seconds, for all of it.

    NodesError where the master does not answer, or with something else.
    """
    parts = _parts(url)
    address = parts.geturl().rstrip("/")
    address += "" if address.endswith(_INFO) else _INFO
    public = parts._replace(netloc=parts.netloc.rpartition("@")[2])  # a password is nobody's to read
    source = f"the Disco master {public.geturl()}"
    try:
        answer = json.loads(_fetched(address, source, timeout))
    except (ValueError, RecursionError) as error:
        raise NodesError(source, "it answers with something else than JSON") from error
    return known_nodes(_names(answer, source), source)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port or True)
    except ValueError:
        usable = False
    if not usable:
        raise NodesError(f"the Disco master {url}", "name it as http://HOST:PORT")
    return parts


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A master leads nowhere else: who is asked is who was named."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _fetched(address: str, source: str, timeout: float) -> bytes:
    deadline = time.monotonic() + timeout
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(address, timeout=timeout) as response:
            parts, size = [], 0
            while part := response.read1(1 << 16):
                parts.append(part)
                size += len(part)
                if time.monotonic() > deadline:
                    raise TimeoutError
                if size > _LARGEST:
                    raise NodesError(source, _SHAPE)
            return b"".join(parts)
    except urllib.error.HTTPError as error:
        error.close()
        raise NodesError(source, f"it answers {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, TimeoutError):
            raise NodesError(source, f"no answer within {timeout:g} seconds") from error
        fact = (reason.strerror or str(reason)) if isinstance(reason, OSError) else str(reason)
        raise NodesError(source, fact or type(error).__name__) from error


def _names(answer: object, source: str) -> list[str]:
    """Of today's masters the keys of an object a node, of older ones the ``node`` of each that is available."""
    if isinstance(answer, dict) and isinstance(answer.get("available"), list):
        infos = answer["available"]
        names = [info["node"] for info in infos if isinstance(info, dict) and isinstance(info.get("node"), str)]
        if len(names) == len(infos):
            return names
    elif isinstance(answer, dict) and all(isinstance(info, dict) for info in answer.values()):
        return list(answer)
    raise NodesError(source, _SHAPE)
