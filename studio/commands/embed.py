"""`soakup embed CLIP.mp4 --for TARGET`"""

from pathlib import Path
from typing import Any

import click

from soakup.lectures.targets import TARGETS

EXAMPLES = """\b
Examples:
  soakup embed key.mp4 --for web
  soakup embed key.mp4 --for reveal -o lecture.html
  soakup embed key.mp4 --for pptx --into lecture.pptx --slide 7
"""


@click.command(epilog=EXAMPLES)
@click.argument("clip", type=click.Path(path_type=Path))
@click.option(
    "--for", "target", required=True, type=click.Choice(list(TARGETS)), help="The tool it is for (see docs/lectures)."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="FILE  [default: beside the clip]")
@click.option("--into", type=click.Path(path_type=Path), help="pptx: your own deck. It stays as it is; see -o.")
@click.option("--slide", type=int, help="pptx: into which of its slides, counted from 1.")
@click.option("--box", help="pptx: where on it, left,top,width,height, each in %, cm, mm, in or pt.")
@click.option("--play", type=click.Choice(["auto", "click"]), help="pptx: when it plays.  [default: auto]")
@click.option("--loop", is_flag=True, default=None, help="pptx: play it again and again.")
@click.option("--force", is_flag=True, help="Write over existing files.")
def embed(clip: Path, target: str, output: Path | None, force: bool, **options: Any) -> None:
    """Make of CLIP, a film of soakup's, the file that the tool of your lecture takes."""
    from soakup.lectures.embedding import embed as make

    made = make(clip, target, output, force=force, options={n: v for n, v in options.items() if v is not None})
    for path in made.files:
        click.echo(path)
    for note in made.notes:
        click.echo(note, err=True)
