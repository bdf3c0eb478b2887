"""What one tab of the browser sees: its scene, its films, and what it is told."""

import asyncio
import shutil
import tempfile
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soakup.app.asked import Asked
from soakup.app.work import Job, Warm
from soakup.errors import StudioError
from soakup.outputs import default_path

FRAMES = 30  # single frames kept for each tab
PATIENCE = 20  # seconds that a single frame may take


class NotNow(StudioError):
    """What is asked for is not there yet, or no longer: nothing is wrong."""


@dataclass
class Shown:
    """A scene as it is being played: `number` tells it from those before it."""

    number: int
    asked: Asked
    job: Job
    pictures: dict[int, bytes] = field(default_factory=dict)  # by beat
    drafts: dict[int, bytes] = field(default_factory=dict)  # by segment
    frames: OrderedDict[tuple[int, bool], dict[str, Any]] = field(default_factory=OrderedDict)
    awaited: dict[tuple[int, bool], asyncio.Future[dict[str, Any]]] = field(default_factory=dict)

    async def frame(self, number: int, sharp: bool) -> dict[str, Any]:
        """A single frame: its `picture` and, where it is sharp, the `regions` of its quantities. Raises StudioError."""
        key = number, sharp
        if key not in self.frames:
            if key not in self.awaited:
                self.awaited[key] = asyncio.get_running_loop().create_future()
                self.job.ask("frame", number=number, sharp=sharp)
            try:
                await asyncio.wait_for(asyncio.shield(self.awaited[key]), PATIENCE)
            except TimeoutError:
                raise StudioError("this frame takes too long to draw") from None
            except asyncio.CancelledError:
                if not self.awaited[key].cancelled():
                    raise
                raise NotNow("another scene is shown by now") from None
        frame = self.frames[key]
        if frame["picture"] is None:
            raise NotNow(frame["message"])
        return frame

    def arrived(self, about: dict[str, Any]) -> None:
        """A frame has been drawn."""
        key = about["number"], about["sharp"]
        self.frames[key] = about
        while len(self.frames) > FRAMES:
            self.frames.popitem(last=False)
        if about["picture"] is None:
            asyncio.get_running_loop().call_later(1, self.frames.pop, key, None)  # it may be there by then
        waiting = self.awaited.pop(key, None)
        if waiting and not waiting.done():
            waiting.set_result(about)

    def close(self) -> None:
        self.job.close()
        for waiting in self.awaited.values():
            waiting.cancel()


class Tab:
    """One tab. `events` is what it is told; `close` ends all that runs for it."""

    def __init__(self, name: str, warm: Warm) -> None:
        self.name, self.warm = name, warm
        self.events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()  # None: there will be no more
        self.shown: Shown | None = None
        self.asked: Asked | None = None
        self.films: dict[str, Path] = {}  # finished files, by name
        self._number = 0
        self._audit: Job | None = None
        self._render: Job | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._folder: Path | None = None

    def tell(self, kind: str, **about: Any) -> None:
        self.events.put_nowait({"kind": kind, **about})

    # --- what is looked at ---

    async def show(self, asked: Asked) -> int:
        """Show a film in place of the one before, which is stopped. Returns its number."""
        self._stop()
        self._number += 1
        self.asked = asked
        self.shown = Shown(self._number, asked, await self.warm.job("story", **asked.job()))
        self._follow(self._hear_story(self.shown))
        return self._number

    async def _hear_story(self, shown: Shown) -> None:
        async for kind, about in shown.job:
            if shown is not self.shown:
                return
            match kind:
                case "beat":
                    shown.pictures[about["number"]] = about.pop("picture")
                case "draft":
                    shown.drafts[about["number"]] = about.pop("pictures")
                case "frame":
                    shown.arrived(about)
                    continue
                case "drawn":
                    self._audit = await self.warm.job("audit", **shown.asked.job())
                    self._follow(self._hear_audit(shown, self._audit))
            self.tell(kind, show=shown.number, **about)
            if kind == "failed":
                return
        if shown is self.shown:
            self.tell(
                "failed", show=shown.number, message="the process that drew this has ended, perhaps for want of memory"
            )

    async def _hear_audit(self, shown: Shown, job: Job) -> None:
        async for kind, about in job:
            if shown is self.shown and kind == "faults":
                self.tell("faults", show=shown.number, **about)
        job.close()

    def _stop(self) -> None:
        if self.shown:
            self.shown.close()
            self.shown = None
        if self._audit:
            self._audit.close()
            self._audit = None

    # --- films ---

    async def render(self, asked: Asked, target: str | None) -> None:
        """Make a film, and what a lecture's tool takes where one is named; one at a time."""
        if self._render:
            raise StudioError("a film is being made already: wait for it, or cancel it")
        self._forget_films()
        self._folder = Path(tempfile.mkdtemp(prefix="soakup-preview-"))
        named = asked.settings.get("text") or getattr(asked.scene, "scene", None) or "film"
        output = self._folder / default_path(named).name
        self._render = await self.warm.job("render", **asked.job(), quality=asked.quality, output=output, target=target)
        self._follow(self._hear_render(self._render))

    async def _hear_render(self, job: Job) -> None:
        ended = False
        async for kind, about in job:
            if kind == "film":
                files = [Path(file) for file in about.pop("files")]
                self.films = {file.name: file for file in files}
                about["files"] = [{"name": file.name, "size": file.stat().st_size} for file in files]
            ended = kind in ("film", "failed")
            self.tell("render-failed" if kind == "failed" else kind, **about)
        if self._render is job:
            self._render = None
            if not ended:
                self.tell(
                    "render-failed", message="the process that drew the film has ended, perhaps for want of memory"
                )

    def cancel(self) -> None:
        """Stop making a film."""
        if self._render:
            job, self._render = self._render, None
            job.close()
            self.tell("cancelled")

    def _forget_films(self) -> None:
        self.films = {}
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    # --- the end ---

    def _follow(self, hearing: Any) -> None:
        task = asyncio.get_running_loop().create_task(hearing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        self._stop()
        with suppress(AttributeError):
            self.cancel()
        self._forget_films()
        for task in self._tasks:
            task.cancel()
