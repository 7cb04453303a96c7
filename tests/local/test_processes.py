"""Children of the launcher start, whatever else it is about."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from local.processes import Child

METHOD = "/any/method"


class Echo(grpc.GenericRpcHandler):
    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        del handler_call_details
        return grpc.unary_unary_rpc_method_handler(lambda request, context: request)


@pytest.mark.parametrize("count", [20, pytest.param(100, marks=pytest.mark.nightly)])
def test_children_start_while_calls_are_made(count: int, tmp_path: Path) -> None:
    """A child in thirty died before its program began: gRPC looked after itself in the fork."""
    over = threading.Event()
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((Echo(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def call_on_and_on() -> None:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(METHOD)
            while not over.is_set():
                call(b"x", timeout=10)

    calling = [threading.Thread(target=call_on_and_on) for _ in range(2)]
    for thread in calling:
        thread.start()
    try:
        children = [
            Child("one", ["true"], env={"PATH": os.environ["PATH"]}, log=tmp_path / "children.log")
            for _ in range(count)
        ]
        assert [child.process.wait(20) for child in children] == [0] * count, (tmp_path / "children.log").read_text()
    finally:
        over.set()
        for thread in calling:
            thread.join()
        server.stop(None).wait()
