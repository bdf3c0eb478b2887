"""The preview inside a notebook, as a widget: sentence, scene, layer and head are chosen there, and its stills and its
draft follow; a frame that stands still can be asked for its numbers.

It needs the extra `soakup[notebook]`, and a kernel that runs. What is to stay in a notebook that is sent or exported is
`soakup.preview(…)`.
"""

import asyncio
import re
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from soakup.app.asked import Asked, Choices
from soakup.app.work import Job, Warm
from soakup.errors import StudioError

HERE = Path(__file__).parent
IMPORT = re.compile(r"^import .*\n|^export (?=const|function|class)", re.MULTILINE)


def _joined(*names: str) -> str:
    """Files of ours as one: a notebook is given one script and one sheet, and the page's are in several."""
    return "\n".join(IMPORT.sub("", (HERE / name).read_text(encoding="utf-8")) for name in names)


def explorer(asked: dict[str, Any]) -> "Explorer":
    """An Explorer of this notebook. Raises StudioError where there is none."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise StudioError("soakup.explore needs a running notebook: elsewhere there is `soakup preview`") from None
    return Explorer(asked)


class Explorer(anywidget.AnyWidget):
    """A scene as it is chosen. `asked` is what was asked for, `command` what renders it, `stills` are the pictures of
    the beats so far (PNG), in order. One explorer of a notebook is at work at a time: the one that was changed last."""

    _esm = _joined("page/dom.js", "page/pointing.js", "widget.js")
    _css = _joined("page/pointing.css", "widget.css")

    asked = traitlets.Dict().tag(sync=True)
    command = traitlets.Unicode().tag(sync=True)

    _warm: ClassVar[Warm | None] = None
    _working: ClassVar["Explorer | None"] = None
    _starting: ClassVar[asyncio.Lock | None] = None

    def __init__(self, asked: dict[str, Any]) -> None:
        super().__init__(asked=asked)
        self.stills: list[bytes] = []
        self._told: list[tuple[dict[str, Any], list[bytes]]] = []
        self._job: Job | None = None
        self._choices: Choices | None = None
        self._number = 0  # of what is shown: tells it from those before it
        self._showing: asyncio.Task[None] | None = None
        self.observe(lambda change: self._show(), names="asked")
        self.on_msg(self._heard)
        self._show()

    def close(self) -> None:
        """Stop what it does."""
        self._stop()
        super().close()

    def _stop(self) -> None:
        if self._showing:
            self._showing.cancel()
        if self._job:
            self._job.close()
            self._job = None

    def _show(self) -> None:
        if Explorer._working is not None:
            Explorer._working._stop()
        Explorer._working = self
        self._showing = asyncio.get_running_loop().create_task(self._follow(dict(self.asked)))

    async def _follow(self, wanted: dict[str, Any]) -> None:
        self.stills, self._told = [], []
        self._number += 1
        try:
            warm = await self._warmed()
            if self._choices is None:
                await self._choose(warm)
            assert self._choices
            self._tell({"kind": "choices", "show": self._number, "scenes": list(self._choices.scenes)})
            asked = Asked.by(wanted, self._choices)
            self.command = asked.command()
            job = self._job = await warm.job("story", **asked.job())
            async for kind, about in job:
                picture = about.pop("picture", None) or about.pop("pictures", None)
                if kind == "beat":
                    self.stills.append(picture)
                if kind in ("reading", "beat", "length", "draft", "drawn", "failed"):
                    about.pop("patterns", None)
                    self._tell({"kind": kind, **about}, picture)
                if kind == "frame":
                    self.send({"kind": kind, "show": self._number, **about}, [picture] if picture else [])
                if kind == "failed":
                    job.close()
                    return
            self._tell({"kind": "failed", "message": "the process that drew this has ended"})
        except StudioError as error:
            self._tell({"kind": "failed", "message": str(error)})

    async def _choose(self, warm: Warm) -> None:
        job = await warm.job("choices")
        async for _, about in job:
            self._choices = Choices(about["scenes"], about["models"])
            break
        job.close()
        if self._choices is None:
            raise StudioError("the process that draws did not start")

    @staticmethod
    async def _warmed() -> Warm:
        """The one warm process of this kernel; it ends with it. (`cls` would be another one for every widget.)"""
        if Explorer._starting is None:
            Explorer._starting = asyncio.Lock()
        async with Explorer._starting:
            if Explorer._warm is None:
                warm = Warm()
                await warm.start()
                Explorer._warm = warm
        return Explorer._warm

    def _tell(self, about: dict[str, Any], picture: bytes | None = None) -> None:
        buffers = [picture] if picture else []
        self._told.append((about, buffers))
        self.send(about, buffers)

    def _heard(self, widget: Any, content: Any, buffers: Any) -> None:
        """A view asks: for all that was told before it came, or for a frame with its numbers."""
        match content:
            case {"kind": "here"}:
                for about, pictures in self._told:
                    self.send(about, pictures)
            case {"kind": "frame" | "look" as kind, "show": self._number, "number": int(number)} if self._job:
                asked = {"number": number, "sharp": True} if kind == "frame" else {"frame": number}
                self._job.ask(kind, **asked)
