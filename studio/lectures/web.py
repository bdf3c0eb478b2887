"""The target `web`: one page that holds everything, and a snippet for a page of one's own.

clip.html           the page, complete in itself: it can be sent by mail
clip.snippet.html   a <figure> to paste; it asks for the film, its .vtt and .poster.png, and soakup-clip.js beside it
soakup-clip.js      the element <soakup-clip>, which makes of the film something to step through and to ask
"""

import base64
import html
import io
import json
import os
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from soakup.lectures.clip import Clip
from soakup.lectures.questions import Standing
from soakup.subtitles import write_vtt
from soakup.transcript import clock

ASKS = True
ELEMENT = "soakup-clip.js"
STILL_WIDTH = 960  # pixels, at most: of the storyboard's pictures

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{scheme}">
<title>{title}</title>
<meta name="description" content="{alt}">
<style>
{font}
:root {{ background: {ground}; color: {ink}; }}
body {{
  margin: 0 auto; padding: clamp(1rem, 4vmin, 2.5rem); max-width: max(40rem, calc((100vh - 15rem) * {ratio:.4f}));
}}
h1 {{
  font: normal clamp(1.35rem, 3.4vw, 2.1rem)/1.25 "soakup CMU Serif", "CMU Serif", Georgia, serif; margin: 0 0 1rem;
  text-align: center; text-wrap: balance;
}}
figure {{ margin: 0; }}
figcaption {{ margin-top: 1.25rem; font: .85rem/1.5 system-ui, sans-serif; opacity: .75; text-align: center; }}
video {{ display: block; width: 100%; height: auto; }}
code {{ font-size: .95em; }}
@media print {{ :root {{ background: #fff; color: #000; }} }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{figure}
</main>
<script>
{script}
</script>
</body>
</html>
"""


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet. (The element is the same for all clips of a folder.)"""
    return [output, output.with_suffix(".snippet.html")]


def files(clip: Clip, output: Path, *, standing: list[Standing]) -> dict[Path, bytes]:
    """The files of this target: `output`, which ends in .html, and those beside it."""
    film = clip.path.read_bytes()
    page = PAGE.format(
        scheme=clip.theme,
        title=html.escape(clip.title),
        alt=html.escape(clip.alt),
        font=font_face(),
        ground="#fff" if clip.theme == "light" else "#000",
        ink="#000" if clip.theme == "light" else "#fff",
        ratio=clip.size[0] / clip.size[1],
        figure=figure(
            clip,
            standing,
            sources=[(data_url("video/mp4", film), "video/mp4")],
            poster=picture_url(clip.poster),
            captions=data_url("text/vtt", write_vtt(clip.cues).encode()),
        ),
        script=script(),
    )
    near = relative(clip.path, output.parent)
    sources = [(near.with_suffix(".webm"), "video/webm")] if clip.path.with_suffix(".webm").exists() else []
    sources.append((near, "video/mp4"))
    snippet = figure(
        clip,
        standing,
        sources=[(url(path), kind) for path, kind in sources],
        poster=url(near.with_suffix(".poster.png")),
        captions=url(near.with_suffix(".vtt")),
    )
    snippet += f'\n<script src="{ELEMENT}" defer></script>\n'
    return {
        output: page.encode(),
        output.with_suffix(".snippet.html"): snippet.encode(),
        output.with_name(ELEMENT): element().encode(),
        **beside(clip),
    }


def beside(clip: Clip) -> dict[Path, bytes]:
    """What a snippet asks for beside the film, where it is not there: of a film that was moved without its kit."""
    poster = io.BytesIO()
    clip.poster.save(poster, "png")
    kit = {".poster.png": poster.getvalue(), ".vtt": write_vtt(clip.cues).encode()}
    return {path: data for end, data in kit.items() if not (path := clip.path.with_suffix(end)).exists()}


def figure(clip: Clip, standing: list[Standing], *, sources: list[tuple[str, str]], poster: str, captions: str) -> str:
    """The <figure> of a film; without any script it is a video with its captions and a transcript."""
    model = clip.about.get("model", {}).get("name")
    made = (
        f"One forward pass of the transformer <b>{html.escape(model)}</b>, drawn from its own numbers." if model else ""
    )
    ask = " Pause, and point at a number, an arc or a bar to see which it is." if standing else ""
    return f"""<figure class="soakup">
<soakup-clip loop>
{video(clip, sources=sources, poster=poster, captions=captions)}
<details><summary>Transcript</summary>
<ol>
{chr(10).join(f"<li>{clock(beat.start)} {html.escape(beat.caption or beat.name)}</li>" for beat in clip.beats)}
</ol>
</details>
{data_script(clip, standing)}
</soakup-clip>
<figcaption>{made}{ask}</figcaption>
</figure>"""


def video(clip: Clip, *, sources: list[tuple[str, str]], poster: str, captions: str) -> str:
    """A <video> that plays where it stands, without a sound, again and again."""
    width, height = clip.size
    shown = " default" if clip.captions == "track" else ""
    track = f'<track kind="captions" src="{captions}" srclang="en" label="English"{shown}>\n'
    return (
        f'<video playsinline muted loop controls preload="auto" width="{width}" height="{height}" '
        f'poster="{poster}" aria-label="{html.escape(clip.alt)}">\n'
        + "".join(f'<source src="{source}" type="{kind}">\n' for source, kind in sources)
        + (track if clip.captions != "none" else "")
        + "</video>"
    )


def data_script(clip: Clip, standing: list[Standing]) -> str:
    """What <soakup-clip> knows of a film, to stand inside it."""
    # `<` could begin a tag that ends the script.
    text = json.dumps(data(clip, standing), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json">{text}</script>'


def data(clip: Clip, standing: list[Standing]) -> dict[str, Any]:
    """The same as plain data; `regions` are as soakup-clip.js describes them."""
    stills = [still_url(still) for still in clip.stills]
    quantities: dict[tuple, int] = {}
    at = []
    for s in standing:
        number = quantities.setdefault((s.path, s.value, s.text, s.shown, s.says), len(quantities))
        line = [round(x, 4) for point in s.line for x in point]
        at.append([number, round(s.start, 4), round(s.end, 4), *(round(x, 4) for x in s.box), *line])
    return {
        "title": clip.title,
        "alt": clip.alt,
        "duration": clip.duration,
        "fps": clip.fps,
        "width": clip.size[0],
        "height": clip.size[1],
        "theme": clip.theme,
        "captions": clip.captions,
        "cues": [{"start": cue.start, "end": cue.end, "text": cue.text} for cue in clip.cues if cue.text],
        "beats": [
            {"name": beat.name, "caption": beat.caption, "start": beat.start, "end": beat.end, "still": still}
            for beat, still in zip(clip.beats, stills, strict=True)
        ],
        "regions": {"quantities": [list(q) for q in quantities], "at": at},
    }


def element() -> str:
    """The program of <soakup-clip>."""
    return asset(ELEMENT).read_text(encoding="utf-8")


def script() -> str:
    """The same, to stand inside a page."""
    return element().replace("</script", "<\\/script")


def font_face() -> str:
    """Computer Modern, for a page that holds everything."""
    font = data_url("font/woff2", asset("serif.woff2").read_bytes())
    return f'@font-face {{ font-family: "soakup CMU Serif"; src: url({font}) format("woff2"); font-display: swap; }}'


def asset(name: str) -> Any:
    return resources.files("soakup.assets") / "lectures" / name


def still_url(picture: Image.Image) -> str:
    """A picture as it is for a storyboard: small enough to travel a dozen at a time."""
    width = min(STILL_WIDTH, picture.width)
    small = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    return _encoded(small, "webp", quality=82, method=4)


def picture_url(picture: Image.Image) -> str:
    """A picture as large as it is."""
    return _encoded(picture, "webp", quality=90, method=4)


def _encoded(picture: Image.Image, form: str, **how: Any) -> str:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, form, **how)
    return data_url(f"image/{form}", buffer.getvalue())


def data_url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def url(path: Path) -> str:
    """A relative path as it is written in an attribute of a page."""
    return html.escape(quote(path.as_posix()))


def relative(path: Path, folder: Path) -> Path:
    """Where a file is, seen from a folder."""
    return Path(os.path.relpath(path.absolute(), folder.absolute()))
