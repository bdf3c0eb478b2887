"""`soakup.preview(…)` in a notebook: a player and a still of every beat, in the cell and in what it is exported to."""

import html
import io
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from soakup import film
from soakup.lectures import web
from soakup.lectures.clip import Clip
from soakup.lectures.questions import standing
from soakup.subtitles import write_vtt
from soakup.transcript import clock

STILL = 220  # pixels, the width of a still


class Preview:
    """A film made for a notebook: its manifest is `manifest`, its bytes `mp4`.

    The last expression of a cell shows it. Everything is in the output itself, so it is still there in a notebook that
    was sent to somebody or exported; without scripts it is a video with its captions and pictures, and with them
    `<soakup-clip>`, which steps from beat to beat and answers who points.
    """

    def __init__(self, text: str, *, scene: str, quality: str, settings: dict[str, Any]) -> None:
        with tempfile.TemporaryDirectory(prefix="soakup-") as folder:
            path = Path(folder, "film.mp4")
            self.manifest = film.render(scene, path, quality=quality, settings={"text": text, **settings}).manifest
            self.mp4 = path.read_bytes()
            self._html = _html(Clip.open(path), self.mp4)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._html, "text/plain": repr(self)}

    def __repr__(self) -> str:
        about = self.manifest
        return f"<soakup: “{about['text']}”, {len(about['beats'])} beats, {about['duration']:.0f} s>"


def _html(clip: Clip, mp4: bytes) -> str:
    player = web.figure(
        clip,
        standing(clip),
        sources=[(web.data_url("video/mp4", mp4), "video/mp4")],
        poster=web.picture_url(clip.poster),
        captions=web.data_url("text/vtt", write_vtt(clip.cues).encode()),
    )
    stills = "\n".join(
        f'<figure style="margin:0;flex:none;width:{STILL}px">'
        f'<img src="{_small(picture)}" width="{STILL}" alt="{html.escape(beat.name)}" style="border-radius:3px">'
        f'<figcaption style="font-size:12px;line-height:1.35">{clock(beat.start)} '
        f"{html.escape(beat.caption or beat.name)}</figcaption></figure>"
        for beat, picture in zip(clip.beats, clip.stills, strict=True)
    )
    return (
        f'<div style="max-width:{clip.size[0]}px">{player}\n'
        f'<div style="display:flex;gap:10px;overflow-x:auto;margin-top:10px">\n{stills}\n</div></div>\n'
        f"<script>{web.script()}</script>"
    )


def _small(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    small = picture.convert("RGB").resize((2 * STILL, round(2 * STILL * picture.height / picture.width)))
    small.save(buffer, "webp", quality=80)
    return web.data_url("image/webp", buffer.getvalue())
