"""One scene, drawn by Manim, made into a film with all that stands beside it; or one beat into a still."""

import difflib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from manim import ManimColor, Scene, config
from manim.utils.exceptions import EndSceneEarlyException
from PIL import Image

from soakup import formats as forms
from soakup import manifest
from soakup.drawing import alpha, encoding, transcoding
from soakup.drawing.fast import fast_drawing
from soakup.drawing.joining import Chapter, Line, join
from soakup.drawing.looping import first_picture, way_back
from soakup.errors import OutputError, SceneFault, StudioError
from soakup.film_writer import FilmWriter, Span
from soakup.outputs import FORMATS, KITS, Outputs, cache_home, check_name, check_place, work_folder
from soakup.passing import Passing, cairo, picture
from soakup.progress import Step
from soakup.scene_file import SceneFile
from soakup.scenes.scene import TraceScene
from soakup.segment_cache import SegmentCache
from soakup.segments import How, Segments
from soakup.staging import DRAFTS, SETTINGS, explain, find, manim_at, name_of, set_up, with_settings
from soakup.subtitles import Cue, spoken, write_srt, write_vtt
from soakup.transcript import alt_text, cues, title, transcript


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
    kit: str = "full",
    formats: Sequence[str] = (),
    limit: int | None = None,
    loop: bool = False,
    jobs: int | None = None,
    cache: bool = True,
    progress: Callable[[Step], None] = lambda step: None,
) -> Film:
    """Film a scene: one of ours by its name, one in a file, or any Manim scene class.

    `settings` are attributes of the scene (see SETTINGS); `seed` is where random numbers start; `fps` overrides the
    frame rate of `quality`. `kit` says what stands beside the film (see Outputs), `formats` in which of FORMATS
    it stands there too, a GIF with at most `limit` bytes. With `loop` it goes back to its first frame at the end, to go
    round and round. `jobs` processes draw at once (one for each processor core, when not given); where `cache` is
    true, what an earlier render has drawn is not drawn again.

    Raises a ValueError whose message is one sentence (StudioError, SceneError, ModelError,
    EncodingError) where there can be no film; then, as when interrupted, nothing is written but to the cache.
    """
    if kit not in KITS:
        raise StudioError(f"there is no kit {kit!r}: choose {' or '.join(KITS)}")
    files = Outputs(output, kit, tuple(dict.fromkeys(formats)))
    _check_formats(files.formats, settings or {})
    files.check(force)
    with _room_for(output), work_folder() as folder, manim_at(folder, quality, fps, seed):
        work = Outputs(folder / "film.mp4", kit, files.formats)
        scene_class = with_settings(find(scene), settings or {})
        clear = getattr(scene_class, "background", None) == "transparent"

        def how() -> How:
            plain = _how(folder, quality, jobs, cache and not clear)  # what is kept knows nothing of alpha
            return replace(plain, under=255 if getattr(scene_class, "theme", "") == "light" else 0) if clear else plain

        shot = _shoot(scene_class, folder, how, progress, loop)
        about = _write(work, shot, name_of(scene, scene_class), seed, limit)
        files.place(work)
    return Film(files, about)


