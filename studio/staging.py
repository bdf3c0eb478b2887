"""A scene made ready to be played: found by its name, given its settings, and set up in a Manim that is silent."""

import difflib
import logging
import random
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from manim import Scene, tempconfig

from soakup.errors import SceneFault, StudioError, is_ours
from soakup.film_writer import FilmWriter
from soakup.passing import cairo
from soakup.scene_file import SceneFile, describe
from soakup.scenes import SCENES
from soakup.scenes.scene import TraceScene

# Manim's own letters: width and height in pixels, frames a second.
QUALITIES = {"l": (854, 480, 15), "m": (1280, 720, 30), "h": (1920, 1080, 60), "k": (3840, 2160, 60)}
DRAFTS = ("l",)  # of these quality, the encoder is in a hurry

SETTINGS = ("text", "model", "layer", "head", "word", "theme", "size", "background", "captions", "pace", "only")


@contextmanager
def manim_at(folder: Path, quality: str, fps: int | None, seed: int) -> Iterator[None]:
    """Manim set to a quality, working in `folder`, and silent; random numbers start from `seed`."""
    if quality not in QUALITIES:
        raise StudioError(f"there is no quality {quality!r}: choose {', '.join(QUALITIES)}")
    width, height, usual_fps = QUALITIES[quality]
    folders = ("video_dir", "images_dir", "sections_dir", "partial_movie_dir", "log_dir", "text_dir", "tex_dir")
    wanted = {
        "pixel_width": width,
        "pixel_height": height,
        "frame_rate": fps or usual_fps,
        "seed": seed,
        "media_dir": str(folder),
        **{name: str(folder / name) for name in folders},
        "disable_caching": True,
        "progress_bar": "none",
        # What follows is Manim's default, but a `manim.cfg` of the user's may ask for something else.
        "renderer": "cairo",
        "format": "auto",
        "background_opacity": 1.0,
        "dry_run": False,
        "from_animation_number": 0,
        "upto_animation_number": -1,
        "save_sections": False,
        "log_to_file": False,
        "preview": False,
        "live_preview": False,
        "enable_gui": False,
        "show_in_file_browser": False,
        "video_codec": "auto",
        "pixel_format": "auto",
        "video_encoder_options": {},
    }
    log = logging.getLogger("manim")
    level = log.level
    log.setLevel(logging.ERROR)
    random.seed(seed)
    np.random.seed(seed)
    try:
        with tempconfig(wanted):
            yield
    finally:
        log.setLevel(level)


def find(scene: str | SceneFile | type[Scene]) -> type[Scene]:
    if isinstance(scene, SceneFile):
        return scene.load()
    if not isinstance(scene, str):
        return scene
    if scene not in SCENES:
        near = difflib.get_close_matches(scene, SCENES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(SCENES)}"
        raise StudioError(f"there is no scene called {scene!r}; {hint}")
    return SCENES[scene]


def name_of(scene: str | SceneFile | type[Scene], scene_class: type[Scene]) -> str:
    if isinstance(scene, SceneFile):
        return f"{scene.path.name}:{scene_class.__name__}"
    return scene if isinstance(scene, str) else scene_class.__name__


def with_settings(scene_class: type[Scene], settings: Mapping[str, Any]) -> type[Scene]:
    """The same scene with these attributes in place of its own."""
    for name in settings:
        if name not in SETTINGS:
            raise StudioError(f"there is no setting {name!r}: choose from {', '.join(SETTINGS)}")
        if not issubclass(scene_class, TraceScene):
            raise StudioError(f"{scene_class.__name__} is a plain Manim scene and has no {name!r} to set: leave it out")
    return type(scene_class.__name__, (scene_class,), {"__module__": scene_class.__module__, **settings})


def set_up(scene_class: type[Scene]) -> tuple[Scene, FilmWriter]:
    """A scene, and the writer that took the place of its own."""
    try:
        scene = scene_class()
        renderer = cairo(scene)
    except (Exception, SystemExit) as error:
        raise explain(error, scene_class, None) from error
    writer = renderer.file_writer = FilmWriter(scene)
    return scene, writer


def explain(error: BaseException, scene_class: type[Scene], writer: FilmWriter | None) -> Exception:
    """What went wrong in a scene, as an error of ours that names the scene, the section and the line."""
    if is_ours(error):
        assert isinstance(error, Exception)
        return error
    where = f" in {writer.section!r}" if writer and writer.section else ""
    file = getattr(sys.modules.get(scene_class.__module__), "__file__", None)
    return SceneFault(f"the scene {scene_class.__name__} failed{where}: {describe(error, file)}")
