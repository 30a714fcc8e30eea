"""The nodes that a cluster knows: from a file, a list, or a Disco master."""

import contextlib
import http.server
import json
import socket
import threading
from contextlib import closing, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disco.dfs.gluster.disco_master import nodes_of_master
from disco.dfs.gluster.errors import NodesError
from disco.dfs.gluster.nodes import nodes_from_argument, nodes_from_text


def test_a_file_holds_a_node_a_line():
    assert nodes_from_text(b"\xef\xbb\xbfn2 8\r\n# n9\n\n  n1\nn2\n", "x").names == ("n1", "n2")


@given(st.binary())
def test_any_bytes_are_nodes_or_an_error(text):
    with contextlib.suppress(NodesError):
        assert nodes_from_text(text, "x").names


@pytest.mark.parametrize("argument", ["n2,n1", "n1, n2", "n1,,n2,"])
def test_a_list_has_commas_between(argument, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert nodes_from_argument(argument).names == ("n1", "n2")


def test_what_is_the_name_of_a_file_is_a_file(tmp_path):
    path = tmp_path / "n1,n2"
    path.write_text("n3\n")
    known = nodes_from_argument(str(path))
    assert (known.names, known.source) == (("n3",), f"the file {path}")


def test_a_list_is_told_as_one():
    assert nodes_from_argument("n1").source == "the list given"


@pytest.mark.parametrize("argument", ["", " , "])
def test_no_node_is_an_error(argument):
    with pytest.raises(NodesError, match="it names none"):
        nodes_from_argument(argument)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(NodesError, match="Is a directory"):
        nodes_from_argument(str(tmp_path))


@contextmanager
def master(answer, status=200, headers=(), asked=None):
    """A server on this machine that answers everything alike; its URL."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if asked is not None:
                asked.append(self.path)
            self.send_response(status)
            for header in headers:
                self.send_header(*header)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


TODAY = {"nx02": {"max_workers": 4, "connected": True}, "nx01": {"blacklisted": True}}
OLDER = {"available": [{"node": "nx02", "max_workers": 4}, {"node": "nx01"}], "active": []}


@pytest.mark.parametrize("answer", [TODAY, OLDER], ids=["today", "older"])
def test_a_master_tells_its_nodes(answer):
    with master(json.dumps(answer).encode()) as url:
        assert nodes_of_master(url).names == ("nx01", "nx02")


@pytest.mark.parametrize("end", ["", "/", "/disco/ctrl/nodeinfo"])
def test_a_master_is_asked_for_its_nodes(end):
    asked = []
    with master(json.dumps(TODAY).encode(), asked=asked) as url:
        nodes_of_master(url + end)
    assert asked == ["/disco/ctrl/nodeinfo"]


@pytest.mark.parametrize(
    ("answer", "fact"),
    [
        (b"<html>", "something else than JSON"),
        (b"\xff\xfe\xff", "something else than JSON"),
        (b"[" * 100_000, "something else than JSON"),
        (b"[1]", "something else than the nodes of a Disco master"),
        (b'{"available": [1]}', "something else than the nodes of a Disco master"),
        (b'{"available": [{"node": 1}]}', "something else than the nodes of a Disco master"),
        (b'{"nx01": 1}', "something else than the nodes of a Disco master"),
        (b"{}", "it names none"),
    ],
)
def test_an_answer_that_tells_no_nodes_is_an_error(answer, fact):
    with master(answer) as url, pytest.raises(NodesError, match=fact):
        nodes_of_master(url)


def test_a_master_that_refuses_the_question_is_an_error():
    with master(b"", 404) as url, pytest.raises(NodesError, match="it answers 404 Not Found"):
        nodes_of_master(url)


def test_a_master_leads_nowhere_else():
    header = ("Location", "file:///etc/hostname")
    with master(b"", 302, [header]) as url, pytest.raises(NodesError, match="it answers 302"):
        nodes_of_master(url)


def test_a_port_where_nobody_listens_is_an_error():
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(NodesError, match="Connection refused"):
            nodes_of_master(f"http://127.0.0.1:{unused.getsockname()[1]}")


def test_a_master_that_does_not_answer_is_not_waited_for_without_end():
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(NodesError, match=r"no answer within 0\.01 seconds"):
            nodes_of_master(url, timeout=0.01)


@pytest.mark.parametrize("url", ["nx01:8989", "file:///etc/passwd", "disco://nx01", "http://", "http://a:b", ""])
def test_a_url_of_another_kind_is_an_error(url):
    with pytest.raises(NodesError, match="name it as http://HOST:PORT"):
        nodes_of_master(url)


def test_a_file_that_is_not_there_is_no_node():
    with pytest.raises(NodesError, match="no such file"):
        nodes_from_argument("/no/such/nodes.txt")


def test_a_password_is_not_shown():
    with pytest.raises(NodesError) as caught:
        nodes_of_master("http://anna:secret@127.0.0.1:1", timeout=1)
    assert "secret" not in str(caught.value)