def still(
    scene: str | SceneFile | type[Scene],
    beat: int | str,
    *,
    quality: str = "h",
    fps: int | None = None,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
) -> np.ndarray:
    """The last frame of a beat (its name, or its number from 1), drawn alone: (height, width, 4) uint8 RGBA.

    Otherwise as `render`. Raises StudioError where the scene has no such beat.
    """
    with work_folder() as folder, manim_at(folder, quality, fps, seed), fast_drawing():
        scene_class = with_settings(find(scene), settings or {})
        drawn, writer = set_up(scene_class)
        taken: list[np.ndarray] = []

        def take(section: str) -> None:
            number = writer.number if isinstance(drawn, TraceScene) else len(writer.spans)
            if beat in (section or str(drawn), number):
                taken.append(picture(drawn))
                raise EndSceneEarlyException

        def play(scene: Scene, *animations: Any, **kwargs: Any) -> None:
            frames = Passing(scene, *animations, **kwargs).finish()
            if not writer.skips:
                writer.frames += frames

        writer.section_ends = take
        cairo(drawn).play = play  # type: ignore[method-assign]
        try:
            drawn.render()
        except EndSceneEarlyException:  # of the last beat, which ends after all that Manim catches it in
            pass
        except (Exception, SystemExit) as error:
            raise explain(error, scene_class, writer) from error
    if not taken:
        names = [span.name or str(drawn) for span in writer.spans]
        asked = f"number {beat}" if isinstance(beat, int) else repr(beat)
        near = difflib.get_close_matches(str(beat), names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {len(names)}: {', '.join(names)}"
        raise StudioError(f"{drawn} has no beat {asked}: {hint}")
    return taken[0]


def pass_over(
    scene: str | SceneFile | type[Scene],
    look: Callable[[Scene, int], None],
    *,
    fps: int,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
) -> list[Span]:
    """Play a scene without drawing it, as `render` would film it: `look(scene, frames)` sees it after each play that is
    in the film, of which so many frames have passed then. Returns the sections of the film. Raises as `render` does."""
    with work_folder() as folder, manim_at(folder, "h", fps, seed), fast_drawing():
        scene_class = with_settings(find(scene), settings or {})
        played, writer = set_up(scene_class)

        def play(scene: Scene, *animations: Any, **kwargs: Any) -> None:
            frames = Passing(scene, *animations, **kwargs).finish()
            if not writer.skips:
                writer.frames += frames
                look(scene, writer.frames)

        cairo(played).play = play  # type: ignore[method-assign]
        try:
            played.render()
        except (Exception, SystemExit) as error:
            raise explain(error, scene_class, writer) from error
    return writer.spans


def save_still(
    scene: str | SceneFile | type[Scene], beat: int | str, output: Path, *, force: bool = False, **how: Any
) -> None:
    """Write a `still` as a PNG, whole or not at all. Raises OutputError where it cannot be put there."""
    if output.suffix.lower() != ".png":
        raise OutputError(f"{output} is to be a still, and soakup writes those as .png files: name it FILE.png")
    check_name(output)
    check_place(output, force)
    pixels = still(scene, beat, **how)
    part = output.with_name(f".{output.name}.part")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels[..., :3]).save(part, format="png")
        part.replace(output)
    except OSError as error:
        raise OutputError(f"cannot write {output}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _room_for(output: Path) -> Iterator[None]:
    """A full disk, and whatever else may keep files from being written, as an OutputError."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"cannot make {output}: {error.strerror}") from error


@dataclass(frozen=True)
class Shot:
    """A scene that has been played to its end, and all of whose frames are drawn."""

    scene: Scene
    writer: FilmWriter
    segments: Segments
    poster: np.ndarray  # the frame that stands for the film: (height, width, 4) RGBA
    poster_at: int  # which that is, counted from 0
    last: np.ndarray  # its last frame


def _empty(scene: Scene) -> np.ndarray:
    """One pixel of a scene's ground, (4,) RGBA."""
    camera = cairo(scene).camera
    colour = ManimColor(camera.background_color).to_int_rgb()
    return np.array([*colour, round(255 * camera.background_opacity)], np.uint8)


def _how(folder: Path, quality: str, jobs: int | None, cached: bool) -> How:
    width, height = config.pixel_width, config.pixel_height
    encoding.check(width, height)
    fps = Fraction(config.frame_rate).limit_denominator(1001)
    speed = "draft" if quality in DRAFTS else "final"
    cache = SegmentCache(cache_home(), width, height, fps, speed, work=folder) if cached else None
    if cache:
        cache.trim()
    return How(width, height, fps, speed, jobs or len(os.sched_getaffinity(0)), cache)


def _shoot(
    scene_class: type[Scene],
    folder: Path,
    ask_how: Callable[[], How],
    progress: Callable[[Step], None],
    loop: bool = False,
) -> Shot:
    """Play a scene and have it drawn, with `loop` and the way back to its start.

    Raises SceneFault for whatever goes wrong in it.
    """
    with ExitStack() as stack:
        stack.enter_context(fast_drawing())
        scene, writer = set_up(scene_class)
        how = ask_how()  # only now, for the scene decides the shape of its frame
        posters: list[tuple[np.ndarray, int]] = []

        def section_ends(name: str) -> None:
            if name == getattr(scene, "poster_beat", None):
                posters.append((picture(scene), writer.frames - 1))

        def explained(error: BaseException) -> Exception:
            return explain(error, scene_class, writer)

        writer.section_ends = section_ends
        segments = stack.enter_context(Segments(scene, writer, folder, how, explained, _Teller(scene, progress)))
        segments.play()
        if not segments.segments:
            raise SceneFault(f"the scene {scene} plays nothing, so there is nothing to film: give it a self.play(…)")
        last = picture(scene)
        poster, poster_at = posters[0] if posters else (last, writer.frames - 1)
        if loop:
            first = first_picture(segments.segments[0].path, how.under)
            segments.append(way_back(last, first, _empty(scene), how.fps))
        return Shot(scene, writer, segments, poster, poster_at, last)


class _Teller:
    """Tells, in the order of the film, how far its segments are."""

    def __init__(self, scene: Scene, progress: Callable[[Step], None]) -> None:
        self.scene, self.progress = scene, progress
        self.told = 0  # segments of which the end was told

    def __call__(self, segments: Segments) -> None:
        all_of_them = segments.segments
        frames = sum(segment.drawn for segment in all_of_them)
        total = planned = None
        if isinstance(self.scene, TraceScene):
            total = len(self.scene.beat_names)
            first, last = self.scene.only or (1, total)
            planned = last - first + 1
        while self.told < len(all_of_them):
            segment = all_of_them[self.told]
            done = len({before.number for before in all_of_them[: self.told]} - {segment.number})
            self.progress(Step(frames, segment.section, segment.number, total, done, planned))
            if not segment.done:
                break
            self.told += 1


def _check_formats(formats: Sequence[str], settings: Mapping[str, Any]) -> None:
    encoding.check(2, 2)  # the encoder of every film, before Manim misses it
    for form in formats:
        if form not in FORMATS:
            raise StudioError(f"there is no format {form!r}: choose {', '.join(FORMATS)}")
        if form in transcoding.FORMS:
            transcoding.available(form)
    if settings.get("background") == "transparent" and set(formats) == {"gif"}:
        raise StudioError(
            "in a GIF a pixel is seen through wholly or not at all, so letters would have ragged, dark edges: "
            f"add --format {' or '.join(forms.WITH_ALPHA)}"
        )
    if settings.get("background") == "transparent" and not set(formats) & set(forms.WITH_ALPHA):
        raise StudioError(f"an .mp4 cannot be transparent: add --format {' or '.join(forms.WITH_ALPHA)}")


def _write(work: Outputs, shot: Shot, name: str, seed: int, limit: int | None) -> dict[str, Any]:
    """Write the files of a film whose frames are all drawn, and return its manifest."""
    scene, writer, how = shot.scene, shot.writer, shot.segments.how
    told = isinstance(scene, TraceScene)
    beats = _beats(scene, writer)
    names = [setting for setting in SETTINGS if setting not in ("text", "model")] if told else []
    described = manifest.describe(
        scene=name,
        idea=scene.idea if isinstance(scene, TraceScene) else "",
        trace=scene.trace if isinstance(scene, TraceScene) else None,
        settings={**{setting: getattr(scene, setting) for setting in names}, "seed": seed},
        size=(how.width, how.height),
        fps=how.fps,
        beats=beats,
        subcaptions=None if told else list(_spoken(writer, shot.segments.skipped)),
        poster=shot.poster_at,
        frames=sum(segment.frames for segment in shot.segments.segments),
    )
    text = manifest.dumps(described)
    about = json.loads(text)
    captions = about["settings"].get("captions", "track")
    join(
        [segment.path for segment in shot.segments.segments],
        work.film,
        how.fps,
        [Chapter(beat.name, beat.start, beat.end) for beat in beats],
        metadata={"title": title(about), manifest.TAG: text},
        captions=[Line(c.text, c.start, c.end) for c in spoken(cues(about)) if captions != "none"],
        show_captions=captions == "track",
    )
    segments = [(segment.path, segment.frames) for segment in shot.segments.segments]
    for form in work.formats:
        forms.write(
            form,
            work.format(form),
            work.film,
            how.fps,
            on_no_ground=segments if how.under is not None else None,
            limit=limit,
            keyframes=[beat["start"] for beat in about["beats"]],
            metadata={"title": title(about), manifest.TAG: text},
        )
    work.manifest.write_text(text, encoding="utf-8")
    if work.kit == "full":
        work.captions.write_text(write_vtt(cues(about)), encoding="utf-8")
        work.subtitles.write_text(write_srt(cues(about)), encoding="utf-8")
        work.transcript.write_text(transcript(about), encoding="utf-8")
        work.alt.write_text(alt_text(about) + "\n", encoding="utf-8")
        for pixels, path in ((shot.poster, work.poster), (shot.last, work.last)):
            Image.fromarray(pixels[..., :3] if how.under is None else alpha.straight(pixels, how.under)).save(path)
    return about


def _spoken(writer: FilmWriter, skipped: list[tuple[float, float]]) -> Iterator[Cue]:
    """The captions of a plain scene, in the film's time."""
    for said in writer.subcaptions:
        start, end = said.start.total_seconds(), said.end.total_seconds()
        middle = (start + end) / 2
        if any(a < middle < b for a, b in skipped):
            continue
        before = sum(b - a for a, b in skipped if b < middle)
        yield Cue(start - before, end - before, said.content)


def _beats(scene: Scene, writer: FilmWriter) -> list[manifest.FilmedBeat]:
    """The beats of a film: the sections that were drawn, with what the scene knows of them."""
    records = {beat.name: beat for beat in scene.beats} if isinstance(scene, TraceScene) else {}
    return [
        manifest.FilmedBeat(
            name=span.name or str(scene),
            caption=record.caption if (record := records.get(span.name)) else "",
            start=span.start,
            end=span.end,
            quantities=record.quantities if record else (),
        )
        for span in writer.spans
    ]
