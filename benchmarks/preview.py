"""How soon `soakup preview` shows what was asked: as the page asks it, of a real server, with the model `tiny`.

    python benchmarks/preview.py [--edits 200]

Times are of the wall clock, so they are worth something only on a machine that does nothing else: its load is printed
with them. What the page itself adds (a pause of 130 ms after the last key, and drawing a picture) is measured once, in
a headless Chromium, where there is one.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from queue import Queue
from typing import Any

SOAKUP = str(Path(sys.executable).with_name("soakup"))
TEXT = "A small fox saw the {} moon"  # eight tokens, the start token among them
WORDS = ("pale", "old", "cold", "new", "white", "red", "dark", "big")


class Page:
    """What a page does: it listens, and asks."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.events: Queue[tuple[float, dict[str, Any]]] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.tab = self.wait("tab")[1]["tab"]
        self.wait("choices")

    def _listen(self) -> None:
        with urllib.request.urlopen(self.url + "events") as stream:
            for line in stream:
                if line.startswith(b"data: "):
                    self.events.put((time.monotonic(), json.loads(line[6:])))

    def wait(self, kind: str, show: int | None = None) -> tuple[float, dict[str, Any]]:
        while True:
            when, event = self.events.get(timeout=300)
            if event["kind"] == "failed":
                raise SystemExit(event["message"])
            if event["kind"] == kind and show in (None, event.get("show")):
                return when, event

    def post(self, what: str, **body: Any) -> Any:
        request = urllib.request.Request(f"{self.url}{self.tab}/{what}", json.dumps(body).encode())
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or "null")

    def get(self, *parts: object) -> bytes:
        with urllib.request.urlopen(f"{self.url}{self.tab}/{'/'.join(map(str, parts))}") as answer:
            return answer.read()


def family(root: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in listed.splitlines()[1:])}
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu_seconds(pids: list[int]) -> dict[int, float]:
    spent = {}
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        spent[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def memory(pids: list[int]) -> float:
    """In MB, what is shared counted once."""
    total = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1000


def report(what: str, seconds: list[float], goal: float) -> None:
    middle, most = statistics.median(seconds), max(seconds)
    print(f"{what:48} {middle * 1000:7.0f} ms   at most {most * 1000:7.0f} ms   (goal: {goal * 1000:.0f} ms)")


def edits(page: Page, count: int) -> None:
    firsts, wholes, starved = [], [], []
    for k in range(count):
        start = time.monotonic()
        shown = page.post("show", text=TEXT.format(WORDS[k % len(WORDS)]))["show"]
        when, beat = page.wait("beat", shown)
        firsts.append(when - start)
        arrived: list[tuple[float, float, float]] = []
        while True:
            when, event = page.events.get(timeout=300)
            if event.get("show") != shown:
                continue
            if event["kind"] == "length":
                wholes.append(when - start)
            if event["kind"] == "draft":
                arrived.append((when, event["start"], event["end"]))
            if event["kind"] == "drawn":
                break
        begun = min(arrived)[0] + 1.0  # play is pressed at the first stretch, and has a second's grace
        starved.append(max(when - (begun + at) for when, at, _ in arrived))
    print(f"layer-by-layer, {beat['total']} beats, {max(end for *_, end in arrived):.0f} s of film")
    report("an edit to the first new still", firsts, 1.0)
    report("an edit to the full storyboard", wholes, 8.0)
    late = max(starved)
    print(f"{'playing the draft':48} {'never starves' if late <= 0 else f'waits {late:.1f} s'}, played from its start")


def frames(page: Page) -> None:
    shown = page.post("show", text=TEXT.format("quiet"))["show"]
    _, event = page.wait("length", shown)
    for what, query, goal in (
        ("a frame that is not drawn yet", "", 1.0),
        ("the same, 1920×1080, with all numbers", "?sharp", 1.0),
    ):
        times = []
        for k in range(12):
            number = (k * 2 + 1) * event["frames"] // 25
            start = time.monotonic()
            page.get("frame", shown, f"{number}{query}")
            times.append(time.monotonic() - start)
        report(what, times, goal)
    page.wait("drawn", shown)


def in_a_browser(url: str) -> None:
    try:
        import shutil

        from playwright.sync_api import sync_playwright

        path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))))
    except (ImportError, StopIteration):
        print("(no Chromium with Playwright here: what the page adds is not measured)")
        return
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=path).new_page()
        page.goto(f"{url}?text={TEXT.format('pale').replace(' ', '+')}")
        page.locator("#checks-count", has_text="looking").wait_for(timeout=300_000)
        seek = """async (share) => {
            const video = document.querySelector('video'), start = performance.now();
            video.currentTime = share * video.duration;
            await new Promise((done) => video.addEventListener('seeked', done, { once: true }));
            return performance.now() - start;
        }"""
        report(
            "a frame that is drawn already, in the page",
            [page.evaluate(seek, k / 17) / 1000 for k in range(1, 17)],
            0.05,
        )
        typed = []
        for word in WORDS:
            page.locator("#sentence").fill(TEXT.format(word))
            start = time.monotonic()
            page.locator("#tokens", has_text=word).wait_for()
            typed.append(time.monotonic() - start)
        report("a keystroke to its tokens, in the page", typed, 0.1)
        first = []
        for word in WORDS[:4]:
            page.wait_for_timeout(3000)
            old = page.locator("#storyboard li").first.locator("img").get_attribute("src")
            page.locator("#sentence").fill(TEXT.format(word))
            start = time.monotonic()
            page.locator(f"#storyboard li:first-child img:not([src='{old}'])").wait_for()
            first.append(time.monotonic() - start)
        report("an edit to the first new still, in the page", first, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=200, help="after which memory is read again")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    print(f"load of this machine: {os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} cores")
    with tempfile.TemporaryDirectory() as cache:
        env = os.environ | {"XDG_CACHE_HOME": cache, "SOAKUP_CACHE": cache}
        start = time.monotonic()
        process = subprocess.Popen([SOAKUP, "preview", "--no-browser"], stdout=subprocess.PIPE, text=True, env=env)
        assert process.stdout
        url = process.stdout.readline().strip()
        page = Page(url)
        print(f"{'ready':48} {time.monotonic() - start:7.1f} s")
        times = []
        for k in range(20):
            start = time.monotonic()
            page.post("tokens", text=TEXT.format(WORDS[k % len(WORDS)]), model=None)
            times.append(time.monotonic() - start)
        report("a keystroke to its tokens", times, 0.1)
        edits(page, 4)
        frames(page)
        page.wait("faults")
        time.sleep(1)
        before = cpu_seconds(pids := family(process.pid))
        time.sleep(10)
        spent = sum(seconds - before[pid] for pid, seconds in cpu_seconds(pids).items())
        print(f"{'idle, a tab open and all drawn':48} {spent * 10:7.1f} % of one core")
        print(f"{'memory, a tab open and all drawn':48} {memory(pids):7.0f} MB in {len(pids)} processes")
        at_first = memory([process.pid, *family(process.pid)[1:2]])
        for k in range(arguments.edits):
            shown = page.post("show", text=TEXT.format(WORDS[k % len(WORDS)]))["show"]
            page.wait("beat", shown)
        after = memory([process.pid, *family(process.pid)[1:2]])
        print(f"{f'the server and its warm process, {arguments.edits} edits on':48} {at_first:7.0f} → {after:.0f} MB")
        in_a_browser(url)
        process.send_signal(signal.SIGINT)
        process.wait(20)


if __name__ == "__main__":
    main()
