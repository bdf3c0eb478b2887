"""The server's side of the warm process, and of its jobs."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Self

from soakup.app import messages
from soakup.errors import StudioError


class Job:
    """One job. `async for kind, about in job` is what it tells; `close` ends it, and with it all that it started."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def ask(self, kind: str, **about: Any) -> None:
        if not self._writer.is_closing():
            self._writer.write(messages.pack((kind, about)))

    async def __aiter__(self) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        with suppress(EOFError):
            while True:
                yield await messages.receive_from(self._reader)

    def close(self) -> None:
        self._writer.transport.abort()


class Warm:
    """The warm process; another takes its place where it dies. An async context manager: all jobs end with it."""

    def __init__(self) -> None:
        self._door: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.end()

    async def start(self) -> None:
        self._door, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "soakup.app.warm", str(theirs.fileno()),
                pass_fds=[theirs.fileno()], stdin=asyncio.subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    async def end(self) -> None:
        """End it, its jobs, and theirs."""
        if self._door:
            self._door.close()
        if self._process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)  # its group: all are its forks
            ended = asyncio.ensure_future(self._process.wait())
            try:
                await asyncio.shield(ended)
            except asyncio.CancelledError:  # by Ctrl-C; a loop that closes before its child is seen to end says so
                await ended
                raise

    async def job(self, kind: str, **arguments: Any) -> Job:
        """Start one. Raises StudioError where the process has died and cannot be started again."""
        if self._process is None or self._process.returncode is not None:
            await self.end()
            await self.start()
        assert self._door
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                messages.hand_over(self._door, (kind, arguments), theirs)
            except OSError:
                ours.close()
                raise StudioError("the process that draws has ended: start soakup preview again") from None
        return Job(*await asyncio.open_connection(sock=ours))
