"""Plays a scene without drawing a frame, and holds every moment of it against the rules."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from manim import Mobject, Scene, config

from soakup.check import motion, still
from soakup.check.captions import Captions
from soakup.check.fault import Fault, merged
from soakup.check.snapshot import Snapshot
from soakup.scenes.scene import TraceScene
from soakup.staging import find, manim_at, name_of, with_settings

FPS = 10  # frames looked at in a second of film
CLOSER = 6  # times as many, where something may have jumped
EVERY = 2  # of the frames of a play, how many one at which all rules are held against it


@dataclass(frozen=True)
class Checked:
    """What was looked at, and what was wrong: of `scene`, so many beats, seconds and moments."""

    scene: str
    beats: int
    seconds: float
    moments: int
    faults: list[Fault]


def check(scene: Any, settings: Mapping[str, Any] | None = None) -> Checked:
    """Audit a scene (as `soakup.film.render` takes it) with its settings.

    Raises a ValueError whose message is one sentence where the scene cannot be played.
    """
    with tempfile.TemporaryDirectory() as folder, manim_at(Path(folder), "l", FPS, seed=0):
        config.dry_run = True
        scene_class = with_settings(find(scene), settings or {})
        name = name_of(scene, scene_class)
        watched = scene_class()
        watcher = Watcher(watched)
        watched.render()
    return watcher.checked(name)


class Watcher:
    """Takes the drawing from a scene's renderer, and looks instead.

    Every frame is compared with the one before; every second one of a play and every hold are held against the rules of
    the moment.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.faults: list[Fault] = []
        self.captions = Captions()
        self.before: Snapshot | None = None  # the end of the play before
        self.last: Snapshot | None = None  # the frame before, in this play
        self.speeds: dict[int, float] = {}  # of what moved in it
        self.moving: set[int] | None = None  # what this play may change, by identity (None: everything)
        self.moments = 0
        renderer: Any = scene.renderer
        self._play = renderer.play
        renderer.play = self.play
        renderer.render = self.frame
        renderer.freeze_current_frame = self.hold
        renderer.update_frame = renderer.save_static_frame_data = _nothing

    def play(self, scene: Scene, *args: Any, **kwargs: Any) -> None:
        self._play(scene, *args, **kwargs)
        end = self.look(())
        if self.last is not None:
            self.note(motion.within_a_play([self.last, end], motion.sudden(self.last, end, self.speeds)))
        self.before, self.last, self.speeds, self.moving = end, None, {}, None

    def frame(self, scene: Scene, time: float, moving: Iterable[Mobject] | None = None) -> None:
        """A frame of a play."""
        if self.last is None:
            self.moving = _moved_by(scene)
        screen = self.look(still.AT_ANY_TIME if self.moments % EVERY == 0 else (), since=self.last)
        self.moments += 1
        self.compare(screen, time - 1 / FPS, time)
        nearly = scene.duration - 1 / (FPS * CLOSER)
        if time < nearly < time + 1 / FPS:  # the last frame: the end is not so far from it that it seems a jump
            scene.update_to_time(nearly)
            self.compare(self.look((), since=screen), time, nearly)
        self.pass_time(1 / FPS)

    def compare(self, screen: Snapshot, then: float, now: float) -> None:
        """Look for jumps from the moment before, at `then` in its play, to this one."""
        if self.last is not None:
            suspects = motion.sudden(self.last, screen, self.speeds)
            if suspects:
                self.note(motion.within_a_play([self.last, *self.closer(then, now), screen], suspects))
            self.speeds = motion.speeds(self.last, screen)
        self.last = screen

    def closer(self, then: float, now: float) -> list[Snapshot]:
        """The moments between two of a play."""
        moments = []
        for part in range(1, CLOSER):
            self.scene.update_to_time(then + (now - then) * part / CLOSER)
            moments.append(Snapshot(self.scene, self.last, self.moving))
        self.scene.update_to_time(now)
        return moments

    def hold(self, duration: float) -> None:
        """A still, for so long."""
        self.moments += 1
        self.look(still.AT_REST, duration)
        self.pass_time(duration)

    def look(self, rules: Iterable[still.Rule], lasting: float = 0.0, since: Snapshot | None = None) -> Snapshot:
        """Hold the screen against some rules; `since` is the frame before it in the same play."""
        screen = Snapshot(self.scene, since, self.moving)
        if self.last is not None:
            screen.note_motion(self.last)
        for rule in rules:
            self.note(rule(screen), lasting)
        if self.before is not None:
            self.note(motion.between_plays(self.before, screen))
            self.before = None
        return screen

    def pass_time(self, seconds: float) -> None:
        start = self.scene.time
        self.scene.renderer.time += seconds
        if isinstance(self.scene, TraceScene):
            self.captions.look(self.scene, start, self.scene.time)

    def note(self, faults: Iterator[Fault], lasting: float = 0.0) -> None:
        now, beat = self.scene.time, getattr(self.scene, "beat", "")
        self.faults += [replace(fault, time=now, until=now + lasting, beat=beat) for fault in faults]

    def checked(self, name: str) -> Checked:
        scene = self.scene
        beats = scene.beats if isinstance(scene, TraceScene) and scene.captions == "burned" else []
        faults = merged([*self.faults, *self.captions.faults(beats)])
        return Checked(name, len(getattr(self.scene, "beat_names", ())), self.scene.time, self.moments, faults)


def _moved_by(scene: Scene) -> set[int] | None:
    """What the animations being played may change, by identity; None where something changes by itself.

    (The end of every play is looked at as a whole: what an animation changes without holding it jumps there.)
    """
    if scene.updaters or any(m.updaters for mobject in scene.mobjects for m in mobject.get_family()):
        return None
    waiting: list[Any] = list(scene.animations or ())
    moved: set[int] = set()
    while waiting:
        animation = waiting.pop()
        moved.update(map(id, animation.mobject.get_family()))
        waiting += getattr(animation, "animations", ())
    return moved


def _nothing(*args: Any, **kwargs: Any) -> None: ...
