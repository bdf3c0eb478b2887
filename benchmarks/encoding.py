"""How fast films are encoded, what holds and unchanged rows save, and what all cores and the cache do for a whole film.

    python benchmarks/encoding.py                    # frames and film at 480p15
    python benchmarks/encoding.py --quality h        # at 1080p60: minutes
    python benchmarks/encoding.py --no-film          # the encoder alone

Seconds are of processor time, except for the whole film, where they are of the clock. Each pair is measured in turn,
three times, and the medians compared; only ratios within one run mean anything.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from soakup import film, segments, staging
from soakup.drawing.conversion import Picture
from soakup.drawing.encoding import SPEEDS, Encoder
from soakup.film_writer import FilmWriter

SENTENCE = "The old king gave his daughter a golden key"
MOVING = 90  # frames that differ, each from the one before


class Enough(BaseException):
    """There are as many frames as are wanted."""


def moving_frames(quality: str) -> list[np.ndarray]:
    """Frames of the flagship in which something moves."""
    frames: list[np.ndarray] = []
    write = FilmWriter.write_frame

    def keep(self: FilmWriter, pixels: np.ndarray, *, repeat: int = 1) -> None:
        if not frames or not np.array_equal(frames[-1], pixels):
            frames.append(pixels.copy())
        if len(frames) == MOVING:
            raise Enough

    FilmWriter.write_frame, segments.FORKS = keep, False  # type: ignore[method-assign]
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings = {"text": SENTENCE, "only": (4, 5)}
            film.render("layer-by-layer", Path(folder, "film.mp4"), quality=quality, settings=settings, cache=False)
    except Enough:
        pass
    finally:
        FilmWriter.write_frame, segments.FORKS = write, True  # type: ignore[method-assign]
    return frames


def encode(frames: list[np.ndarray], speed: str, repeat: int = 1) -> None:
    height, width = frames[0].shape[:2]
    with tempfile.TemporaryDirectory() as folder, Encoder(Path(folder, "s.mp4"), width, height, 60, speed) as encoder:
        for frame in frames:
            encoder.write(frame, repeat)
        encoder.finish()


def convert(frames: list[np.ndarray], all_of_it: bool) -> None:
    picture = Picture(frames[0].shape[1], frames[0].shape[0])
    for frame in frames:
        picture.show(frame, picture.bands if all_of_it else picture.changes(frame))


def compare(ways: dict[str, Callable[[], object]], clock: Callable[[], float]) -> dict[str, float]:
    """Median seconds of each way, measured in turn."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(3):
        for name, way in ways.items():
            start = clock()
            way()
            spent[name].append(clock() - start)
    return {name: statistics.median(times) for name, times in spent.items()}


def render(quality: str, folder: Path, *options: str, clear: bool = False) -> None:
    environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "soakup"]
    if clear:
        subprocess.run([*command, "cache", "clear"], env=environment, check=True, capture_output=True)
    output = ["-q", quality, "-o", str(folder / "film.mp4"), "--force"]
    subprocess.run([*command, "render", SENTENCE, *output, *options], env=environment, check=True, capture_output=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quality", choices=staging.QUALITIES, default="l")
    arguments.add_argument("--no-film", action="store_true")
    asked = arguments.parse_args()

    frames = moving_frames(asked.quality)
    height, width = frames[0].shape[:2]
    print(f"{len(frames)} moving frames of the flagship at {width}×{height}, processor ms a frame")
    for speed in SPEEDS:
        seconds = compare(
            {
                "moving": lambda speed=speed: encode(frames, speed),
                "held": lambda speed=speed: encode(frames[:1], speed, MOVING * 10),
            },
            time.process_time,
        )
        moving, held = seconds["moving"] / len(frames), seconds["held"] / (MOVING * 10)
        print(f"  {speed:6} moving {moving * 1e3:6.2f}   held {held * 1e3:6.3f}   {moving / held:5.0f} times less")
    seconds = compare(
        {"whole": lambda: convert(frames, True), "changed": lambda: convert(frames, False)}, time.process_time
    )
    whole, changed = (seconds[name] / len(frames) * 1e3 for name in ("whole", "changed"))
    print(f"  to YUV whole {whole:6.2f}   what changed {changed:6.2f}   {whole / changed:5.1f} times less")
    if asked.no_film:
        return
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        seconds = compare(
            {
                "one": lambda: render(asked.quality, folder, "--jobs", "1", "--no-cache"),
                "all": lambda: render(asked.quality, folder, "--no-cache"),
                "all, kept": lambda: render(asked.quality, folder, clear=True),
                "again": lambda: render(asked.quality, folder),
            },
            time.perf_counter,
        )
    print(f"`soakup render -q {asked.quality}`, seconds of the whole process on {cores} cores")
    for name in ("one", "all", "all, kept", "again"):
        print(f"  {name:10} {seconds[name]:7.1f}   {seconds['one'] / seconds[name]:5.2f} times as fast")


if __name__ == "__main__":
    main()
