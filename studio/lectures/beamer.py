"""The target `beamer`: frames for a LaTeX lecture.

clip.tex             a frame with the film: a click plays it in pdfpc, pympress or Okular, all else shows its still
clip.steps.tex       a frame that steps through the beats as stills, in any viewer
clip.animate.tex     a frame with the beats as an animation inside the PDF (Acrobat, Foxit, Okular)
clip.example.tex     a lecture with all three: pdflatex clip.example.tex
clip.beats/          the stills
"""

import io
import os
import re
from pathlib import Path

from PIL import Image

from soakup.errors import OutputError
from soakup.lectures.clip import Clip

SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
SPECIAL |= {character: f"\\{character}" for character in "&%$#_{}"}

MOVIE = r"""% Needs \usepackage{{graphicx,multimedia}}, and {film} beside the PDF.
\begin{{frame}}{title}
  \centering
  \movie[width={width}\textwidth,height={height}\textwidth,showcontrols]{{%
    \includegraphics[width={width}\textwidth]{{{poster}}}}}{{{film}}}
\end{{frame}}
"""
STEPS = r"""% Needs \usepackage{{graphicx}}.
\begin{{frame}}{title}
  \centering
{stills}
\end{{frame}}
"""
ANIMATE = r"""% Needs \usepackage{{animate}}. One picture a beat: a click goes on to the next.
\begin{{frame}}{title}
  \centering
  \animategraphics[step,width={width}\textwidth]{{1}}{{{folder}/}}{{1}}{{{count}}}
\end{{frame}}
"""
EXAMPLE = r"""\documentclass[aspectratio=169]{{beamer}}
\usepackage{{graphicx,multimedia,animate}}
\setbeamertemplate{{navigation symbols}}{{}}
\begin{{document}}
\input{{{one}}}
\input{{{two}}}
\input{{{three}}}
\end{{document}}
"""


def outputs(output: Path) -> list[Path]:
    """What must not stand there yet."""
    texts = [output.with_suffix(f".{name}.tex") for name in ("steps", "animate", "example")]
    return [output, *texts, _folder(output) / "poster.png"]


def files(clip: Clip, output: Path) -> dict[Path, bytes]:
    """The files of this target: `output`, which ends in .tex, and those beside it."""
    film = Path(os.path.relpath(clip.path.absolute(), output.parent.absolute())).as_posix()
    folder = _folder(output)
    for name in (film, output.name):
        if bad := re.search(r"[\\{}%#~^$&\"]", name):
            raise OutputError(f"LaTeX cannot be given a file whose name has a {bad[0]} in it, as {name} has: rename it")
    title = f"{{{_escaped(clip.title)}}}" if clip.title.isascii() else ""
    width, height = (0.95, 0.95 * clip.size[1] / clip.size[0])
    if height > 0.5:  # a slide of 16:9 with a title has no more room
        width, height = 0.5 * width / height, 0.5
    measures = {"title": title, "width": f"{width:.3f}", "height": f"{height:.3f}"}
    numbers = range(1, len(clip.beats) + 1)
    steps = "\n".join(
        rf"  \includegraphics<{n}>[width={width:.3f}\textwidth]{{{folder.name}/{n}.png}}%" for n in numbers
    )
    texts = {
        output: MOVIE.format(film=film, poster=f"{folder.name}/poster.png", **measures),
        output.with_suffix(".steps.tex"): STEPS.format(stills=steps, title=title),
        output.with_suffix(".animate.tex"): ANIMATE.format(folder=folder.name, count=len(clip.beats), **measures),
    }
    example = EXAMPLE.format(**dict(zip(("one", "two", "three"), (path.name for path in texts), strict=True)))
    pictures = {folder / f"{n}.png": still for n, still in zip(numbers, clip.stills, strict=True)}
    return {
        **{path: text.encode() for path, text in texts.items()},
        output.with_suffix(".example.tex"): example.encode(),
        **{path: _png(picture) for path, picture in (pictures | {folder / "poster.png": clip.poster}).items()},
    }


def _folder(output: Path) -> Path:
    return output.with_suffix(".beats")


def _escaped(text: str) -> str:
    return "".join(SPECIAL.get(character, character) for character in text)


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return buffer.getvalue()
