"""Where words and what they became stand at the end: the words on top, their ink below, their names again under it.

Pure functions of the screen; nothing here draws.
"""

from dataclasses import dataclass

from soakup.scenes.row import box_height
from soakup.scenes.screen import Screen
from soakup.scenes.sentence import Sentence
from soakup.scenes.sentence_plan import BAR, Line

HIGHEST = 5.2  # of the flows from words to ink
UNDER_BOX = 0.12  # from a box to its ink, where the two stand close
SOAKED, SOAKED_STEP = 0.34, 0.3  # from the words to what each took in most of, and from its share to its name


@dataclass(frozen=True)
class Ending:
    """Heights: of the middles of the lower boxes of each row, of the bars of ink and how high a bar is, of the words
    under them, of what these took in most of, and of what is written above and below."""

    words_at: dict[Line, float]
    bars_at: dict[Line, float]
    bar: float
    labels_at: float
    soaked_at: float
    before_at: float
    after_at: float


def plan_ending(screen: Screen, sentence: Sentence) -> Ending:
    """With one row of words, flows lead from them to their ink; with two, each word's ink hangs from its box."""
    lines = sentence.plan.lines
    box, rise = box_height(sentence.plan.token_size), max(line.row.rise for line in lines)
    top, floor = screen.top, screen.floor
    note = 0.55  # room for a line above or below
    if len(lines) == 1:
        fixed = 2 * note + box + rise + BAR + 0.42 + box + rise + SOAKED + SOAKED_STEP + 0.22
        flow = min(top - floor - fixed, HIGHEST)
        pen = top - (top - floor - fixed - flow) / 2
        words = pen - note - rise - box / 2
        bars = words - box / 2 - flow - BAR / 2
        labels = bars - BAR / 2 - 0.42
        soaked = labels - rise - box / 2 - SOAKED
        after = soaked - SOAKED_STEP - 0.54
        return Ending({lines[0]: words}, {lines[0]: bars}, BAR, labels, soaked, pen - 0.35, after)
    each = min((top - floor - 2 * note) / len(lines), 3.0)
    bar = max(each - rise - box - UNDER_BOX - 0.45, BAR)
    pen = top - note - (top - floor - 2 * note - len(lines) * each) / 2
    before, words_at, bars_at = pen + 0.2, {}, {}
    for line in lines:
        words_at[line] = pen - rise - box / 2
        bars_at[line] = words_at[line] - box / 2 - UNDER_BOX - bar / 2
        pen -= each
    return Ending(words_at, bars_at, bar, 0.0, 0.0, before, pen - 0.1)
