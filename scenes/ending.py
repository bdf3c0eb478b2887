"""Where words and what they became stand at the end: the words on top, their ink below, their names again under it.

Pure functions of the screen; nothing here draws.
"""

from dataclasses import dataclass

from soakup.scenes.row import box_height
from soakup.scenes.screen import Screen
from soakup.scenes.sentence import Sentence
from soakup.scenes.sentence_plan import Line

HIGHEST = 5.2  # of the flows from words to ink
INK, APART = 0.36, 0.16  # of a bar of ink: its height, and its least distance from the next
UNDER_BOX = 0.12  # from a box to its ink, where the two stand close
HANGING = 0.7  # under the ink that hangs there, for notes
NOTE_ROOM, NOTE_STEP = 0.55, 0.38  # of a line of notes above or below, and from one line to the next
SOAKED, SOAKED_STEP = 1.55, 1.36  # of font size 100: from the words to what each took in, from its share to its name
UNIT = 100  # the size these are given for


@dataclass(frozen=True)
class Ending:
    """Heights: of the middles of the lower boxes of each row, of the bars of ink and how high a bar is, of the words
    under them, of the shares of what these took in most of, and of what is written above and below."""

    words_at: dict[Line, float]
    bars_at: dict[Line, float]
    bar: dict[Line, float]
    labels_at: float
    soaked_at: float
    before_at: float
    after_at: float


def plan_ending(screen: Screen, sentence: Sentence, soaked: float) -> Ending:
    """With one row of words, flows lead from them to their ink, and under it stands what they took in most of, in
    letters of size `soaked` (0 where there is none); with two, each word's ink hangs from its box, and all stays where
    it is."""
    lines = sentence.plan.lines
    box, rise = box_height(sentence.plan.token_size), max(line.row.rise for line in lines)
    top, floor = screen.top, screen.floor
    notes = NOTE_STEP if screen.narrow else 0.0  # the lowest are two lines there
    if len(lines) == 1:
        under = (SOAKED + SOAKED_STEP) * soaked / UNIT
        fixed = 2 * NOTE_ROOM + notes + box + rise + INK + 0.42 + box + rise + under + 0.22
        flow = min(top - floor - fixed, HIGHEST)
        pen = top - (top - floor - fixed - flow) / 2
        words = pen - NOTE_ROOM - rise - box / 2
        bars = words - box / 2 - flow - INK / 2
        labels = bars - INK / 2 - 0.42
        below = labels - rise - box / 2
        at = {lines[0]: words}, {lines[0]: bars}, {lines[0]: INK}
        return Ending(*at, labels, below - SOAKED * soaked / UNIT, pen - 0.35, below - under - 0.54)
    words_at = {line: line.tokens_at for line in lines}
    tops = {line: line.tokens_at - box / 2 - UNDER_BOX for line in lines}
    bar = {line: tops[line] - line.bottom - HANGING for line in lines}
    bars_at = {line: tops[line] - bar[line] / 2 for line in lines}
    return Ending(words_at, bars_at, bar, 0.0, 0.0, 0.0, lines[-1].bottom + HANGING - 0.45)
