"""A forked process that waits, with the scene exactly as it was, until it is told to draw a segment of it.

It dies with its parent, however that ends, and says nothing on the terminal.
"""

import gc
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from typing import NoReturn, Self

from soakup.errors import SceneFault


def _fork_undisturbed() -> int:
    """os.fork(), with Ctrl-C and SIGTERM kept until it is over: what libraries do around a fork swallows exceptions."""
    if threading.current_thread() is not threading.main_thread():
        return os.fork()  # Python handles signals in the main thread only
    came: list[int] = []
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    kept = {number: handler for number, handler in kept.items() if callable(handler)}
    for caught in kept:
        signal.signal(caught, lambda number, frame: came.append(number))
    try:
        process = os.fork()
    finally:
        for caught, handler in kept.items():
            signal.signal(caught, handler)
    if process:
        for number in came:
            signal.raise_signal(number)
    return process


class Worker:
    """The parent's side: `fork` returns a Worker to the parent and, in the child, a Task."""

    def __init__(self, process: int, connection: Connection) -> None:
        self.process, self.connection = process, connection
        self.frames = 0  # drawn so far
        self.error: Exception | None = None
        self.ended = False

    @classmethod
    def fork(cls, lifeline: "Lifeline") -> "Worker | Task":
        ours, theirs = Pipe()
        with warnings.catch_warnings():
            # Of forking with threads about: the child's only use of what they may hold is none.
            warnings.simplefilter("ignore", DeprecationWarning)
            process = _fork_undisturbed()
        if process:
            theirs.close()
            return cls(process, ours)
        ours.close()
        lifeline.hold()
        return Task(theirs)

    def start(self, plays: int) -> None:
        """Let it draw so many plays."""
        self.connection.send(plays)

    def hear(self) -> None:
        """Read one of its messages, which must be there: how far it is, what went wrong, or that it has ended."""
        try:
            said = pickle.loads(self.connection.recv_bytes())
        except (EOFError, OSError):
            self.error = self.error or SceneFault("a process that drew the film was killed, perhaps for want of memory")
            self.end()
            return
        if isinstance(said, Exception):
            self.error = said
        elif said is None:
            self.end()
        else:
            self.frames = said

    def end(self) -> None:
        """Stop it if it runs still, and forget it."""
        if not self.ended:
            self.ended = True
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            self.connection.close()


class Lifeline:
    """A pipe that only the parent holds open: its end tells the children of the parent's."""

    def __init__(self) -> None:
        self.read, self.write = os.pipe()

    def hold(self) -> None:
        """In a child: end when the parent does."""
        os.close(self.write)
        self.watch()

    def watch(self) -> None:
        """In what a child forks: the same."""
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        os.read(self.read, 1)
        os._exit(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self.read)
        os.close(self.write)


class Task:
    """The child's side."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        gc.freeze()  # what is shared with the parent stays shared
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent decides
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - to the end of the process
        if torch := sys.modules.get("torch"):
            torch.set_num_threads(1)  # the threads of the parent's OpenMP are not here, and would be waited for

    def wait(self) -> int:
        """How many plays to draw."""
        try:
            return self.connection.recv()
        except EOFError:
            os._exit(1)

    def tell(self, frames: int) -> None:
        """So many frames are drawn."""
        self._send(frames)

    def end(self, error: Exception | None = None) -> NoReturn:
        """Say that the segment is done, or why it is not, and end."""
        if error:
            self._send(error)
        self._send(None)
        os._exit(1 if error else 0)

    def guard(self, work: Callable[[], None], explain: Callable[[BaseException], Exception]) -> None:
        """Do some work; what goes wrong in it ends the process, told to the parent as `explain` has it."""
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - nothing may get out of here: above lies the parent's code
            self.end(explain(error))

    def _send(self, message: object) -> None:
        try:
            self.connection.send_bytes(pickle.dumps(message))
        except OSError:
            os._exit(1)
