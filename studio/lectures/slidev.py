"""The target `slidev`: a slide with the film, which plays when its turn comes.

clip.slidev.md       the slide, which is a deck of its own, or pasted or imported into another
public/              the film, its poster and captions, where Slidev looks for what is served as it is
"""

import html
import json
import re
from pathlib import Path

from soakup.lectures import media, web
from soakup.lectures.clip import Clip
from soakup.transcript import clock

FOLDER = "public"
SUFFIX = ".slidev.md"
# The title is YAML, as a string of JSON is; Slidev makes a template of it, in which tags and braces mean something.
# Tags are in one line each: Slidev reads a tag that is broken over lines as text.
SLIDE = """---
title: {title}
layout: none
---

<SlidevVideo autoplay controls loop muted playsinline poster="/{poster}" aria-label="{alt}" style="{style}">
<source src="/{film}" type="video/mp4">{track}
</SlidevVideo>

<!--
{notes}
-->
"""
STYLE = "width: 100%; height: 100%; object-fit: contain; background: {}"


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet."""
    return [output, *media.places(output.parent / FOLDER, media.name_of(output, SUFFIX))]


def files(clip: Clip, output: Path) -> dict[Path, bytes]:
    """The files of this target: `output`, which ends in .md, and those beside it."""
    name = media.name_of(output, SUFFIX)
    film, poster, captions = (web.url(path) for path in media.places(Path(), name))
    shown = " default" if clip.captions == "track" else ""
    track = f'\n<track kind="captions" src="/{captions}" srclang="en" label="English"{shown}>'
    said = [f"{clock(beat.start)} {' '.join((beat.caption or beat.name).split())}" for beat in clip.beats]
    slide = SLIDE.format(
        title=json.dumps(name if re.search("[<{&`]", clip.title) else clip.title, ensure_ascii=False),
        poster=poster,
        alt=html.escape(" ".join(clip.alt.split())),
        style=STYLE.format("#fff" if clip.theme == "light" else "#000"),
        film=film,
        track=track if clip.captions != "none" else "",
        notes="\n".join(said).replace("--", "-\u2060-"),  # two would end the notes
    )
    return {output: slide.encode(), **media.copies(clip, output.parent / FOLDER, name)}
