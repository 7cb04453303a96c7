"""A Firestore with falling-silent Listen streams, as a process: every call passes on to the transport behind.

Bytes in, bytes out, whatever the method: https://grpc.github.io/grpc/python/grpc.html#grpc.GenericRpcHandler. A stream
that has fallen silent stays so and stays open; only a later stream reports anything. A document may get lost on its
way, too.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.cloud.firestore_v1.types import ListenResponse

from local.processes import Child


class SilentFirestore:
    """Use as a context manager. `address` is where it is found."""

    def __init__(self, behind: str, folder: Path) -> None:
        self._log = folder / "silence.log"
        self._command = [sys.executable, "-m", "tests.streaming.silence", behind]
        self._opened = 0

    def __enter__(self) -> SilentFirestore:
        # A process: with a gRPC server in this one, none could be forked any more. "cloud" has a pipe for its output
        self._child = Child("cloud", self._command, env={"PYTHONPATH": str(Path(__file__).parents[2])}, log=self._log)
        self.address = self._ask("where")
        return self

    def __exit__(self, *exc: object) -> None:
        self._child.kill()

    def fall_silent(self) -> None:
        self._ask("silence")

    def speak(self) -> None:
        self._ask("speak")

    def lose(self) -> None:
        """Hold back the stream's next document."""
        self._ask("lose")

    def break_off(self) -> None:
        """End every Listen stream."""
        self._ask("break")

    def listens(self) -> int:
        """How many Listen streams have been opened."""
        return int(self._ask("listens"))

    def _ask(self, what: str) -> str:
        pipes = self._child.process
        assert pipes.stdin
        assert pipes.stdout
        print(what, file=pipes.stdin, flush=True)
        answer = pipes.stdout.readline().strip()
        assert answer, self._child.last_words()
        return answer


class _PassOn(grpc.GenericRpcHandler):
    def __init__(self, behind: str) -> None:
        self._channel = grpc.insecure_channel(behind)
        self.heard = threading.Event()
        self.heard.set()
        self.loses = threading.Event()
        self.listens = 0
        self.open: set[Any] = set()

    def service(self, handler_call_details: Any) -> Any:
        method = handler_call_details.method
        listening = method.endswith("/Listen")
        self.listens += listening
        call: Any = self._channel.stream_stream(method)
        metadata = [(name, value) for name, value in handler_call_details.invocation_metadata if name != "user-agent"]

        def handle(requests: Iterator[bytes], context: Any) -> Iterator[bytes]:
            answers = call(requests, metadata=metadata)
            context.add_callback(answers.cancel)
            if listening:
                self.open.add(answers)
            silent = False
            try:
                for answer in answers:
                    silent = silent or (listening and not self.heard.is_set())
                    if not silent and not (listening and self._lost(answer)):
                        yield answer
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())
            finally:
                self.open.discard(answers)

        return grpc.stream_stream_rpc_method_handler(handle)

    def _lost(self, answer: bytes) -> bool:
        if not self.loses.is_set() or not ListenResponse.pb(ListenResponse.deserialize(answer)).HasField(
            "document_change"
        ):
            return False
        self.loses.clear()
        return True


def main(behind: str) -> None:
    handler = _PassOn(behind)
    server = grpc.server(ThreadPoolExecutor(32), handlers=[handler])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    for line in sys.stdin:
        match line.strip():
            case "silence":
                handler.heard.clear()
            case "speak":
                handler.heard.set()
            case "lose":
                handler.loses.set()
            case "break":
                for stream in list(handler.open):
                    stream.cancel()
        answers = {"where": f"127.0.0.1:{port}", "listens": str(handler.listens)}
        print(answers.get(line.strip(), "done"), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
