"""Render the same scenes with stock Manim and with our drawing, in turn, and print how they compare.

    python benchmarks/drawing.py                     # the final figures: three pairs each at three qualities, hours
    python benchmarks/drawing.py --quick             # 480p15, one pair
    python benchmarks/drawing.py S1 S4 --quality h   # some scenes at 1080p60
    python benchmarks/drawing.py --quick --no-film   # without our own film, drawing on and off
    python benchmarks/drawing.py --quick --plain --no-film   # without the compiled part

Every figure is of a whole process, from its start to its end, imports included; the ways are run one after the other,
again and again, and the medians are shown. `stock` is Manim alone; `ours` is Manim with our drawing and its own
encoder left as it is; `ours, veryfast` the same with that preset; `soakup` is `soakup render`, with our encoder;
`our mobjects` is the same content made as our own scenes are (our_scenes.py), encoded with veryfast. `not compiled`,
with --plain, is `ours` where there was no compiler.
`encode only` is how fast the same frames are encoded from RGB in memory: the limit for any drawing. The
pixels of every frame are compared before any encoding. Speeds depend on the machine, and on what else it does; only
ratios within one run mean anything.
"""

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import nullcontext
from pathlib import Path

import av
import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
SCENES = ("S1", "S2s", "S3", "S4")
QUALITIES = {"l": (854, 480, 15), "m": (1920, 1080, 30), "h": (1920, 1080, 60)}
PRESETS = ("medium", "veryfast", "ultrafast")
WAYS = ("stock", "ours", "ours, veryfast", "soakup")
OWN = "our mobjects"  # the same content made as our scenes are, where our_scenes.py has it; encoded by veryfast
HAVE_OWN = ("S1", "S2s")
PLAIN = "not compiled"  # as "ours", by the parts in plain Python
SENTENCE = "The old king gave his daughter a golden key"
OWN_FILMS = ("layer-by-layer", "queries-and-keys", "attention-pattern", "values", "multi-head", "attention-formula")


# --- in a process of its own ---


def play(scene: str, quality: str, way: str, folder: Path, frames: int | None) -> None:
    """Render one of the stock scenes with Manim's own writer, or write its raw frames to a file descriptor."""
    from manim import tempconfig

    from soakup.drawing import parts, plain_canvas, plain_mobjects
    from soakup.drawing.fast import fast_drawing

    if way == PLAIN:
        parts.Canvas, parts.mobjects = plain_canvas.Canvas, plain_mobjects
    sys.path.insert(0, str(HERE))
    scenes = importlib.import_module("our_scenes" if way == OWN else "stock_scenes")

    width, height, fps = QUALITIES[quality]
    settings = {
        "pixel_width": width,
        "pixel_height": height,
        "frame_rate": fps,
        "disable_caching": True,
        "progress_bar": "none",
        "verbosity": "ERROR",
        "media_dir": str(folder),
        "output_file": "film",
    }
    if way in ("ours, veryfast", OWN):
        settings["video_encoder_options"] = {"preset": "veryfast", "crf": "23"}
    with tempconfig(settings), nullcontext() if way == "stock" else fast_drawing():
        stage = getattr(scenes, scene)()
        if frames is not None:
            pipe = os.fdopen(frames, "wb")

            def send(frame: np.ndarray, num_frames: int = 1) -> None:
                pipe.write(num_frames.to_bytes(4, "little") + frame.tobytes())

            stage.renderer.add_frame = send
            stage.renderer.file_writer.finish = lambda: None
        stage.render()


# --- measuring ---


