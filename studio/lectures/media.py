"""A film with its poster and its captions, in the folder in which a tool looks for what its pages show."""

import io
from pathlib import Path

from soakup.lectures import web
from soakup.lectures.clip import Clip
from soakup.lectures.questions import Standing
from soakup.subtitles import write_vtt


def places(folder: Path, name: str) -> list[Path]:
    """Where the film, its poster and its captions go."""
    return [folder / f"{name}{ending}" for ending in (".mp4", ".poster.png", ".vtt")]


def copies(clip: Clip, folder: Path, name: str) -> dict[Path, bytes]:
    """The three files."""
    poster = io.BytesIO()
    clip.poster.save(poster, "png")
    contents = (clip.path.read_bytes(), poster.getvalue(), write_vtt(clip.cues).encode())
    return dict(zip(places(folder, name), contents, strict=True))


def figure(clip: Clip, standing: list[Standing], folder: str, name: str) -> str:
    """The <figure> with <soakup-clip>, as one block of raw HTML, for a page beside `folder`."""
    film, poster, captions = (web.url(path) for path in places(Path(folder), name))
    text = web.figure(clip, standing, sources=[(film, "video/mp4")], poster=poster, captions=captions)
    text += f'\n<script src="{web.url(Path(folder, web.ELEMENT))}" defer></script>'
    return "\n".join(line for line in text.splitlines() if line.strip())


def name_of(output: Path, suffix: str) -> str:
    """What the three are called: as the page is, without the suffix of the target or of its kind."""
    return output.name.removesuffix(suffix) if output.name.endswith(suffix) else output.stem
