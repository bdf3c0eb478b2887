"""The web server of the preview: what a page may ask for, each under an address of its own.

    GET   /                         the page            /page/NAME    its files       /font/NAME   its typefaces
    GET   /events                   what this tab is told, as it happens; the tab lasts as long as this is open
    POST  /TAB/tokens               a text, cut as the model reads it
    POST  /TAB/show                 show a film          /TAB/look     which frame of it is looked at
    GET   /TAB/still/SHOW/BEAT      the last frame of a beat
    GET   /TAB/draft/SHOW/SEGMENT   a stretch of the film
    GET   /TAB/frame/SHOW/FRAME     any frame; with ?sharp, large
    GET   /TAB/quantities/SHOW/FRAME   what stands where on it
    POST  /TAB/render, /TAB/cancel  make a film          GET /TAB/film/NAME   its files

All of it stands behind the Guard, below the secret in the address.
"""

import asyncio
import errno
import json
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from importlib import resources
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from soakup import assets
from soakup.app.asked import MODEL, QUALITIES, SIZES, THEMES, Asked, Choices
from soakup.app.guard import Guard, names_of, new_token
from soakup.app.tabs import NotNow, Shown, Tab
from soakup.app.watch import SECONDS, Watch
from soakup.app.work import Warm
from soakup.errors import StudioError
from soakup.lectures.targets import TARGETS
from soakup.scene_file import SceneFile

FONTS = ("cmunrm.ttf", "cmunti.ttf", "cmunbx.ttf")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
MOST_TABS = 12


