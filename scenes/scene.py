"""What all our scenes are: a story of beats, told from one Trace, on an ordinary Manim scene.

A subclass sets `text` (and what else it likes) and tells its story:

    class Mine(LayerByLayer):
        text = "The old king gave his youngest daughter a small golden key"

Each beat is a Manim section and its caption a Manim subcaption, so plain Manim knows of them too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from typing import TypeVar

from manim import Animation, FadeIn, FadeOut, Mobject, Scene, VGroup, smooth

from soakup.model.trace import Trace
from soakup.scenes import style
from soakup.scenes.errors import SceneError
from soakup.scenes.motion import HIDDEN
from soakup.scenes.quantity import Quantity
from soakup.scenes.screen import Screen, set_size, the_screen
from soakup.scenes.words import Words, line_width

Written = TypeVar("Written", bound=Mobject)
CAPTIONS = ("burned", "track", "none")


@dataclass(frozen=True)
class Beat:
    """One idea of a story: its name, and the method that plays it."""

    name: str
    play: Callable[[], None]


@dataclass
class BeatRecord:
    """What a beat was: when it stood in the film (seconds), what it said, and every quantity it showed."""

    name: str
    caption: str
    start: float
    end: float
    quantities: list[Quantity] = field(default_factory=list)


class TraceScene(Scene):
    """A scene told from a Trace. Subclasses yield their beats from `story`."""

    idea = ""  # one line for the list of scenes
    poster_beat: str | None = None  # the beat whose last frame stands for the film

    text: str = "The old king gave his youngest daughter a small golden key"
    model: str = "tiny"
    layer: int | None = None  # which layer to linger on, counted from 1; chosen by findings when not given
    head: int | None = None  # which of its heads
    word: str | None = None  # which word to follow
    theme: str = "dark"
    size: str = "16:9"  # or "1:1" or "9:16"
    background: str | None = None  # "transparent", or a ground of another colour than the theme's, as #RRGGBB
    captions: str = "burned"  # drawn; or "track", only as a track of the film, or "none"
    pace: float = 1.0  # stretches the holds
    only: tuple[int, int] | None = None  # the first and last beat to draw, counted from 1
    trace: Trace | None = None  # told instead of `text`, where it is given

    def story(self) -> Iterable[Beat]:
        """The beats, in order."""
        raise NotImplementedError(f"{type(self).__name__} tells no story: give it a method `story` that yields beats")

    # --- telling ---

    def __init__(self, *args, **kwargs) -> None:
        set_size(self.size)  # before the camera is made
        super().__init__(*args, **kwargs)

    @property
    def screen(self) -> Screen:
        """The frame to lay things out in."""
        return the_screen()

    def setup(self) -> None:
        super().setup()
        if self.theme not in style.THEMES:
            raise SceneError(f"there is no theme {self.theme!r}: choose {' or '.join(style.THEMES)}")
        if self.captions not in CAPTIONS:
            raise SceneError(f"there are no captions {self.captions!r}: choose {', '.join(CAPTIONS)}")
        self.style = style.THEMES[self.theme]
        if self.background == "transparent":
            self.camera.background_opacity = 0
        elif self.background is not None:
            self.style = style.on_ground(self.style, self.background)
        self.camera.background_color = self.style.ground
        if self.trace is None:
            from soakup import model

            self.trace = model.read(self.text, self.model)
        for name, count in (
            ("layer", self.trace.model.layers),
            ("head", self.trace.model.heads),
        ):
            chosen = getattr(self, name)
            if chosen is not None and not 1 <= chosen <= count:
                raise SceneError(
                    f"there is no {name} {chosen}: the model {self.trace.model.name} has {name}s 1 to {count}"
                )
        self.beats: list[BeatRecord] = []
        self.caption: Words | VGroup | None = None
        self._said, self._said_at, self._shown, self._coming, self._undoing = "", 0.0, {}, [], []
        self.beat = ""  # the name of the one being played
        self.plan = list(self.story())
        self.beat_names = [beat.name for beat in self.plan]
        if self.only and not 1 <= self.only[0] <= self.only[1] <= len(self.plan):
            raise SceneError(
                f"there are no beats {self.only[0]}-{self.only[1]}: this film has beats 1 to {len(self.plan)}"
            )

    def construct(self) -> None:
        skipped = 0.0
        first, last = self.only or (1, len(self.plan))
        for number, beat in enumerate(self.plan[:last], 1):
            drawn = number >= first
            self.next_section(beat.name, skip_animations=not drawn)
            self.beat, start, self._shown, self._said = beat.name, self.time, {}, ""
            undoing, self._undoing, self._least_hold = self._undoing, [], style.LEAST_HOLD
            for undo in undoing:
                undo()
            beat.play()
            self.hold(self._least_hold)
            if not drawn:
                skipped += self.time - start
                continue
            if self._said:
                self.add_subcaption(self._said, duration=self.time - start, offset=start - self.time)
            self.beats.append(
                BeatRecord(
                    beat.name,
                    self._said,
                    start - skipped,
                    self.time - skipped,
                    list(self._shown.values()),
                )
            )

    def play(self, *args, **kwargs) -> None:
        """Play animations, and with them whatever was said to be coming; then put down what is on the screen."""
        coming, self._coming = self._coming, []
        super().play(*args, *coming, **kwargs)
        self.note_quantities()

    def coming(self, *animations: Animation) -> None:
        """Let animations begin with the next play."""
        self._coming += animations

    def note_quantities(self) -> None:
        """Put down every quantity that is on the screen now, for the manifest."""
        for mobject in self.mobjects:
            for member in mobject.get_family():
                own = vars(member)  # Manim takes long to say that a mobject has no such attribute
                if "quantities" in own and own.get("level", 1.0) > HIDDEN:
                    for quantity in own["quantities"]:
                        self._shown[quantity.path, quantity.shown] = quantity

    # --- captions and holds ---

    def say(self, *parts: str | Quantity) -> None:
        """Change the caption with the next play; digits in it must be those of the quantities among its parts. Said
        twice in a beat, it stays."""
        quantities = [part for part in parts if isinstance(part, Quantity)]
        said = "".join(part.text if isinstance(part, Quantity) else part for part in parts)
        if said == self._said and (self.caption or self.captions != "burned"):
            return
        self._said = said
        for quantity in quantities:
            self._shown[quantity.path, "caption"] = quantity
        self._said_at = self.time + 0.45  # it can be read when it is half there
        if self.captions != "burned":
            return
        screen = self.screen
        lines, size = caption_lines(parts, screen.room - (0 if screen.narrow else 2 * style.MARGIN), screen.tall)
        new = VGroup(*[Words(text, size, self.style.text, used) for text, used in lines])
        over = [a.drop + b.height - b.drop + 0.03 for a, b in pairwise(new)]  # a line with a tall Å needs more
        step = max([0.48 * size / style.CAPTION, *over])
        last = screen.captions_at + (0.25 if len(lines) == 1 else 0.11 - step * (len(lines) - 2) * screen.tall)
        last = max(last, screen.bottom + new[-1].drop)  # the deepest letters keep the margin
        for i, line in enumerate(new):
            line.stand(0, last + step * (len(new) - 1 - i))
        old, self.caption = self.caption, new
        self.coming(*([FadeOut(old, run_time=0.25)] if old else []), FadeIn(new, run_time=0.6, rate_func=late))

    def within(self, mobject: Written) -> Written:
        """Something written, moved aside where it would reach into the margin."""
        screen = self.screen
        left, right = screen.left - mobject.get_left()[0], screen.right - mobject.get_right()[0]
        return mobject.shift((min(max(0.0, left), right), 0, 0))

    def hold_at_end(self, seconds: float) -> None:
        """Hold the end of this beat still for at least so long."""
        self._least_hold = seconds

    def leave_as_it_is(self) -> None:
        """Forget what was to be done when the next beat begins: it clears the screen itself."""
        self._undoing.clear()

    def afterwards(self, undo: Callable[[], object]) -> None:
        """Do this when the next beat begins: what a beat has shown stays on the screen to its very end."""
        self._undoing.append(undo)

    def hush(self) -> None:
        """Let the caption go with the next play."""
        if self.caption:
            self.coming(FadeOut(self.caption, run_time=0.3))
        self.caption = None

    def hold(self, least: float = style.LEAST_HOLD) -> None:
        """Hold still until what was said last can have been read."""
        reading = style.READING * len(self._said.split()) - (self.time - self._said_at)
        self.wait(max(least, reading) * self.pace)

    # --- choosing ---

    def find_word(self, word: str) -> int:
        """The index of a word of the sentence, by its text (the last one, where it stands more than once)."""
        words = {i: w.text for i, w in enumerate(self.trace.words) if not self.trace.tokens[w.tokens[0]].special}
        same = [i for i, text in words.items() if text.lower() == word.strip().lower()]
        if not same:
            near = get_close_matches(word, words.values(), n=1)
            there = f"did you mean {near[0]!r}?" if near else f"its words are {', '.join(words.values())}"
            raise SceneError(f"the sentence has no word {word!r}: {there}")
        return same[-1]


def late(t: float) -> float:
    """Eases in after a wait, so that what comes does not lie on what goes."""
    return smooth(max(0.0, 2 * t - 1))


def caption_lines(
    parts: Sequence[str | Quantity], width: float, tall: bool = False
) -> tuple[list[tuple[str, list[Quantity]]], float]:
    """Break a caption into lines that fit, as few and as even as can be: each line's text and the quantities in it, and
    the font size, which is smaller where two lines would not do, unless there is room for a third.

    A quantity is never broken.
    """
    words: list[tuple[str, list[Quantity]]] = [("", [])]
    for part in parts:
        pieces = [part.text] if isinstance(part, Quantity) else part.split(" ")
        for i, piece in enumerate(pieces):
            if i:
                words.append(("", []))
            text, used = words[-1]
            words[-1] = (text + piece, used + ([part] if isinstance(part, Quantity) else []))
    large = [(count, style.CAPTION) for count in range(1, 4 if tall else 3)]
    small = [(2, style.LABEL), (3, style.LABEL if tall else style.ENTRY), (3, style.LABEL), (4, style.LABEL)]
    for count, size in (*large, *small):
        lines = broken(words, count)
        if all(line_width(text, size) <= width for text, _ in lines):
            return lines, size
    return lines, size


def broken(words: Sequence[tuple[str, list[Quantity]]], count: int) -> list[tuple[str, list[Quantity]]]:
    """Words in `count` lines whose longest is as short as can be (fewer lines, where there are fewer words)."""
    lengths = [len(text) + 1 for text, _ in words]
    best: list[tuple[int, list[int]]] = [(0, [])]  # of the first n words: how long their longest line is, and where
    for n in range(1, len(words) + 1):  # the lines begin, in so many lines as the round says
        best.append((sum(lengths[:n]), [0]))
    for _ in range(count - 1):
        best = [best[0]] + [
            min(
                [best[n]] + [(max(best[k][0], sum(lengths[k:n])), [*best[k][1], k]) for k in range(1, n)],
                key=lambda found: found[0],
            )
            for n in range(1, len(words) + 1)
        ]
    starts = best[-1][1]
    lines = [words[a:b] for a, b in zip(starts, [*starts[1:], len(words)], strict=True)]
    return [(" ".join(text for text, _ in line), [q for _, used in line for q in used]) for line in lines]
