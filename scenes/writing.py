"""The flagship's beginning: a text is read, of a long one some stands folded, and each piece becomes a vector."""

import numpy as np
from manim import UP, AnimationGroup, FadeIn, FadeOut, LaggedStart

from soakup.scenes.layer_words import can_be_said, first_in_words, folded_in_words
from soakup.scenes.long_text import fold_away
from soakup.scenes.motion import change, during, going, half_there, tinting, together
from soakup.scenes.running_text import running_words
from soakup.scenes.shaping import shaped_words, take_apart
from soakup.scenes.updating import Updating


class Writing(Updating):
    """Beats from the text to its vectors."""

    text_at: tuple[list[np.ndarray], list[np.ndarray], float] | None = None

    def a_long_text(self) -> None:
        """The text as it is read, and what of it stands folded from now on."""
        whole = running_words(self.whole, self.screen, self.style)
        self.say(*folded_in_words(self.reading))
        labels = {group: box.label for group, box in self.sentence.boxes.items()}
        self.as_text()
        if whole is None:  # it is too long to be read at once
            self.add(*labels.values())
            self.wait(1.2 * self.pace)
        else:
            fold_away(self, whole, labels)

    def as_text(self) -> tuple[list[np.ndarray], list[np.ndarray], float]:
        """Write the boxes' labels as text, once: where they belong, where they stand then, and how much larger."""
        if self.text_at is None:
            boxes = list(self.sentence.boxes.values())
            homes = [box.label.get_center() for box in boxes]
            points, larger = self.sentence.as_running_text(0.0)
            level = larger * (boxes[0].label.baseline - boxes[0].box.get_y())  # one for all rows
            for box, (x, y, _) in zip(boxes, points, strict=True):
                box.label.scale(larger).stand(x, y + level)
            self.text_at = homes, points, larger
        return self.text_at

    def words_become_vectors(self) -> None:
        sentence = self.sentence
        written = [box.label for box in sentence.boxes.values()]
        homes, points, larger = self.as_text()
        whole = shaped_words(self.reading, sentence.plan.token_size, self.screen.room, 0.0, self.style)
        self.add(*(whole or written))
        self.wait((0.3 if self.reading.runs else 1.2) * self.pace)
        if whole:
            take_apart(self, whole, written)

        self.say("Each piece of text becomes a vector: ", self.reading.count("count.width"), " numbers")
        moves = together(*[going(label, home, 1 / larger) for label, home in zip(written, homes, strict=True)])
        lines = len({round(y, 2) for _, y, _ in points}) > 1 or sentence.two_rows or any(sentence.rise.values())
        if lines or whole:  # words of several lines pass through each other
            moves = half_there(written, during(0.05, 1.0, moves), by=0.05)
        self.play(change(written, moves, run_time=1.6))  # all at once, so that none runs into the next
        boxes = [FadeIn(box.box) for box in sentence.boxes.values()]
        dropping = [
            AnimationGroup(FadeIn(s.arrow), FadeIn(s.column, shift=UP * -0.12)) for s in sentence.stacks.values()
        ]
        self.play(
            LaggedStart(*boxes, lag_ratio=0.1, run_time=1.0),
            LaggedStart(*dropping, lag_ratio=0.12, run_time=2.2),
        )
        self.add(*sentence.boxes.values())
        self.brace = sentence.brace()
        self.play(FadeIn(self.brace, run_time=0.6))

    def each_knows_only_itself(self) -> None:
        sentence = self.sentence
        self.say(first_in_words(self.reading))
        guesses = [guess for guess in self.guesses[1:] if can_be_said(guess)]
        scale = self.marks.show_scale(guesses, self.update_names())  # where it said how many numbers there are
        self.coming(FadeOut(self.brace, run_time=0.2), *scale)
        boxes = [
            change([box], tinting(box.box, sentence.ink_color(0, group[-1])), run_time=0.6)
            for group, box in sentence.boxes.items()
        ]
        stacks = [
            AnimationGroup(
                change([s.column], sentence.owning(i), run_time=0.6), FadeIn(s.panel), FadeIn(s.bar), run_time=0.6
            )
            for i, s in sentence.stacks.items()
        ]
        fills = together(
            *[tinting(box.box, sentence.ink_color(0, group[-1]), of="fill") for group, box in sentence.boxes.items()]
        )
        self.play(
            LaggedStart(*boxes, lag_ratio=0.2, run_time=1.8),
            LaggedStart(*stacks, lag_ratio=0.2, run_time=1.8),
            change([box.box for box in sentence.boxes.values()], fills, run_time=1.2),
        )
