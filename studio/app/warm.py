"""The process that has Manim, the scenes and the models loaded, and forks for every job.

    python -m soakup.app.warm DESCRIPTOR

It ends when the socket DESCRIPTOR is closed at the other end, and each job when its own is.
"""

import gc
import os
import signal
import socket
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

from soakup.app import messages
from soakup.errors import is_ours


class Line:
    """A job's side of its connection with the server.

    `tell` may be called by any process that the job forks. `heard` is called, in a thread, with each message that
    comes; when the server closes the connection the job ends at once, and with it all that it has forked.
    """

    def __init__(self, line: socket.socket, vital: bool = True) -> None:
        self._line, self.vital = line, vital  # vital: this process is of no use without it
        self._lock = get_context("fork").Lock()
        self.heard: Callable[[Any], None] = lambda message: None

    def listen(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, kind: str, **about: Any) -> None:
        packed = messages.pack((kind, about))
        with self._lock:
            try:
                self._line.sendall(packed)
            except OSError:
                if self.vital:
                    os._exit(1)

    def _listen(self) -> None:
        while True:
            try:
                message = messages.receive(self._line)
            except EOFError:
                os._exit(1)
            self.heard(message)


def main() -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # before PyTorch: a fork has none of its parent's threads
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the server decides
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the jobs
    warnings.simplefilter("ignore")
    door = socket.socket(fileno=int(sys.argv[1]))
    from soakup.app import jobs

    jobs.warm_up()
    gc.collect()
    gc.freeze()  # what is shared stays shared
    while True:
        try:
            (kind, arguments), line = messages.take_over(door)
        except EOFError:
            os._exit(0)
        jobs.prepare(arguments)
        if kind in jobs.AT_ONCE:  # takes less time than a fork
            _attempt(jobs.JOBS[kind], arguments, Line(line, vital=False))
        elif os.fork() == 0:
            door.close()
            _run(jobs.JOBS[kind], arguments, Line(line))
        line.close()


def _run(job: Callable[..., None], arguments: dict[str, Any], line: Line) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    line.listen()
    _attempt(job, arguments, line)
    os._exit(0)


def _attempt(job: Callable[..., None], arguments: dict[str, Any], line: Line) -> None:
    try:
        job(line, **arguments)
    except BaseException as error:  # noqa: BLE001 - above lies the parent's code
        if not is_ours(error):
            traceback.print_exception(error)
        line.tell("failed", message=_sentence(error))


def _sentence(error: BaseException) -> str:
    if is_ours(error):
        return str(error)
    return f"a fault of soakup's own, please report it: {type(error).__name__}: {' '.join(str(error).split())}"


if __name__ == "__main__":
    main()
