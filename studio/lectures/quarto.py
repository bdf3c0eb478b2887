"""The target `quarto`: a document with the film, whose block can be pasted into one of one's own.

clip.qmd             the document: quarto render clip.qmd
media/               the film, its poster and captions, and soakup-clip.js

Quarto's shortcode `video` knows neither poster nor captions, so the film stands in it as raw HTML.
"""

import json
from pathlib import Path

from soakup.lectures import media, web
from soakup.lectures.clip import Clip
from soakup.lectures.questions import Standing

ASKS = True
FOLDER = "media"
SPECIAL = "\\`*_{}[]<>#|~$&^@'\""  # in Markdown
DOCUMENT = """---
title: {title}
format: html
resources:
{resources}
---

<!-- From here on it can be pasted into a document of your own, with media/ beside that and among its resources. -->

`````{{=html}}
{figure}
`````

::: {{.content-visible unless-format="html"}}
![{alt}]({poster})
:::
"""


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet. (The element is the same for all clips of a folder.)"""
    return [output, *media.places(output.parent / FOLDER, media.name_of(output, ".qmd"))]


def files(clip: Clip, output: Path, *, standing: list[Standing]) -> dict[Path, bytes]:
    """The files of this target: `output`, which ends in .qmd, and those beside it."""
    name = media.name_of(output, ".qmd")
    shown = media.places(Path(FOLDER), name)
    document = DOCUMENT.format(
        title=json.dumps(clip.title, ensure_ascii=False),  # as YAML writes a string too
        resources="\n".join(f"  - {json.dumps(path.as_posix())}" for path in (*shown, Path(FOLDER, web.ELEMENT))),
        figure=media.figure(clip, standing, FOLDER, name),
        alt=plain(clip.alt),
        poster=web.url(shown[1]),
    )
    folder = output.parent / FOLDER
    return {
        output: document.encode(),
        **media.copies(clip, folder, name),
        folder / web.ELEMENT: web.element().encode(),
    }


def plain(text: str) -> str:
    """Text as Markdown that says it and nothing more."""
    return "".join(f"\\{c}" if c in SPECIAL else c for c in text)
