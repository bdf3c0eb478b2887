"""Make the pictures of the README from a film, by its beats.

./soakup render "A small fox carried a lantern through the snow" -q h -o out/fox.mp4
.venv/bin/python docs/gallery/make.py out/fox.mp4
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import av
from PIL import Image

HERE = Path(__file__).parent
GIF = {"width": 480, "fps": 10, "colors": 255}


def frames(film: Path, start: float, end: float, every: float) -> Iterator[Image.Image]:
    """The frames of a film at start, start + every, … up to end (seconds)."""
    with av.open(film) as opened:
        wanted = start
        for frame in opened.decode(video=0):
            if frame.time >= wanted - 1e-6:
                yield frame.to_image()
                wanted += every
            if wanted > end:
                return


def still(film: Path, time: float, name: str) -> None:
    (image,) = frames(film, time, time, 1)
    image.resize((1280, 720), Image.Resampling.LANCZOS).save(HERE / name, optimize=True)


def moving(film: Path, spans: list[tuple[float, float]], name: str) -> None:
    size = (GIF["width"], GIF["width"] * 9 // 16)
    images = [
        image.resize(size, Image.Resampling.LANCZOS)
        for start, end in spans
        for image in frames(film, start, end, 1 / GIF["fps"])
    ]
    some = Image.new("RGB", (size[0], size[1] * 8))
    for k in range(8):
        some.paste(images[(len(images) - 1) * k // 7], (0, size[1] * k))
    palette = some.quantize(GIF["colors"], method=Image.Quantize.FASTOCTREE)
    first, *rest = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    first.save(HERE / name, save_all=True, append_images=rest, duration=1000 // GIF["fps"], loop=0, optimize=True)


def main() -> None:
    film = Path(sys.argv[1])
    beats = {beat["name"]: beat for beat in json.loads(film.with_suffix(".json").read_text())["beats"]}
    attention = [name for name in beats if name.endswith("attention")]
    head = next(name for name in beats if " head " in name)
    look, mixed = beats["layer 1, words look"], beats["all words, before and after"]
    still(film, beats[attention[1]]["end"] - 0.3, "attention.png")
    still(film, beats[head]["end"] - 0.3, "one-head.png")
    still(film, beats["what one word soaked up"]["end"] - 0.3, "soaked-up.png")
    still(film, beats["what comes next"]["end"] - 0.3, "next.png")
    still(film, mixed["end"] - 0.3, "before-and-after.png")
    moving(film, [(look["start"], look["start"] + 4.5), (mixed["start"] + 0.8, mixed["end"] - 0.8)], "soakup.gif")


if __name__ == "__main__":
    main()
