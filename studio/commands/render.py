"""`soakup render TEXT`"""

import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from soakup.errors import StudioError
from soakup.lectures.targets import TARGETS
from soakup.outputs import FORMATS, default_path, still_name
from soakup.progress import Clock, Step
from soakup.scene_file import SceneFile

SCENE = "layer-by-layer"

EXAMPLES = """\b
Examples:
  soakup render "The old king gave his youngest daughter a small golden key"
  soakup render "A fluffy blue creature" -q m --word creature -o creature.mp4
  soakup render mine.py:MyScene --beats 2-3 -q l --force --open
  soakup render "A fluffy blue creature" --still 4 -o creature.png
"""


class Beats(click.ParamType):
    """A range of beats, `A-B` or just `A`, counted from 1."""

    name = "A-B"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        written = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", value)
        first, last = (int(written[1]), int(written[2] or written[1])) if written else (0, 0)
        if not 1 <= first <= last:
            self.fail(f"{value!r} is not a range of beats: write it as 2-4, counted from 1", param, ctx)
        return first, last


class Beat(click.ParamType):
    """One beat: its number, counted from 1, or its name."""

    name = "BEAT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        return int(value) if str(value).strip().isdecimal() else value


@click.command(epilog=EXAMPLES)
@click.argument("text")
@click.option("--scene", "--story", "scene", help=f"Which scene or story (see `soakup scenes`).  [default: {SCENE}]")
@click.option("--model", help="Which model (see `soakup models`).  [default: tiny]")
@click.option(
    "-q",
    "--quality",
    type=click.Choice(["l", "m", "h", "k"]),
    default="h",
    show_default=True,
    help="480p15, 720p30, 1080p60 or 2160p60. l is encoded as a draft (x264 ultrafast, crf 20), the others visually "
    "lossless (superfast, crf 15).",
)
@click.option("--fps", type=click.IntRange(1, 240), help="Frames a second, instead of the quality's own.")
@click.option("--layer", type=int, help="The layer to linger on, counted from 1.")
@click.option("--head", type=int, help="The head to show by itself, counted from 1.")
@click.option("--word", help="The word to follow.")
@click.option("--theme", type=click.Choice(["dark", "light"]), help="[default: dark]")
@click.option("--size", type=click.Choice(["16:9", "1:1", "9:16"]), help="The shape of the frame.  [default: 16:9]")
@click.option("--background", help="transparent, or the colour of your slides as #RRGGBB.  [default: the theme's]")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(list(FORMATS)),
    help="Another form beside the .mp4; may be given more than once. webm (VP9), mov (ProRes 4444), apng, webp "
    "and png (every frame, in a .zip) can be transparent; gif and av1 cannot.",
)
@click.option("--limit", type=float, help="The most megabytes a GIF may have: it is made smaller until it fits.")
@click.option("--loop", is_flag=True, help="Let the film end as it begins, to go round and round without a jump.")
@click.option(
    "--captions",
    type=click.Choice(["burned", "track", "none"]),
    help="burned: drawn, and also a track that is off; track: only a track, which is on; none: neither.  "
    "[default: burned]",
)
@click.option("--pace", type=click.FloatRange(0.1, 10), help="Stretches the holds.  [default: 1.0]")
@click.option("--beats", "only", type=Beats(), help="Draw only these beats, counted from 1.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, help="Where a scene's random numbers start.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="FILE.mp4  [default: out/<words-of-the-text>.mp4]"
)
@click.option("--still", type=Beat(), help="Draw no film, but the last frame of this beat (name or number), as a PNG.")
@click.option(
    "--kit",
    type=click.Choice(["full", "minimal"]),
    default="full",
    show_default=True,
    help="What stands beside the film: all of it, or the manifest alone.",
)
@click.option(
    "--for",
    "target",
    type=click.Choice(list(TARGETS)),
    help="Make of the film at once what this tool of a lecture takes (see `soakup embed`).",
)
@click.option("--jobs", type=click.IntRange(1, 256), help="How many processes draw.  [default: one for each core]")
@click.option("--no-cache", is_flag=True, help="Draw anew what earlier renders have drawn.")
@click.option("--force", is_flag=True, help="Write over existing files.")
@click.option("--open", "open_after", is_flag=True, help="Open the film when it is done.")
def render(
    text: str,
    scene: str | None,
    quality: str,
    fps: int | None,
    seed: int,
    output: Path | None,
    still: int | str | None,
    kit: str,
    formats: tuple[str, ...],
    limit: float | None,
    loop: bool,
    target: str | None,
    jobs: int | None,
    no_cache: bool,
    force: bool,
    open_after: bool,
    **settings: Any,
) -> int | None:
    """Film what the model does with TEXT.

    TEXT is a sentence, or FILE.py:SceneName for a scene of your own, written for soakup or for plain Manim; or
    FILE.toml, in which many films stand (see docs/lectures).

    Beside the film stand its manifest (.json), captions (.vtt and .srt), a transcript with times (.md), a text for
    whoever does not see it (.alt.txt), the frame that stands for it (.poster.png) and its last (.last.png). What is
    finished is kept (see `soakup cache`), so that the next render draws only what is new.
    """
    settings = {name: value for name, value in settings.items() if value is not None}
    if text.endswith(".safetensors") and Path(text).is_file():
        raise StudioError(f"{text} holds tensors, and a film is made from a text: look at it with soakup inspect")
    if text.endswith(".toml") and Path(text).is_file():
        if settings or output or target or formats or scene or loop or still is not None:
            raise StudioError(f"{text} says itself how its films are made: leave out all options but --force")
        return _lecture(Path(text), force)
    file = SceneFile.named_by(text)
    if file is None:
        settings["text"] = text
        name = default_path(text)
    else:
        name = default_path(file.scene or file.path.stem)
        if scene is not None:
            raise StudioError(f"{text} is a scene already: leave out --scene {scene}")
    asked: dict[str, Any] = {"quality": quality, "fps": fps, "seed": seed, "settings": settings}

    from soakup import film  # imports Manim

    if still is not None:
        if target:
            raise StudioError("a still is no film to put into a lecture: leave out --still or --for")
        path = output or name.with_suffix(f".{still_name(still)}.png")
        film.save_still(file or scene or SCENE, still, path, force=force, **asked)
        click.echo(path)
        _open(path, open_after)
        return None
    if target:
        from soakup.lectures import embedding

        embedding.check(output or name, target, force=force)
    with _progress() as progress:
        made = film.render(
            file or scene or SCENE,
            output or name,
            **asked,
            force=force,
            kit=kit,
            formats=formats,
            limit=round(limit * 1e6) if limit else None,
            loop=loop,
            jobs=jobs,
            cache=not no_cache,
            progress=progress,
        )
    about = made.manifest
    click.echo(
        f"{made.path} ({_length(about['duration'])}, {about['width']}×{about['height']}, "
        f"{about['fps']:g} frames a second, {_size(made.path.stat().st_size)})"
    )
    if "model" in about:
        click.echo(f"Check every number in it: soakup verify {shlex.quote(str(made.path))}")
    first = made.path
    if target:
        embedded = embedding.embed(made.path, target, force=force)
        first = embedded.files[0]
        for path in embedded.files:
            click.echo(path)
        for note in embedded.notes:
            click.echo(note, err=True)
    _open(first, open_after)
    return None