class Server:
    """The preview: `serve` until it is told to end."""

    def __init__(self, host: str, port: int, file: SceneFile | None, warm: Warm) -> None:
        self.file, self.warm = file, warm
        self.token = new_token()
        self.choices: Choices | None = None
        self.tabs: dict[str, Tab] = {}
        page = resources.files("soakup.app").joinpath("page")
        self.pages = {entry.name: entry.read_bytes() for entry in page.iterdir() if entry.is_file()}
        self.socket = _bound(host, port)
        self.port: int = self.socket.getsockname()[1]
        name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        self.url = f"http://{f'[{name}]' if ':' in name else name}:{self.port}/{self.token}/"
        routes = [
            Route("/", self.page),
            Route("/page/{name}", self.page),
            Route("/font/{name}", self.font),
            Route("/events", self.events),
            Route("/{tab}/tokens", self.tokens, methods=["POST"]),
            Route("/{tab}/show", self.show, methods=["POST"]),
            Route("/{tab}/look", self.look, methods=["POST"]),
            Route("/{tab}/still/{show:int}/{number:int}", self.still),
            Route("/{tab}/draft/{show:int}/{number:int}", self.draft),
            Route("/{tab}/frame/{show:int}/{number:int}", self.frame),
            Route("/{tab}/quantities/{show:int}/{number:int}", self.quantities),
            Route("/{tab}/render", self.render, methods=["POST"]),
            Route("/{tab}/cancel", self.cancel, methods=["POST"]),
            Route("/{tab}/film/{name}", self.film),
        ]
        handlers: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {StudioError: _say}
        app = Starlette(routes=routes, exception_handlers=handlers)
        self.app = Guard(app, self.token, names_of(host))

    async def serve(self) -> None:
        config = uvicorn.Config(
            self.app, lifespan="off", log_config=None, access_log=False, server_header=False, ws="none",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        watching = asyncio.create_task(self._watch())
        try:
            await Listening(config, self.tabs).serve(sockets=[self.socket])
        finally:
            watching.cancel()
            for tab in list(self.tabs.values()):
                tab.close()

    async def _watch(self) -> None:
        watch = Watch(self.file)
        while True:
            await asyncio.sleep(SECONDS)
            if not self.tabs:
                continue
            changed = watch.changed()
            if changed is None:
                continue
            if changed == "soakup":
                await self.warm.end()
                await self.warm.start()
            for tab in self.tabs.values():
                if tab.asked:
                    tab.tell("reload", show=await tab.show(tab.asked))

    async def _choices(self) -> Choices:
        if self.choices is None:
            job = await self.warm.job("choices")
            async for _, about in job:
                self.choices = Choices(about["scenes"], about["models"], self.file)
                break
            job.close()
        if self.choices is None:
            raise StudioError("the process that draws did not start")
        return self.choices

    # --- the page ---

    async def page(self, request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        if name not in self.pages:
            return PlainTextResponse("There is no such page.", status_code=404)
        return Response(self.pages[name], media_type=TYPES["." + name.rpartition(".")[2]])

    async def font(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in FONTS:
            return PlainTextResponse("There is no such typeface.", status_code=404)
        return FileResponse(assets.MODELS.parent / "fonts" / name, media_type="font/ttf")

    async def events(self, request: Request) -> Response:
        if len(self.tabs) >= MOST_TABS:
            raise StudioError(f"{MOST_TABS} tabs are open already: close one")
        tab = Tab(secrets.token_urlsafe(8), self.warm)
        self.tabs[tab.name] = tab
        return StreamingResponse(self._told(tab), media_type="text/event-stream")

    async def _told(self, tab: Tab) -> AsyncIterator[str]:
        try:
            yield _event({"kind": "tab", "tab": tab.name})
            choices = await self._choices()
            yield _event(
                {
                    "kind": "choices",
                    "scenes": dict(choices.scenes),
                    "models": dict(choices.models),
                    "themes": THEMES,
                    "sizes": SIZES,
                    "qualities": QUALITIES,
                    "targets": TARGETS,
                    "file": choices.file_name,
                }
            )
            while (event := await tab.events.get()) is not None:
                yield _event(event)
        except StudioError as error:
            yield _event({"kind": "failed", "message": str(error)})
        finally:
            self.tabs.pop(tab.name, None)
            tab.close()

    # --- what is looked at ---

    def _tab(self, request: Request) -> Tab:
        tab = self.tabs.get(request.path_params["tab"])
        if tab is None:
            raise StudioError("this tab was closed: load the page again")
        return tab

    def _shown(self, request: Request) -> Shown:
        shown = self._tab(request).shown
        if shown is None or shown.number != request.path_params["show"]:
            raise NotNow("another scene is shown by now")
        return shown

    async def tokens(self, request: Request) -> Response:
        self._tab(request)
        choices = await self._choices()
        asked = await _body(request)
        text, model = asked.get("text"), asked.get("model") or MODEL
        if not isinstance(text, str) or model not in choices.models:
            raise StudioError("tokens are those of a text, as one of the models reads it")
        job = await self.warm.job("tokens", text=text, settings={"model": model})
        try:
            async for kind, about in job:
                if kind == "failed":
                    raise StudioError(about["message"])
                return JSONResponse(about)
        finally:
            job.close()
        raise StudioError("the process that reads has ended")

    async def show(self, request: Request) -> Response:
        tab = self._tab(request)
        asked = Asked.by(await _body(request), await self._choices())
        return JSONResponse({"show": await tab.show(asked), "command": asked.command()})

    async def look(self, request: Request) -> Response:
        shown, asked = self._tab(request).shown, await _body(request)
        if shown and type(asked.get("frame")) is int:
            shown.job.ask("look", frame=asked["frame"])
        return Response(status_code=204)

    async def still(self, request: Request) -> Response:
        return _of(self._shown(request).pictures, request.path_params["number"], "image/png")

    async def draft(self, request: Request) -> Response:
        return _of(self._shown(request).drafts, request.path_params["number"], "video/mp4")

    async def frame(self, request: Request) -> Response:
        drawn = await self._shown(request).frame(request.path_params["number"], "sharp" in request.query_params)
        return Response(drawn["picture"], media_type="image/png")

    async def quantities(self, request: Request) -> Response:
        drawn = await self._shown(request).frame(request.path_params["number"], True)
        return JSONResponse(drawn["regions"])

    # --- films ---

    async def render(self, request: Request) -> Response:
        tab = self._tab(request)
        body = await _body(request)
        asked, target = Asked.by(body, await self._choices()), body.get("target")
        if target is not None and target not in list(TARGETS):
            raise StudioError(f"there is no target {str(target)[:80]!r}: choose {', '.join(TARGETS)}")
        await tab.render(asked, target)
        return JSONResponse({"command": asked.command()})

    async def cancel(self, request: Request) -> Response:
        self._tab(request).cancel()
        return Response(status_code=204)

    async def film(self, request: Request) -> Response:
        tab, name = self._tab(request), request.path_params["name"]
        if name not in tab.films:
            raise StudioError("there is no such file")
        return FileResponse(tab.films[name], filename=name)


class Listening(uvicorn.Server):
    """Ends what the tabs hear before it waits for their connections to end."""

    def __init__(self, config: uvicorn.Config, tabs: dict[str, Tab]) -> None:
        super().__init__(config)
        self.tabs = tabs

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for tab in self.tabs.values():
            tab.events.put_nowait(None)
        await super().shutdown(sockets)


def _bound(host: str, port: int) -> socket.socket:
    """A socket at an address. Raises StudioError where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen()
    except OSError as error:
        bound.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            way = "choose another --port, or none for one that is free"
        else:
            way = "--host takes an address of this machine"
        raise StudioError(f"cannot listen at {host}, port {port}: {error.strerror or error}; {way}") from None
    bound.set_inheritable(False)
    return bound


def _event(about: dict[str, Any]) -> str:
    return f"data: {json.dumps(about)}\n\n"


def _of(there: dict[int, bytes], number: int, media_type: str) -> Response:
    if number not in there:
        raise NotNow("there is no such picture yet")
    return Response(there[number], media_type=media_type)


async def _body(request: Request) -> dict[str, Any]:
    body: Any = None
    with suppress(ValueError, RecursionError):
        body = await request.json()
    if not isinstance(body, dict):
        raise StudioError("a page asks in JSON")
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise StudioError("the text has half a character in it, which is no Unicode: take it out") from None
    return body


async def _say(request: Request, error: Exception) -> Response:
    if isinstance(error, NotNow):
        return Response(status_code=204)
    return JSONResponse({"message": str(error)}, status_code=422)
