"""Messages between processes of ours, over sockets: each a pickled tuple behind its length."""

import asyncio
import pickle
import socket
import struct
from typing import Any

HEAD = struct.Struct(">I")


def pack(message: Any) -> bytes:
    body = pickle.dumps(message)
    return HEAD.pack(len(body)) + body


def receive(line: socket.socket) -> Any:
    """The next message. Raises EOFError when the other side is gone."""
    (length,) = HEAD.unpack(_exactly(line, HEAD.size))
    return pickle.loads(_exactly(line, length))


async def receive_from(reader: asyncio.StreamReader) -> Any:
    """The same, without blocking."""
    try:
        (length,) = HEAD.unpack(await reader.readexactly(HEAD.size))
        return pickle.loads(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        raise EOFError from None


def hand_over(door: socket.socket, message: Any, line: socket.socket) -> None:
    """Send a message, and with it one end of a connection."""
    packed = pack(message)
    socket.send_fds(door, [packed[:1]], [line.fileno()])
    door.sendall(packed[1:])


def take_over(door: socket.socket) -> tuple[Any, socket.socket]:
    """Receive what was handed over. Raises EOFError when the other side is gone."""
    first, descriptors, _, _ = socket.recv_fds(door, 1, 1)
    if not first:
        raise EOFError
    line = socket.socket(fileno=descriptors[0])
    (length,) = HEAD.unpack(first + _exactly(door, HEAD.size - 1))
    return pickle.loads(_exactly(door, length)), line


def _exactly(line: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        try:
            part = line.recv(count - len(parts))
        except ConnectionError:
            part = b""
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