def _lecture(path: Path, force: bool) -> int:
    """Render all films of a lecture, and say what came of each; 1 where one has failed."""
    from soakup.lecture_file import make, read

    count = len(read(path))
    begun = 0

    @contextmanager
    def filming(entry: Any) -> Iterator[Callable[[Step], None]]:
        nonlocal begun
        begun += 1
        click.echo(f"rendering {entry.output} ({begun} of at most {count})", err=True)
        with _progress() as show:
            yield show

    outcomes = make(path, force=force, filming=filming)
    for outcome in outcomes:
        click.echo(f"{outcome.what:9}  {outcome.entry.output}" + (f": {outcome.reason}" if outcome.reason else ""))
    return 1 if any(outcome.what == "failed" for outcome in outcomes) else 0


def _open(path: Path, asked: bool) -> None:
    if asked and click.launch(str(path)):
        raise StudioError(f"{path} is done, but this system knows no program to open it with")


@contextmanager
def _progress() -> Iterator[Callable[[Step], None]]:
    """What to call after each frame: a bar on a terminal, otherwise one line a beat."""
    if not sys.stderr.isatty():
        yield _line_per_beat()
        return

    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    description, rate = TextColumn("{task.description}", markup=False), TextColumn("{task.fields[rate]}")
    console = Console(stderr=True)
    with Progress(SpinnerColumn(), description, BarColumn(), rate, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None, rate="")
        clock = Clock()

        def show(step: Step) -> None:
            rate = f"{step.frames / clock.spent():.0f} frames/s"
            share, left = clock.read(step)
            if left is not None:
                rate += f" · {left // 60:.0f}:{left % 60:02.0f} left"
            bar.update(task, description=_where(step), total=1 if step.planned else None, completed=share, rate=rate)

        yield show


def _line_per_beat() -> Callable[[Step], None]:
    said = ""

    def say(step: Step) -> None:
        nonlocal said
        if step.total and _where(step) != said:
            said = _where(step)
            click.echo(said, err=True)

    return say


def _length(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _where(step: Step) -> str:
    """The beat being drawn, "3 of 12 · layer 1, attention"."""
    if step.total is None:
        return f"{step.section or 'drawing'}, frame {step.frames:,}"
    return f"{step.number} of {step.total} · {step.section}"
