"""The typefaces soakup draws with: CMU Serif, and for what it lacks the first shipped face that has it.

`fonts/coverage.json` lists the faces in order of preference, each with the code points it covers; `build_fonts.py`
makes it, so that choosing a face opens no font.
"""

import ctypes
import json
import re
import threading
import unicodedata
from bisect import bisect
from collections.abc import Iterator
from functools import cache
from itertools import groupby, takewhile
from pathlib import Path
from typing import NamedTuple

FONTS = Path(__file__).parent / "fonts"
SERIF = "CMU Serif"

# Manim keeps outlines only, so a colour bitmap (the emoji face of most desktops) would come out as nothing at all.
PREFER_OUTLINES = b"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>
<match target="pattern"><edit name="color" mode="assign" binding="strong"><bool>false</bool></edit></match>
</fontconfig>"""

# Faces are made known to the whole process, but every thread has its own list of them, read when it first sets a text.
_registrations = 0
_this_thread = threading.local()

JOINER = "\u200d"
# Invisible, though Unicode calls them marks or letters: grapheme joiner, Hangul filler, variation selectors.
INVISIBLE = re.compile("[\u034f\u180b-\u180f\u3164\ufe00-\ufe0f\U000e0100-\U000e01ef]")
NAMELESS = {"Cc": "a control character", "Cs": "half a surrogate pair", "Co": "a private-use character"}


class NotDrawable(ValueError):
    """A character that no shipped face has; the message is one sentence that names it."""


class Face(NamedTuple):
    family: str
    file: str
    edges: list[int]  # first code point of a covered range, the first after it, the first of the next range, …

    def has(self, character: str) -> bool:
        return bisect(self.edges, ord(character)) % 2 == 1

    def covers(self, text: str, marks: bool = True) -> bool:
        """Whether every visible character has a glyph; without `marks`, combining marks on a base need none."""
        return all(self.has(c) for i, c in enumerate(text) if _visible(c) and (marks or i == 0 or not _is_mark(c)))


def register() -> None:
    """Make the shipped faces known to Pango in this thread; cheap to call again. OSError if one cannot be read."""
    import manimpango  # here, so that choosing a face needs no Pango

    global _registrations
    _settle_fontconfig()
    known = {font.path for font in manimpango.registered_fonts}
    new = sorted(p for p in FONTS.iterdir() if p.suffix in (".ttf", ".otf") and str(p) not in known)
    for path in new:
        if not manimpango.register_font(str(path)):
            raise OSError(f"the typeface {path} cannot be read: install soakup again")
    _registrations += bool(new)
    if getattr(_this_thread, "looked_at", 0) != _registrations:
        _look_again()
        _this_thread.looked_at = _registrations


def face_for(text: str) -> str:
    """The family to draw `text` with, as Pango takes it; NotDrawable where there is none.

    One name where one face will do, else several with commas between them, the preferred first:
    `Text(text, font=face_for(text), warn_missing_font=False)`, as Manim would take such a list for an unknown name.
    (Manim's `Text` draws nothing where a text begins right to left, as it sets it flush right, off its drawing: put
    something from left to right before it, if only the mark U+200E, and U+2067 … U+2069 around a whole sentence.)
    """
    needed = {family for family, _ in runs(text)}
    return ",".join(face.family for face in _faces() if face.family in needed) or SERIF


def runs(text: str) -> list[tuple[str, str]]:
    """`text` in pieces of one face each, as (family, piece); joined they are `text` again. NotDrawable as `face_for`.

    A word that one face has whole is never set in two.
    """
    serif = _faces()[0]
    words = re.findall(r"\S+\s*|\s+", text)
    # One face for all that CMU Serif lacks, where there is one: a Japanese sentence is not half set in a Chinese face.
    common = _first_face("".join(word for word in words if not serif.covers(word)))
    pieces: list[tuple[str, str]] = []
    for word in words:
        face = serif if serif.covers(word) else common or _first_face(word)
        pieces += [(face.family, word)] if face else _mixed(word)
    return [(family, "".join(piece for _, piece in group)) for family, group in groupby(pieces, lambda run: run[0])]


def _mixed(word: str) -> Iterator[tuple[str, str]]:
    """The pieces of a word that no single face has: each time the face that gets furthest."""
    rest = list(_clusters(word))
    while rest:
        for marks in (True, False):
            reach, best = max(((_reach(face, rest, marks), face) for face in _faces()), key=lambda pair: pair[0])
            if reach:
                break
        else:
            missing = next((c for c in rest[0] if _visible(c) and not any(face.has(c) for face in _faces())), None)
            if missing is None:  # an x with a skin tone: faces have either, but none has both
                rest[:1] = list(rest[0])
                continue
            raise NotDrawable(f"no typeface that soakup ships has {_describe(missing)}: leave it out of the text")
        yield best.family, "".join(rest[:reach])
        rest = rest[reach:]


def _reach(face: Face, clusters: list[str], marks: bool) -> int:
    return len(list(takewhile(lambda cluster: face.covers(cluster, marks), clusters)))


def _clusters(text: str) -> Iterator[str]:
    """Characters with the marks, selectors and skin tones on them, and sequences held together by joiners."""
    cluster = ""
    for c in text:
        if cluster and not (_is_mark(c) or not _visible(c) or "🏻" <= c <= "🏿" or cluster[-1] == JOINER):
            yield cluster
            cluster = ""
        cluster += c
    yield cluster


def _visible(c: str) -> bool:
    return not (c.isspace() or unicodedata.category(c) == "Cf" or INVISIBLE.match(c))


def _is_mark(c: str) -> bool:
    return unicodedata.category(c).startswith("M")


def _describe(c: str) -> str:
    name = unicodedata.name(c, "") or NAMELESS.get(unicodedata.category(c), "an unassigned code point")
    return f"{name} (U+{ord(c):04X})"


def _first_face(text: str) -> Face | None:
    return next((face for face in _faces() if face.covers(text)), None)


@cache
def _faces() -> tuple[Face, ...]:
    return tuple(Face(*row) for row in json.loads((FONTS / "coverage.json").read_text()))


@cache
def _settle_fontconfig() -> None:
    """Have it prefer outlines, and never begin anew, without our faces, because one was installed meanwhile."""
    try:
        fontconfig = ctypes.CDLL("libfontconfig.so.1")
    except OSError:  # not Linux: Pango asks the system itself for fonts, and has no such rules
        return
    fontconfig.FcConfigGetCurrent.restype = ctypes.c_void_p
    config = ctypes.c_void_p(fontconfig.FcConfigGetCurrent())
    fontconfig.FcConfigParseAndLoadFromMemory(config, PREFER_OUTLINES, True)
    fontconfig.FcConfigSetRescanInterval(config, 0)


def _look_again() -> None:
    """Have Pango look for faces anew: in each thread it knows none that came after the first text it has set there."""
    try:
        cairo, fc = ctypes.CDLL("libpangocairo-1.0.so.0"), ctypes.CDLL("libpangoft2-1.0.so.0")
    except OSError:  # not Linux
        return
    cairo.pango_cairo_font_map_get_default.restype = ctypes.c_void_p
    fc.pango_fc_font_map_config_changed(ctypes.c_void_p(cairo.pango_cairo_font_map_get_default()))
