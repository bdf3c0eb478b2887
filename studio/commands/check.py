"""`soakup check TEXT`"""

from pathlib import Path
from typing import Any

import click

from soakup.errors import StudioError
from soakup.outputs import SUFFIX
from soakup.scene_file import SceneFile

SCENE = "layer-by-layer"


@click.command()
@click.argument("text")
@click.option("--scene", "--story", "scene", help=f"Which scene or story (see `soakup scenes`).  [default: {SCENE}]")
@click.option("--model", help="Which model (see `soakup models`).  [default: tiny]")
@click.option("--layer", type=int, help="The layer to linger on, counted from 1.")
@click.option("--head", type=int, help="The head to show by itself, counted from 1.")
@click.option("--word", help="The word to follow.")
@click.option("--theme", type=click.Choice(["dark", "light"]), help="[default: dark]")
@click.option("--size", type=click.Choice(["16:9", "1:1", "9:16"]), help="The shape of the frame.  [default: 16:9]")
def check(text: str, scene: str | None, **settings: Any) -> int:
    """Play the film of TEXT without drawing it, and say what a viewer would stumble over.

    TEXT is a sentence, FILE.py:SceneName for a scene of your own, or the FILE.mp4 of a film, which is played again as
    its manifest says it was made. Finds text that lies on text, is crossed, too
    small, too faint or not on its line, what leaves the frame, jumps or is there at once, and captions that go before
    they can have been read.

    Exits with 0 where nothing is wrong, with 1 and a line for each fault where something is.
    """
    settings = {name: value for name, value in settings.items() if value is not None}
    file = SceneFile.named_by(text)
    if Path(text).suffix.lower() == SUFFIX and Path(text).is_file():
        if settings or scene:
            raise StudioError(f"{text} says itself how it was made: leave out the options")
        scene, settings = _as_made(Path(text))
        file = SceneFile.named_by(scene)
    elif file is None:
        settings["text"] = text
    elif scene is not None:
        raise StudioError(f"{text} is a scene already: leave out --scene {scene}")

    from soakup.check import check  # imports Manim

    checked = check(file or scene or SCENE, settings)
    for fault in checked.faults:
        click.echo(fault)
    if checked.faults:
        return 1
    length = f"{checked.seconds:.0f} seconds" + (f" and {checked.beats} beats" if checked.beats else "")
    click.echo(
        f"{checked.scene}: nothing wrong in {length}. No text lies on another, is crossed, too small, too faint or off "
        "its line; nothing leaves the frame, jumps or is there at once; every caption can be read."
    )
    return 0


def _as_made(clip: Path) -> tuple[str, dict[str, Any]]:
    """The scene of a film, and the settings it was told with, from its manifest. Raises NotAClip where it has none."""
    from soakup import manifest  # imports numpy

    about = manifest.read(clip)
    if "model" not in about:
        return about["scene"], {}
    settings = {name: value for name, value in about["settings"].items() if value is not None and name != "seed"}
    if "only" in settings:
        settings["only"] = tuple(settings["only"])
    return about["scene"], {**settings, "text": about["text"], "model": about["model"]["name"]}
