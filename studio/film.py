"""One scene, drawn by Manim, made into a film with its manifest, captions and poster."""

import difflib
import json
import logging
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from manim import Scene, config, tempconfig
from PIL import Image

from soakup import manifest
from soakup.drawing.encoding import Chapter, Encoder
from soakup.drawing.fast import fast_drawing
from soakup.errors import SceneFault, StudioError, is_ours
from soakup.film_writer import FilmWriter, Step
from soakup.outputs import Outputs, work_folder
from soakup.scene_file import SceneFile, describe
from soakup.scenes import SCENES
from soakup.scenes.scene import TraceScene
from soakup.subtitles import Cue, write_vtt

# Manim's own letters: width and height in pixels, frames a second.
QUALITIES = {"l": (854, 480, 15), "m": (1280, 720, 30), "h": (1920, 1080, 60), "k": (3840, 2160, 60)}

SETTINGS = ("text", "model", "layer", "head", "word", "theme", "captions", "pace", "only")


@dataclass(frozen=True)
class Film:
    """A finished film: its files, and what its manifest says of it."""

    files: Outputs
    manifest: dict[str, Any]

    @property
    def path(self) -> Path:
        return self.files.film


def render(
    scene: str | SceneFile | type[Scene],
    output: Path,
    *,
    quality: str = "h",
    fps: int | None = None,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
    force: bool = False,
    progress: Callable[[Step], None] = lambda step: None,
) -> Film:
    """Film a scene: one of ours by its name, one in a file, or any Manim scene class.

    `settings` are attributes of the scene (see SETTINGS); `seed` is where random numbers start; `fps` overrides the
    frame rate of `quality`. Raises a ValueError whose message is one sentence (StudioError, SceneError, ModelError,
    EncodingError) where there can be no film; then, as when interrupted, nothing is written.
    """
    if quality not in QUALITIES:
        raise StudioError(f"there is no quality {quality!r}: choose {', '.join(QUALITIES)}")
    files = Outputs(output)
    files.check(force)
    with work_folder() as folder, _manim_at(folder, quality, fps, seed):
        scene_class = _with_settings(_find(scene), settings or {})
        work = Outputs(folder / "film.mp4")
        rate = Fraction(config.frame_rate).limit_denominator(1001)
        with Encoder(work.film, config.pixel_width, config.pixel_height, rate) as encoder:
            writer = _draw(scene_class, encoder, progress)
            about = _write(work, writer, _name_of(scene, scene_class), seed)
        files.place(work)
    return Film(files, about)


@contextmanager
def _manim_at(folder: Path, quality: str, fps: int | None, seed: int) -> Iterator[None]:
    """Manim set to a quality, working in `folder`, and silent; random numbers start from `seed`."""
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


def _find(scene: str | SceneFile | type[Scene]) -> type[Scene]:
    if isinstance(scene, SceneFile):
        return scene.load()
    if not isinstance(scene, str):
        return scene
    if scene not in SCENES:
        near = difflib.get_close_matches(scene, SCENES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(SCENES)}"
        raise StudioError(f"there is no scene called {scene!r}; {hint}")
    return SCENES[scene]


def _name_of(scene: str | SceneFile | type[Scene], scene_class: type[Scene]) -> str:
    if isinstance(scene, SceneFile):
        return f"{scene.path.name}:{scene_class.__name__}"
    return scene if isinstance(scene, str) else scene_class.__name__


def _with_settings(scene_class: type[Scene], settings: Mapping[str, Any]) -> type[Scene]:
    """The same scene with these attributes in place of its own."""
    for name in settings:
        if name not in SETTINGS:
            raise StudioError(f"there is no setting {name!r}: choose from {', '.join(SETTINGS)}")
        if not issubclass(scene_class, TraceScene):
            raise StudioError(f"{scene_class.__name__} is a plain Manim scene and has no {name!r} to set: leave it out")
    return type(scene_class.__name__, (scene_class,), {"__module__": scene_class.__module__, **settings})


def _draw(scene_class: type[Scene], encoder: Encoder, progress: Callable[[Step], None]) -> FilmWriter:
    """Play the scene into the encoder. Raises SceneFault for whatever goes wrong in it."""
    writer = None
    try:
        with fast_drawing():
            scene = scene_class()
            writer = scene.renderer.file_writer = FilmWriter(scene, encoder, progress)
            scene.render()
    except (Exception, SystemExit) as error:
        if is_ours(error):
            raise
        where = f" in {writer.section!r}" if writer and writer.section else ""
        file = getattr(sys.modules.get(scene_class.__module__), "__file__", None)
        raise SceneFault(f"the scene {scene_class.__name__} failed{where}: {describe(error, file)}") from error
    if not encoder.frames:
        raise SceneFault(f"the scene {scene} plays nothing, so there is nothing to film: give it a self.play(…)")
    return writer


def _write(work: Outputs, writer: FilmWriter, name: str, seed: int) -> dict[str, Any]:
    """Write the four files of a film whose frames are all drawn, and return its manifest."""
    scene, encoder = writer.scene, writer.encoder
    beats = _beats(writer)
    if isinstance(scene, TraceScene):
        cues = [Cue(float(beat.start / encoder.fps), float(beat.end / encoder.fps), beat.caption) for beat in beats]
        settings = {setting: getattr(scene, setting) for setting in SETTINGS if setting not in ("text", "model")}
        title = scene.text
    else:
        cues = [Cue(said.start.total_seconds(), said.end.total_seconds(), said.content) for said in writer.subcaptions]
        settings, title = {}, str(scene)
    about = manifest.describe(
        scene=name,
        trace=scene.trace if isinstance(scene, TraceScene) else None,
        settings={**settings, "seed": seed},
        size=(encoder.width, encoder.height),
        fps=encoder.fps,
        beats=beats,
    )
    text = manifest.dumps(about)
    encoder.finish(
        [Chapter(beat.name, beat.start, beat.end) for beat in beats], metadata={"title": title, manifest.TAG: text}
    )
    work.manifest.write_text(text, encoding="utf-8")
    work.captions.write_text(write_vtt(cues), encoding="utf-8")
    assert writer.poster is not None  # since something was drawn
    Image.fromarray(writer.poster[..., :3]).save(work.poster)
    return json.loads(text)


def _beats(writer: FilmWriter) -> list[manifest.FilmedBeat]:
    """The beats of a film: the sections that were drawn, with what the scene knows of them."""
    records = {beat.name: beat for beat in writer.scene.beats} if isinstance(writer.scene, TraceScene) else {}
    beats = []
    for span in writer.spans:
        record = records.get(span.name)
        beats.append(
            manifest.FilmedBeat(
                name=span.name or str(writer.scene),
                caption=record.caption if record else "",
                start=span.start,
                end=span.end,
                quantities=record.quantities if record else (),
            )
        )
    return beats
