"""How soon the library has a still of a beat, in a warm process, at 1080p.

    python benchmarks/stills.py [SCENE …] [--text "…"]

Each beat's still is taken three times, in turn, so that none follows itself; the median is shown, in seconds of the
wall clock and of processor time, and which are over the goal of one second. Times are worth something only on a
machine that does nothing else: its load is printed.
"""

import argparse
import os
import statistics
import time

from rich.console import Console
from rich.table import Table

from soakup.film import pass_over, still

TEXT = "The old king gave his youngest daughter a small golden key"
GOAL = 1.0  # seconds
ROUNDS = 3


def measure(scene: str, text: str) -> Table:
    settings = {"text": text}
    names = [span.name for span in pass_over(scene, lambda scene, frames: None, fps=60, settings=settings)]
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name in names:
            wall, processor = time.perf_counter(), time.process_time()
            still(scene, name, settings=settings)
            times[name].append((time.perf_counter() - wall, time.process_time() - processor))
    table = Table(title=f"{scene}, “{text}”", caption=f"load of this machine: {os.getloadavg()[0]:.1f}")
    for column in ("beat", "s", "processor s", ""):
        table.add_column(column, justify="left" if column == "beat" else "right")
    for name, taken in times.items():
        wall, processor = (statistics.median(each) for each in zip(*taken, strict=True))
        table.add_row(name, f"{wall:.2f}", f"{processor:.2f}", "" if wall <= GOAL else "over the goal")
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", nargs="*", default=["layer-by-layer"], metavar="SCENE")
    parser.add_argument("--text", default=TEXT)
    arguments = parser.parse_args()
    for scene in arguments.scenes:
        Console().print(measure(scene, arguments.text))