def run(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, processor seconds, and peak memory in GiB of a process with all it starts."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"{' '.join(command)} failed: {complaint.decode()}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


def child(*arguments: str | int) -> list[str]:
    return [sys.executable, str(Path(__file__)), "--child", *map(str, arguments)]


def render_command(scene: str, quality: str, way: str, folder: Path) -> list[str]:
    if way != "soakup":
        return child(scene, quality, way, folder)
    letter, fps = ("l", 15) if quality == "l" else ("h", QUALITIES[quality][2])
    source, film = f"{HERE / 'stock_scenes.py'}:{scene}", folder / "soakup.mp4"
    return [
        sys.executable,
        "-m",
        "soakup",
        "render",
        source,
        "-q",
        letter,
        "--fps",
        str(fps),
        "-o",
        str(film),
        "--force",
        "--no-cache",
    ]


def film_command(scene: str, folder: Path, quality: str, drawing: bool) -> list[str]:
    """A film of ours, with our drawing or without."""
    off = "" if drawing else "import contextlib, soakup.film; soakup.film.fast_drawing = contextlib.nullcontext; "
    code = f"{off}import soakup.cli; soakup.cli.main()"
    output = ["-o", str(folder / "own.mp4"), "--force", "--no-cache"]
    return [sys.executable, "-c", code, "render", SENTENCE, "--scene", scene, "-q", quality, *output]


def read_frames(descriptor: int, size: tuple[int, int]):
    """The frames that a child sends, (height, width, 4) uint8, each as often as it is shown."""
    width, height = size
    with os.fdopen(descriptor, "rb") as pipe:
        while head := pipe.read(4):
            frame = np.frombuffer(pipe.read(4 * width * height), dtype=np.uint8).reshape(height, width, 4)
            yield frame, int.from_bytes(head, "little")


def compare(scene: str, quality: str, folder: Path, drawn_by: str) -> tuple[int, float, int]:
    """How the raw frames drawn in a way differ from stock Manim's: the largest difference on any channel, PSNR over all
    in dB, and how many frames there are."""
    size = QUALITIES[quality][:2]
    readers, children = [], []
    for way in ("stock", drawn_by):
        read, write = os.pipe()
        command = child(scene, quality, way, folder / way, write)
        children.append(subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL))
        os.close(write)
        readers.append(read_frames(read, size))
    worst, squares, values, count = 0, 0.0, 0, 0
    for (theirs, repeat), (ours, again) in zip(*readers, strict=True):
        assert repeat == again
        difference = (np.maximum(theirs, ours) - np.minimum(theirs, ours))[..., :3]
        worst = max(worst, int(difference.max()))
        squares += repeat * float(np.sum(difference.astype(np.uint32) ** 2))
        values += repeat * difference.size
        count += repeat
    for process in children:
        if process.wait():
            raise SystemExit(f"{scene} cannot be drawn")
    return worst, 10 * np.log10(255**2 * values / squares) if squares else float("inf"), count


def encode_only(film: Path, preset: str) -> tuple[float, float]:
    """Wall and processor seconds when the frames of a film are encoded again, from RGB in memory."""
    with av.open(film) as source, av.open(os.devnull, "w", format="mp4") as target:
        video = source.streams.video[0]
        options = {"preset": preset, "crf": "23"}
        stream = target.add_stream("libx264", rate=video.average_rate, options=options)
        stream.width, stream.height, stream.pix_fmt = video.width, video.height, "yuv420p"
        waiting: list[np.ndarray] = []
        spent = np.zeros(2)

        def encode(last: bool = False) -> None:
            nonlocal spent
            start = np.array([time.perf_counter(), time.process_time()])
            for pixels in waiting:
                stream.encode(av.VideoFrame.from_ndarray(pixels, "rgba"))
            if last:
                stream.encode()
            waiting.clear()
            spent += np.array([time.perf_counter(), time.process_time()]) - start

        for frame in source.decode(video):
            waiting.append(frame.to_ndarray(format="rgba"))
            if len(waiting) == 60:
                encode()
        encode(last=True)
        return float(spent[0]), float(spent[1])


def encoding_alone(film: Path, preset: str) -> tuple[float, ...]:
    """`encode_only` in a process of its own: what it keeps in memory must not be counted of the next way."""
    return tuple(json.loads(subprocess.check_output([sys.executable, __file__, "--encode", str(film), preset])))


def medians(rows: list[tuple[float, ...]]) -> list[float]:
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def measure(scenes: list[str], qualities: list[str], pairs: int, plain: bool) -> list[dict]:
    results = []
    for quality in qualities:
        for scene in scenes:
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary)
                worst, psnr, frames = compare(scene, quality, folder, PLAIN if plain else "ours")
                runs = defaultdict(list)
                ways = ("stock", PLAIN) if plain else (*WAYS, OWN) if scene in HAVE_OWN else WAYS
                for _ in range(pairs):
                    for way in ways:
                        runs[way].append(run(render_command(scene, quality, way, folder)))
                film = next(folder.rglob("film.mp4"))
                limits = {preset: medians([encoding_alone(film, preset) for _ in range(pairs)]) for preset in PRESETS}
            results.append(
                {
                    "scene": scene,
                    "quality": "{}×{} at {}".format(*QUALITIES[quality]),
                    "frames": frames,
                    "worst": worst,
                    "psnr": psnr,
                    "encode only": limits,
                    **{way: medians(runs[way]) for way in ways},
                }
            )
            console.print(f"{scene} {results[-1]['quality']} is measured", style="dim")
    return results


