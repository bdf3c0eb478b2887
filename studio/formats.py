"""The forms in which a film stands beside its .mp4: for programs that take no other, and on no ground."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from PIL import Image

from soakup.drawing import alpha, animated, transcoding

WITH_ALPHA = ("webm", "mov", "apng", "webp", "png")  # a GIF would lose all that is seen through in part

Segments = Sequence[tuple[Path, int]]  # with the number of frames of each


def write(
    form: str,
    path: Path,
    film: Path,
    fps: Fraction,
    *,
    on_no_ground: Segments | None = None,
    limit: int | None = None,
    keyframes: Sequence[float] = (),
    metadata: dict[str, str] | None = None,
) -> None:
    """Write a film in one form. `on_no_ground` are the segments of which an AlphaEncoder has kept the frames; `limit`
    is the most bytes a GIF may have. Raises EncodingError where it cannot be written.
    """
    if form in transcoding.FORMS:
        if on_no_ground is None or form not in WITH_ALPHA:
            transcoding.transcode(film, path, form, keyframes=keyframes, metadata=metadata)
            return
        frames = alpha.frames(on_no_ground)
        first, begin, count = next(frames)

        def each() -> Iterator:
            for picture, start, length in ((first, begin, count), *frames):
                for number in range(start, start + length):
                    yield number, picture

        size = first.width, first.height
        transcoding.write(each(), path, form, size, fps, keyframes, metadata, alpha=True)
        return
    clear = on_no_ground is not None and form in WITH_ALPHA
    pictures = _pictures(on_no_ground) if on_no_ground is not None and clear else animated.of_film(film)
    if form == "gif":
        animated.write_gif(pictures, path, fps, limit)
    else:
        {"webp": animated.write_webp, "apng": animated.write_apng, "png": animated.write_frames}[form](
            pictures, path, fps
        )


def _pictures(segments: Segments) -> animated.Pictures:
    def pictures() -> Iterator[tuple[Image.Image, int]]:
        for frame, _, count in alpha.frames(segments):
            yield Image.fromarray(frame.reformat(format="rgba").to_ndarray()), count

    return pictures
