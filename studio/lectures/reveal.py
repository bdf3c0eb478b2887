"""The target `reveal`: a reveal.js deck that holds everything, and a <section> for a deck of one's own.

clip.reveal.html     the deck: the arrow keys step from beat to beat inside the clip, and back; S opens the notes
clip.section.html    the slide alone; it asks for the film and its poster, and soakup-clip.js beside it
soakup-clip.js       the element <soakup-clip>, which follows the deck's steps
"""

import html
from pathlib import Path

from soakup.lectures.clip import Clip
from soakup.lectures.questions import Standing
from soakup.lectures.web import (
    ELEMENT,
    asset,
    beside,
    data_script,
    data_url,
    element,
    font_face,
    picture_url,
    relative,
    script,
    url,
    video,
)
from soakup.subtitles import write_vtt

ASKS = True
HEIGHT = 1080  # of a slide, in reveal.js's pixels

DECK = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{reveal_css}
{font}
:root {{ --r-background-color: {ground}; --r-link-color: #58C4DD; }}
body {{ background: {ground}; }}
.reveal-viewport {{ background: {ground}; color: {ink}; }}
.reveal {{ font: 48px/1.3 "soakup CMU Serif", "CMU Serif", Georgia, serif; color: {ink}; text-align: center; }}
.reveal h1 {{ font: inherit; font-size: 84px; line-height: 1.2; margin: 0 auto; max-width: 85%; text-wrap: balance; }}
.reveal .quiet {{ margin-top: 1.2em; opacity: .7; font-size: 40px; }}
.reveal .controls, .reveal .progress {{ color: {quiet}; }}
.reveal .slides section {{ height: 100%; padding: 0; }}
.reveal .title {{ display: flex !important; flex-direction: column; justify-content: center; }}
</style>
</head>
<body>
<!--
reveal.js is used here under this licence:

{licence}
-->
<div class="reveal">
<div class="slides">
<section class="title">
<h1>{title}</h1>
<p class="quiet">{quietly}</p>
<aside class="notes">The arrow keys go from beat to beat inside the film, and back.</aside>
</section>
{section}
</div>
</div>
<script>
{reveal_js}
</script>
<script>
{notes_js}
</script>
<script>
{script}
</script>
<script>
Reveal.initialize({{
  width: {width}, height: {height}, margin: 0, center: false, hash: true, transition: "fade", controlsTutorial: false,
  plugins: [RevealNotes],
}});
</script>
</body>
</html>
"""


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet. (The element is the same for all clips of a folder.)"""
    return [output, _section_file(output)]


def files(clip: Clip, output: Path, *, standing: list[Standing]) -> dict[Path, bytes]:
    """The files of this target: `output`, which ends in .html, and those beside it."""
    light = clip.theme == "light"
    width, height = clip.size
    model = clip.about.get("model", {}).get("name")
    deck = DECK.format(
        title=html.escape(clip.title),
        quietly=f"as the transformer {html.escape(model)} reads it" if model else "",
        reveal_css=(asset("reveal") / "reveal.css").read_text(encoding="utf-8"),
        reveal_js=(asset("reveal") / "reveal.js").read_text(encoding="utf-8"),
        notes_js=(asset("reveal") / "notes.js").read_text(encoding="utf-8"),
        licence=(asset("reveal") / "LICENSE").read_text(encoding="utf-8").strip(),
        font=font_face(),
        script=script(),
        ground="#fff" if light else "#000",
        ink="#000" if light else "#fff",
        quiet="#6E6E6E" if light else "#888888",
        width=round(HEIGHT * width / height),
        height=HEIGHT,
        section=section(
            clip,
            standing,
            sources=[(data_url("video/mp4", clip.path.read_bytes()), "video/mp4")],
            poster=picture_url(clip.frames([0])[0]),
            captions=data_url("text/vtt", write_vtt(clip.cues).encode()),
        ),
    )
    near = relative(clip.path, output.parent)
    slide = section(
        clip,
        standing,
        sources=[(url(near), "video/mp4")],
        poster=url(near.with_suffix(".poster.png")),
        captions=url(near.with_suffix(".vtt")),
    )
    return {
        output: deck.encode(),
        _section_file(output): f'{slide}\n<script src="{ELEMENT}" defer></script>\n'.encode(),
        output.with_name(ELEMENT): element().encode(),
        **beside(clip),
    }


def section(clip: Clip, standing: list[Standing], *, sources: list[tuple[str, str]], poster: str, captions: str) -> str:
    """The slide of a film: its first beat plays on arrival, and each fragment is a further one."""
    steps = "\n".join(
        f'<span class="fragment" data-beat="{i}" data-notes="{html.escape(beat.caption or beat.name)}"></span>'
        for i, beat in enumerate(clip.beats)
        if i
    )
    first = clip.beats[0]
    film = video(clip, sources=sources, poster=poster, captions=captions).replace(" loop controls", "", 1)
    ground = "#ffffff" if clip.theme == "light" else "#000000"
    return f"""<section data-background-color="{ground}">
<soakup-clip controls="none" style="--soakup-max-height: 100%">
{film}
{data_script(clip, standing)}
</soakup-clip>
{steps}
<aside class="notes">{html.escape(first.caption or first.name)}</aside>
</section>"""


def _section_file(output: Path) -> Path:
    return output.with_name(output.name.removesuffix(".html").removesuffix(".reveal") + ".section.html")
