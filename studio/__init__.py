"""soakup: type a sentence, get the film of what the transformer did with it.

    import soakup

    film = soakup.render("The old king gave his youngest daughter a small golden key")
    film.path, film.manifest["duration"]

Importing this imports neither Manim nor PyTorch.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from soakup.app.widget import Explorer
    from soakup.film import Film
    from soakup.lectures.embedding import Made
    from soakup.lectures.notebook import Shown
    from soakup.notebook import Preview

__all__ = ["embed", "explore", "preview", "render", "show"]


def render(
    text: str,
    output: str | Path | None = None,
    *,
    scene: str = "layer-by-layer",
    quality: str = "h",
    fps: int | None = None,
    seed: int = 0,
    loop: bool = False,
    force: bool = False,
    **settings: Any,
) -> "Film":
    """Film what the model does with `text`, into `output` (`out/<words-of-the-text>.mp4`, when not given).

    `quality` is Manim's letter: l 480p15, m 720p30, h 1080p60, k 2160p60; `fps` overrides its frame rate; with
    `loop` it goes back to its first frame at the end. `settings` are those of the scene: `model`, `layer`, `head`,
    `word`, `theme`, `size` ("16:9", "1:1", "9:16"), `captions`, `pace`, `only`. Raises a ValueError whose message is
    one sentence where the film cannot be made, and writes nothing then.
    """
    from soakup import film
    from soakup.outputs import default_path

    return film.render(
        scene,
        Path(output or default_path(text)),
        quality=quality,
        fps=fps,
        seed=seed,
        loop=loop,
        settings={"text": text, **settings},
        force=force,
    )


def preview(text: str, *, scene: str = "layer-by-layer", quality: str = "l", **settings: Any) -> "Preview":
    """What the model does with `text`, for a notebook: as the last expression of a cell, a player and a storyboard.

    The film is in the output itself, and stays in it when the notebook is saved, sent or exported. `settings` and what
    is raised as for `render`. (In a terminal, `soakup preview` opens a page on which the sentence can be changed.)
    """
    from soakup.notebook import Preview

    return Preview(text, scene=scene, quality=quality, settings=settings)


def show(clip: str | Path) -> "Shown":
    """A film of soakup's, for a notebook: as the last expression of a cell, it is shown there, and stays in it.

    Raises NotAClip, a ValueError whose message is one sentence, for what is no film of soakup's.
    """
    from soakup.lectures.clip import Clip
    from soakup.lectures.notebook import Shown

    return Shown(Clip.open(Path(clip)))


def load_ipython_extension(ipython: Any) -> None:
    """`%load_ext soakup` in a notebook: from then on there is `%%soakup`."""
    from soakup.magic import soakup

    ipython.register_magic_function(soakup, "cell")


def explore(text: str, **asked: Any) -> "Explorer":
    """The preview as a widget of a notebook: choose sentence, scene, layer and head, and see its storyboard and draft.

    `asked` may be `scene`, `model`, `layer`, `head`, `word`, `theme` and `size`. It needs the extra `soakup[notebook]`
    and Linux, and lives as long as the kernel: what is to stay in a notebook is `preview`.
    """
    try:
        from soakup.app.widget import explorer
    except ImportError as error:
        from soakup.errors import StudioError

        raise StudioError(f"the widget needs {error.name}: pip install 'soakup[notebook]'") from None
    return explorer({"text": text, **asked})


def embed(
    clip: str | Path, target: str, output: str | Path | None = None, *, force: bool = False, **options: Any
) -> "Made":
    """Make of a film of soakup's what a tool of a lecture takes: "web", "reveal", "pptx", … (see docs/lectures).

    The files go beside the clip, or `output` is the first of them. `options` are those of the target, such as `into`
    and `slide`. Raises a ValueError whose message is one sentence where that cannot be done, and writes nothing then.
    """
    from soakup.lectures import embedding

    return embedding.embed(Path(clip), target, Path(output) if output else None, force=force, options=options)
