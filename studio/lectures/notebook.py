"""The target `notebook`: a Jupyter notebook with the film inside it; and a film shown in a cell of one's own.

clip.ipynb           a notebook whose one cell shows the film; the cell can be copied into another
"""

import json
from pathlib import Path
from typing import Any

from soakup.drawing.transcoding import transcode
from soakup.lectures import web
from soakup.lectures.clip import Clip
from soakup.lectures.embedding import may_be_asked
from soakup.lectures.questions import Standing
from soakup.outputs import work_folder
from soakup.subtitles import write_vtt

ASKS = True
HEIGHT = 480  # pixels, at most: a notebook is read, sent and put under version control as a whole


class Shown:
    """A film as the output of a cell, with all that it needs: the cell's last expression shows it.

    It stays in the notebook when that is saved, sent or exported. Without scripts it is a video with its captions and a
    transcript; with them `<soakup-clip>`, which steps from beat to beat and answers who points.
    """

    def __init__(self, clip: Clip, standing: list[Standing] | None = None) -> None:
        self.title = clip.title
        self.html = _html(clip, may_be_asked(clip, []) if standing is None else standing)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<soakup: “{self.title}”>"


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet."""
    return [output]


def files(clip: Clip, output: Path, *, standing: list[Standing]) -> dict[Path, bytes]:
    """The notebook."""
    near = web.relative(clip.path, output.parent).as_posix()
    shown = Shown(clip, standing)._repr_mimebundle_()
    cell = {
        "cell_type": "code",
        "id": "film",
        "execution_count": 1,
        "metadata": {},
        "source": f"import soakup\n\nsoakup.show({near!r})",
        "outputs": [{"output_type": "execute_result", "execution_count": 1, "data": shown, "metadata": {}}],
    }
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": python, "cells": [cell]}
    return {output: (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()}


def _html(clip: Clip, standing: list[Standing]) -> str:
    film = clip.path
    with work_folder() as folder:
        if clip.size[1] > HEIGHT:
            film = folder / "film.mp4"
            transcode(clip.path, film, "mp4", height=HEIGHT, keyframes=[beat.start for beat in clip.beats])
        data = film.read_bytes()
    width = round(clip.size[0] * min(1, HEIGHT / clip.size[1]))
    player = web.figure(
        clip,
        standing,
        sources=[(web.data_url("video/mp4", data), "video/mp4")],
        poster=web.still_url(clip.poster),
        captions=web.data_url("text/vtt", write_vtt(clip.cues).encode()),
    )
    return f'<div style="max-width:{width}px">{player}</div>\n<script>{web.script()}</script>'
