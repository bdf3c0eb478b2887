"""Who may drive the preview: only the page that it opened itself.

Another page in the same browser can send requests to 127.0.0.1, and with a name that resolves to it even read the
answers. So every request has to name the secret in the server's address, to come under a name that is this machine's,
and, where the browser says from which page it comes, to come from ours.
"""

import ipaddress
import secrets
import socket
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64_000  # bytes

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def new_token() -> str:
    return secrets.token_urlsafe(16)


class Guard:
    """Lets through, of HTTP requests, those whose path begins with `/token/`; the application sees the rest of it.

    `hosts` are the names this server goes by, without the port; with None among them any IP address is one.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str | None]) -> None:
        self.app, self.token, self.hosts = app, token, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    *((name.lower().encode(), value.encode()) for name, value in HEADERS.items()),
                ]
            await send(message)

        refused = self._refusal(scope)
        if refused:
            await PlainTextResponse(refused, status_code=403)(scope, receive, send_with_headers)
            return
        scope = {**scope, "path": scope["path"][len(self.token) + 1 :], "root_path": ""}
        await self.app(scope, _limited(receive), send_with_headers)

    def _refusal(self, scope: Scope) -> str:
        """Why a request is refused; "" where it is not."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            return "This is not where soakup's preview is."
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}":
            return "Only soakup's own page may ask here."
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return "Only soakup's own page may ask here."
        given, slash, _ = scope["path"].removeprefix("/").partition("/")
        if not secrets.compare_digest(given.encode(), self.token.encode()) or not slash:
            return "The address is not whole: open the one that soakup preview has printed."
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return "That is too much at once."
        return ""

    def _is_ours(self, host: str) -> bool:
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        name = name.strip("[]").lower()
        if name in self.hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return None in self.hosts


def names_of(host: str) -> set[str | None]:
    """The names that a server bound to `host` goes by."""
    if host in ("127.0.0.1", "localhost", "::1"):
        return {"127.0.0.1", "localhost", "::1"}
    here = {host.lower(), socket.gethostname().lower(), "127.0.0.1", "localhost", "::1"}
    return {*here, None} if host in ("0.0.0.0", "::") else {*here}


def _limited(receive: Receive) -> Receive:
    """The same, ending where a body is longer than it may be, whatever its header said."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        return {"type": "http.disconnect"} if read > LARGEST_BODY else message

    return limited
