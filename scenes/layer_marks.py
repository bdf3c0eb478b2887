"""What stands round the sentence, layer by layer: the counter, the depth gauge, the guess, and what colours mean."""

from collections.abc import Callable, Sequence

import numpy as np
from manim import ORIGIN, UP, Animation, FadeIn, FadeOut, Line, ManimColor, Mobject, VGroup, VMobject, there_and_back

from soakup.scenes import style
from soakup.scenes.motion import change, shifting, tinting
from soakup.scenes.overlap import overlap
from soakup.scenes.quantity import Quantity
from soakup.scenes.scales import strip_scale
from soakup.scenes.scene import late
from soakup.scenes.sentence import Sentence
from soakup.scenes.words import Words, line_width, written

COUNTER_DOWN = 0.32  # from the top margin to the counter's baseline
TICK, APART, DEEP = 0.4, 0.3, 1.2  # of the gauge: a tick, from one to the next, and how far all reach at most
UNREACHED = 0.4  # opacity of a tick that is still to come
UNDER = 0.4  # from the bars of ink to the line under them
GUESS, SCALE = 28, 24  # font sizes
ROOM = 0.2  # between the scale and what stands beside it


class LayerMarks:
    """Each change is returned as animations, for the scene to play."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence, self.reading = sentence, sentence.reading
        self.screen, self.style = sentence.screen, sentence.theme
        self.counter: Words | None = None
        self.gauge: VGroup | None = None
        self.guess: Words | None = None
        self.scale: VGroup | None = None

    @property
    def shown(self) -> list[VGroup]:
        return [m for m in (self.counter, self.gauge, self.guess, self.scale) if m is not None]

    def count(self, layer: int, *what: str | Quantity, fast: bool = False) -> list[Animation]:
        """The counter at the top left and the gauge at the right come to a layer."""
        numbers = [self.reading.count(f"layer[{layer}]"), self.reading.count("count.layers")]
        new = Words.of(["Layer ", numbers[0], " of ", numbers[1], *what], style.LABEL, self.style.text)
        old = self.counter
        if old is not None and old.text == new.text:
            return []
        self.counter = new.stand(self.screen.left, self.screen.top - COUNTER_DOWN, side=-1)
        time = 0.3 if fast else 0.5
        going = [FadeOut(old, run_time=0.4 * time)] if old else []
        return [*going, FadeIn(new, run_time=time, rate_func=late), self._point(layer, time)]

    def _point(self, layer: int, time: float) -> Animation:
        """The gauge's tick of a layer lights, those passed stay bright."""
        quiet, lit = ManimColor(self.style.quiet), ManimColor(self.style.query)
        looks = [
            [*(lit if n == layer else quiet).to_rgb(), 1.0 if n <= layer else UNREACHED]
            for n in range(self.reading.layers)
        ]
        if self.gauge is not None:
            return change(self.gauge, _colouring(list(self.gauge), looks), run_time=time)
        x, layers = self.screen.right, self.reading.layers
        apart = min(APART, DEEP / max(layers - 1, 1))
        ys = self.screen.top - COUNTER_DOWN + 0.25 - np.arange(layers) * apart
        width = min(5.0, 60 * apart)
        self.gauge = VGroup(*[Line((x - TICK, y, 0), (x, y, 0), stroke_width=width) for y in ys])
        _colouring(list(self.gauge), looks)(1.0)
        return FadeIn(self.gauge, run_time=0.3)

    def show_guess(self, text: Quantity, chance: Quantity) -> list[Animation]:
        """What would come next if the model stopped here: beside the last bar of ink, else under it."""
        old, self.guess = self.guess, self._guess(text, chance)
        rise = 0.15 * UP if self.guess.get_bottom()[1] > self.screen.floor + 0.15 else ORIGIN  # not out of the caption
        going = [FadeOut(old, shift=rise, run_time=0.3)] if old else []
        if self.scale and overlap(self.scale, self.guess, gap=(ROOM / 2, 0.0)):
            home = self._scale_home - self.scale.get_x()
            going.append(change([self.scale], shifting([self.scale], (home, 0, 0)), run_time=0.6))
        return [*going, FadeIn(self.guess, shift=rise, run_time=0.6, rate_func=late)]

    def _guess(self, text: Quantity, chance: Quantity) -> Words:
        """A guess in its place."""
        guess = Words.of(["next: “", text, "” ", chance], GUESS, self.style.text)
        sentence, last = self.sentence, self.reading.tokens[-1]
        middle, side, line = sentence.x[last], -1 if self.reading.from_the_right else 1, sentence.line_of[last]
        beside = middle + side * (sentence.panel_width / 2 + 0.2)
        last_in_view = all(side * x <= side * middle for i, x in sentence.x.items() if sentence.line_of[i] is line)
        if last_in_view and side * beside + guess.width <= self.screen.right:
            return guess.stand(beside, sentence.bar_y(last) - 0.1, side=-side)
        most = self.screen.right - guess.width / 2
        return guess.stand(min(max(middle, -most), most), self.under)

    def parts_of(self, guess: Words) -> tuple[Words, Words, Words]:
        """What a guess is, its text and its chance, each by itself where it stands in the guess."""
        text, chance = guess.quantities
        name: list[str | Quantity] = ["“", text, "”"]
        left, right, y = guess.get_left()[0], guess.get_right()[0], guess.baseline
        end = left + line_width(written(["next: ", *name]), GUESS)
        return (
            Words("next:", GUESS, self.style.text).stand(left, y, side=-1),
            Words.of(name, GUESS, self.style.text).stand(end, y, side=1),
            Words.of([chance], GUESS, self.style.text).stand(right, y, side=1),
        )

    def flash_guess(self) -> list[Animation]:
        """The guess turns yellow, and back to its own colour."""
        if self.guess is None:
            return []
        lighting = tinting(self.guess, ManimColor(self.style.query), of="fill")
        return [change([self.guess], lighting, rate_func=there_and_back, run_time=1.0)]

    def drop_guess(self) -> list[Animation]:
        """What was guessed goes, where nothing takes its place."""
        old, self.guess = self.guess, None
        return [FadeOut(old, run_time=0.3)] if old else []

    def show_scale(self, guesses: Sequence[Sequence[Quantity]], coming: Sequence[Mobject]) -> list[Animation]:
        """What the colours of strips mean, where there are strips: under their beginning, or as near to it as there is
        room beside all that is `coming` to stand there, and beside guesses if that can be."""
        if not self.sentence.strips:
            return []
        reading = self.reading
        self.scale = scale = strip_scale(reading.extremes(), reading.entry_scale, self.style, SCALE)
        scale.shift((0, self.under, 0))
        edge, aside = self._scale_home, scale.width / 2 + ROOM
        later = [self._guess(text, chance) for text, chance in guesses]
        beside = [x for m in (*coming, *later) for x in (m.get_left()[0] - aside, m.get_right()[0] + aside)]
        places = sorted((x for x in (edge, -edge, *beside) if abs(x) <= abs(edge)), key=lambda x: abs(x - edge))

        def free(x: float, others: Sequence[Mobject]) -> bool:
            return not any(overlap(scale.set_x(x), m, gap=(ROOM / 2, ROOM / 2)) for m in others)

        found = [x for others in ([*coming, *later], coming) for x in places if free(x, others)]
        scale.set_x(found[0] if found else edge)
        return [FadeIn(scale, run_time=0.6)]

    @property
    def _scale_home(self) -> float:
        """The middle of the scale under the beginning of the strips."""
        edge = (self.screen.room - self.scale.width) / 2 if self.scale else 0.0
        return edge if self.reading.from_the_right else -edge

    @property
    def under(self) -> float:
        """The baseline of what stands under the sentence."""
        return self.sentence.plan.lines[-1].bottom - UNDER


def _colouring(lines: Sequence[VMobject], looks: Sequence[Sequence[float]]) -> Callable[[float], None]:
    """A step in which the strokes of lines come to colours (RGBA)."""
    starts, ends = [line.stroke_rgbas.copy() for line in lines], np.array(looks)

    def step(alpha: float) -> None:
        for line, start, end in zip(lines, starts, ends, strict=True):
            line.stroke_rgbas = start + (end - start) * alpha

    return step
