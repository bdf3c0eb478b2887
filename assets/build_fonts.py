"""Build the fallback faces in `assets/fonts`, the table of what each face can draw, and the face for web pages.

    apt-get download fonts-cmu fonts-noto-core fonts-noto-extra fonts-noto-cjk
    for package in *.deb; do dpkg -x "$package" debian; done
    npm pack @fontsource/noto-emoji && tar xzf fontsource-noto-emoji-*.tgz
    python -m soakup.assets.build_fonts debian package        # needs fonttools and brotli

CMU Serif is copied as it is. Every other face is cut down (no hints, which outlines do not need; no Latin letters, so
that a Latin word in any sentence is set in CMU Serif) and takes the name `soakup …`, so that a whole copy of the same
face installed on the machine can never be drawn in its place.
"""

import json
import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
WEB = Path(__file__).parent / "lectures" / "serif.woff2"
# What a page is written with: letters of European languages, punctuation, arrows, mathematics.
OF_PAGES = {*range(0x20, 0x180), *range(0x370, 0x400), *range(0x2010, 0x2070), *range(0x2190, 0x21FF)}
OF_PAGES |= {*range(0x2200, 0x2270), 0x20AC, 0x2122}

# In order of preference: the first face that can draw a text does. Serif where Noto has one, as CMU Serif is one.
SCRIPTS = """
Serif

NaskhArabic SerifArmenian SerifBengali SerifDevanagari SerifEthiopic SerifGeorgian SerifGujarati SerifGurmukhi
SerifHebrew SerifKannada SerifKhmer SerifLao SerifMalayalam SerifMyanmar SansOriya SerifSinhala SerifTamil SerifTelugu
SansThaana SerifThai SerifTibetan

SansAdlam SerifBalinese SansBamum SansBatak SansBuginese SansBuhid SansCanadianAboriginal SansChakma SansCham
SansCherokee SansGunjalaGondi SansHanifiRohingya SansHanunoo SansJavanese SansKayahLi SansLepcha SansLimbu SansLisu
SansMandaic SansMasaramGondi SansMeeteiMayek SansMiao SansMongolian SansMro SansNKo SansNewTaiLue SansNewa
SerifNyiakengPuachueHmong SansOlChiki SansOsage SansPahawhHmong SansRejang SansSaurashtra SansSoraSompeng
SansSundanese SansSylotiNagri SansSyriac SansTagalog SansTagbanwa SansTaiLe SansTaiTham SansTaiViet SansTifinagh
SansVai SansWancho SansWarangCiti SerifYezidi SansYi

SansAvestan SansCarian SansCoptic SansCypriot SansDeseret SansElbasan SansGlagolitic SansGothic SansImperialAramaic
SansLycian SansLydian SansOgham SansOldItalic SansOldPersian SansOldSouthArabian SansOldTurkic SansPhoenician
SansRunic SansSamaritan SansShavian SansUgaritic
""".split()
SYMBOLS = ["SansMath", "SansSymbols", "SansSymbols2", "Music"]


def charset(codec: str, first: int, last: int) -> set[int]:
    """The code points of a two-byte national character set, by the range of its first byte."""
    pairs = (bytes([a, b]) for a in range(first, last + 1) for b in range(0x40, 0x100))
    texts = (pair.decode(codec, "ignore") for pair in pairs)
    return {ord(text) for text in texts if len(text) == 1}


# Ideographs in daily use: for Chinese GB 2312 and the first level of Big5, for Japanese JIS X 0208; all of Korean.
IDEOGRAPHS = set(range(0x4E00, 0xA000))
WIDE = {*range(0x20, 0x41), *range(0x2010, 0x2027), *range(0x3000, 0x3040), *range(0xFF00, 0xFFF0)}
KANA = {*range(0x3040, 0x3100), *range(0x31F0, 0x3400)}
HANGUL = {*range(0x1100, 0x1200), *range(0x3130, 0x3190), *range(0xAC00, 0xD7A4)}
CHINESE = (charset("gb2312", 0xB0, 0xF7) | charset("big5", 0xA4, 0xC6)) & IDEOGRAPHS | set(range(0x3105, 0x3130))
JAPANESE = charset("euc_jp", 0xA1, 0xFE) & IDEOGRAPHS | KANA
CJK = [(2, CHINESE | WIDE), (0, JAPANESE | WIDE), (1, HANGUL | WIDE)]  # the face's number in the collection


def cut(font: TTFont, keep: set[int], name: str, features: list[str]) -> str:
    """Save `font` under `name` in FONTS with only the characters of `keep`, and return its new family."""
    options = subset.Options(hinting=False, layout_features=features, notdef_outline=True, glyph_names=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=keep)
    subsetter.subset(font)
    family = f"soakup {font['name'].getBestFamilyName()}"
    post_script = family.replace(" ", "")
    names = {1: family, 3: post_script, 4: family, 6: post_script, 16: family}
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.toUnicode())
    if "CFF " in font:
        font["CFF "].cff.fontNames = [post_script]
    font.save(FONTS / name)
    return family


def build_web() -> None:
    """CMU Serif for pages: it travels inside each, so it is small."""
    font = TTFont(FONTS / "cmunrm.ttf", recalcTimestamp=False)
    family = cut(font, OF_PAGES, str(WEB.with_suffix(".ttf")), ["kern", "liga"])
    assert family == "soakup CMU Serif"
    font.flavor = "woff2"
    font.save(WEB)
    WEB.with_suffix(".ttf").unlink()


def edges(path: Path) -> list[int]:
    """What a face covers: the first code point of a range, the first after it, the first of the next range, …"""
    covered = {c for c in TTFont(path).getBestCmap() if c >= 32}
    return sorted([c for c in covered if c - 1 not in covered] + [c + 1 for c in covered if c + 1 not in covered])


def build(debian: Path, emoji: Path) -> None:
    shared = debian / "usr/share/fonts"
    for face in ("cmunrm", "cmunbx", "cmunti"):
        shutil.copy(shared / f"truetype/cmu/{face}.ttf", FONTS)
    table = [("CMU Serif", "cmunrm.ttf")]

    def script(face: str) -> None:
        font = TTFont(shared / f"truetype/noto/Noto{face}-Regular.ttf", recalcTimestamp=False)
        latin = set() if face == "Serif" else {c for c in range(0x250) if chr(c).isalpha()}
        table.append((cut(font, set(font.getBestCmap()) - latin, f"Noto{face}.ttf", ["*"]), f"Noto{face}.ttf"))

    for face in SCRIPTS:
        script(face)
    for number, keep in CJK:
        font = TTFont(shared / "opentype/noto/NotoSerifCJK-Regular.ttc", fontNumber=number, recalcTimestamp=False)
        name = font["name"].getBestFamilyName().replace(" ", "") + ".otf"
        table.append((cut(font, keep, name, []), name))
    font = TTFont(emoji / "files/noto-emoji-emoji-400-normal.woff2", recalcTimestamp=False)
    font.flavor = None
    table.append((cut(font, set(font.getBestCmap()), "NotoEmoji.ttf", ["*"]), "NotoEmoji.ttf"))
    for face in SYMBOLS:
        script(face)

    rows = [json.dumps([family, file, edges(FONTS / file)], separators=(",", ":")) for family, file in table]
    (FONTS / "coverage.json").write_text("[\n" + ",\n".join(rows) + "\n]\n")
    build_web()


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