def preset_of(way: str) -> str:
    """The encoder's preset with whose speed alone a way is compared."""
    return "medium" if way in ("stock", "ours", PLAIN) else "veryfast"


def table_of(results: list[dict]) -> Table:
    table = Table(title="Stock Manim and our drawing, whole processes, medians", box=box.SIMPLE)
    for name in ("scene", "way", "wall s", "CPU s", "fps", "×", "× CPU", "encode only", "CPU", "GiB"):
        table.add_column(name, justify="left" if name in ("scene", "way") else "right", no_wrap=True)
    notes = []
    for r in results:
        limits = r["encode only"]
        stock_wall, stock_cpu, _ = r["stock"]
        for way in filter(r.get, (*WAYS, PLAIN, OWN)):
            wall, cpu, memory = r[way]
            preset = preset_of(way)
            table.add_row(
                r["scene"] if way == "stock" else "",
                way,
                f"{wall:.1f}",
                f"{cpu:.1f}",
                f"{r['frames'] / wall:.1f}",
                f"{stock_wall / wall:.2f}",
                f"{stock_cpu / cpu:.2f}",
                f"{limits[preset][0] / wall:.0%}",
                f"{limits[preset][1] / cpu:.0%}",
                f"{memory:.2f}",
            )
        encoding = ", ".join(f"{preset} {r['frames'] / limits[preset][0]:.0f}" for preset in PRESETS)
        table.add_section()
        notes.append(
            f"{r['scene']} {r['quality']}: {r['frames']} frames; encode only, fps: {encoding}; "
            f"raw frames at most {r['worst']}/255 apart, PSNR {r['psnr']:.1f} dB"
        )
    notes.append(
        "encode only: share of the speed of encoding alone, at medium for the first two ways, else at veryfast"
    )
    table.caption = "\n".join(notes)
    return table


def measure_own(quality: str, pairs: int) -> Table:
    """Our own films with our drawing on and off."""
    table = Table(title=f"Our own films, “{SENTENCE}”, -q {quality}")
    for name in ("scene", "film s", "drawing", "wall s", "CPU s", "film s per s", "peak GiB"):
        table.add_column(name, justify="left" if name == "scene" else "right")
    for scene in OWN_FILMS:
        runs = defaultdict(list)
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            for _ in range(pairs):
                for drawing in (False, True):
                    runs[drawing].append(run(film_command(scene, folder, quality, drawing)))
            with av.open(folder / "own.mp4") as film:
                seconds = film.duration / av.time_base
        for drawing in (False, True):
            wall, cpu, memory = medians(runs[drawing])
            figures = [f"{wall:.1f}", f"{cpu:.1f}", f"{seconds / wall:.2f}", f"{memory:.2f}"]
            about = ["", "", "on"] if drawing else [scene, f"{seconds:.0f}", "off"]
            table.add_row(*about, *figures)
        console.print(f"{scene} is measured", style="dim")
    return table


console = Console(width=None if sys.stdout.isatty() else 120)

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        scene, quality, way, folder, *rest = sys.argv[2:]
        play(scene, quality, way, Path(folder), int(rest[0]) if rest else None)
        raise SystemExit
    if sys.argv[1:2] == ["--encode"]:
        print(json.dumps(encode_only(Path(sys.argv[2]), sys.argv[3])))
        raise SystemExit
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"of {', '.join(SCENES)}, S2 (default: all but S2)")
    parser.add_argument("--quality", choices=QUALITIES, action="append", help="l 480p15, m 1080p30, h 1080p60")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="480p15, one pair")
    parser.add_argument("--plain", action="store_true", help="only stock Manim, and ours where there was no compiler")
    parser.add_argument("--film", action=argparse.BooleanOptionalAction, default=True, help="our own films as well")
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    options = parser.parse_args()
    qualities = ["l"] if options.quick else options.quality or list(QUALITIES)
    pairs = 1 if options.quick else options.pairs
    results = measure(options.scenes or list(SCENES), qualities, pairs, options.plain)
    console.print(table_of(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    if options.film:
        console.print(measure_own("l" if options.quick else "h", pairs))
