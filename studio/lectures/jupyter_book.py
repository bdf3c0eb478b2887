"""The target `jupyter-book`: a page of a Jupyter Book (and of any book of Sphinx with MyST).

clip.book.md         the page: put it beside the book's _config.yml and into its _toc.yml, or paste what it holds
_static/             the film, its poster and captions, and soakup-clip.js

A book takes every file of its _static as it is; its pages know no film with poster and captions but as raw HTML.
"""

from pathlib import Path

from soakup.lectures import media, web
from soakup.lectures.clip import Clip
from soakup.lectures.quarto import plain
from soakup.lectures.questions import Standing

ASKS = True
FOLDER = "_static"
SUFFIX = ".book.md"


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet. (The element is the same for all clips of a folder.)"""
    return [output, *media.places(output.parent / FOLDER, media.name_of(output, SUFFIX))]


def files(clip: Clip, output: Path, *, standing: list[Standing]) -> dict[Path, bytes]:
    """The files of this target: `output`, which ends in .md, and those beside it."""
    name = media.name_of(output, SUFFIX)
    folder = output.parent / FOLDER
    page = f"# {plain(clip.title)}\n\n{media.figure(clip, standing, FOLDER, name)}\n"
    return {
        output: page.encode(),
        **media.copies(clip, folder, name),
        folder / web.ELEMENT: web.element().encode(),
    }
