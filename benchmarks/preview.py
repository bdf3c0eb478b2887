"""How soon `soakup preview` shows what was asked, of a real server, with the model `tiny` and eight tokens.

    python benchmarks/preview.py [--edits 200] [--play 30]

First as a page would ask it, then by the page itself, in a headless Chromium, where there is one. Each figure stands
beside its goal. Times are of the wall clock, so they are worth something only on a machine that does nothing else: its
load is printed at the start and the end. Memory counts what processes share once (PSS).
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress
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
        with suppress(OSError, ValueError, AttributeError), urllib.request.urlopen(self.url + "events") as self.stream:
            for line in self.stream:
                if line.startswith(b"data: "):
                    self.events.put((time.monotonic(), json.loads(line[6:])))

    def close(self) -> None:
        """The tab is closed."""
        self.stream.fp.raw._sock.shutdown(socket.SHUT_RDWR)

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
            if answer.status != 200:
                raise SystemExit(f"{'/'.join(map(str, parts))} is not there")
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


def say(what: str, figure: str, goal: str = "") -> None:
    print(f"{what:52} {figure:32} {f'(goal: {goal})' if goal else ''}".rstrip())


def report(what: str, seconds: list[float], goal: float) -> None:
    middle, most = statistics.median(seconds) * 1000, max(seconds) * 1000
    say(what, f"{middle:7.0f} ms, at most {most:7.0f}", f"{goal * 1000:.0f} ms")


def edits(page: Page, root: int, count: int) -> None:
    firsts, wholes, spent = [], [], []
    for k in range(count):
        before = cpu_seconds(family(root))
        start = time.monotonic()
        shown = page.post("show", text=TEXT.format(WORDS[k % len(WORDS)]))["show"]
        when, beat = page.wait("beat", shown)
        firsts.append(when - start)
        when, whole = page.wait("length", shown)
        wholes.append(when - start)
        spent.append(sum(cpu - before.get(pid, 0) for pid, cpu in cpu_seconds(family(root)).items()))
    drawn = page.wait("drawn", shown)[0] - start
    seconds = whole["frames"] / whole["fps"]
    say("layer-by-layer", f"{beat['total']} beats, {seconds:.0f} s of film")
    report("an edit to the first new still", firsts, 1.0)
    report("an edit to the full storyboard", wholes, 8.0)
    say("    processor time of that", f"{statistics.median(spent):7.1f} s")
    say("an edit to the whole draft", f"{drawn:7.1f} s, {seconds / drawn:.1f} times as fast as it plays")


def frames(page: Page) -> None:
    shown = page.post("show", text=TEXT.format("quiet"))["show"]
    _, event = page.wait("length", shown)
    for what, query, goal in (
        ("a frame that is not drawn yet, while the draft is", "", 1.0),
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


def idle(page: Page, root: int) -> None:
    page.wait("faults")
    time.sleep(1)
    before = cpu_seconds(pids := family(root))
    time.sleep(10)
    spent = sum(seconds - before[pid] for pid, seconds in cpu_seconds(pids).items())
    say("idle, a tab open and all drawn", f"{spent * 10:7.1f} % of one core", "none")
    say("memory then", f"{memory(pids):7.0f} MB in {len(pids)} processes")


def runs(pid: int) -> bool:
    """Whether a process still does anything: one that has ended may stay listed until its parent, now init, asks."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def many_edits(page: Page, root: int, count: int) -> None:
    """The memory of it all as edit follows edit, each when the one before has shown its first still."""
    readings = []
    for k in range(count + 1):
        shown = page.post("show", text=TEXT.format(WORDS[k % len(WORDS)]))["show"]
        page.wait("beat", shown)
        if k % 20 == 0:
            pids = family(root)
            readings.append((k, memory(pids[:2]), memory(pids), len(pids)))
    for k, two, everything, number in sorted({readings[0], readings[len(readings) // 2], readings[-1]}):
        say(f"memory after {k} edits", f"{two:7.0f} MB in server and warm process, {everything:.0f} in all {number}")
    say("the most of these", f"{max(r[2] for r in readings):7.0f} MB in all, {max(r[3] for r in readings)} processes")


TYPE = """(text) => new Promise((done) => {
    const start = performance.now();
    const found = () => {
        if (!(SEEN)) return;
        watching.disconnect();
        requestAnimationFrame(() => done(performance.now() - start));
    };
    const watching = new MutationObserver(found);
    watching.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    document.addEventListener('load', found, { capture: true });
    const sentence = document.querySelector('#sentence');
    sentence.value = text;
    sentence.dispatchEvent(new Event('input'));
})"""
OLD = "() => { window.old = document.querySelector('#storyboard img')?.src; }"
NEW = "(i => i && i.src !== window.old && i.complete && i.naturalWidth)(document.querySelector('#storyboard img'))"
WHOLE = NEW + " && /^Drawing/.test(document.querySelector('#state').textContent)"
SCRUB = """([share, drawn]) => new Promise((done) => {
    const video = document.querySelector('video'), picture = document.querySelector('#picture');
    const timeline = document.querySelector('#timeline'), box = timeline.getBoundingClientRect();
    const at = { clientX: box.left + share * box.width, clientY: box.top + 9, pointerId: 1, bubbles: true };
    const start = performance.now();
    (drawn ? video : picture).addEventListener(drawn ? 'seeked' : 'load',
        () => requestAnimationFrame(() => done(performance.now() - start)), { once: true });
    timeline.setPointerCapture = () => {};
    timeline.dispatchEvent(new PointerEvent('pointerdown', at));
    timeline.dispatchEvent(new PointerEvent('pointerup', at));
})"""
PLAY = """(seconds) => new Promise((done) => {
    const busy = document.querySelector('#busy'), video = document.querySelector('video');
    const start = performance.now();
    let starved = 0, last = start;
    document.querySelector('#play').click();
    const look = () => {
        const now = performance.now();
        if (now > start + 1000 && !busy.hidden) starved += now - last;
        last = now;
        if (now < start + 1000 * seconds) requestAnimationFrame(look); else done([starved / 1000, video.currentTime]);
    };
    look();
})"""


def in_a_browser(url: str, seconds: int) -> None:
    try:
        import shutil

        from playwright.sync_api import sync_playwright

        path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))))
    except (ImportError, StopIteration):
        print("(no Chromium with Playwright here: what the page adds is not measured)")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        page = browser.new_page()
        page.set_default_timeout(600_000)
        page.goto(f"{url}?text={TEXT.format('pale').replace(' ', '+')}")
        page.locator("#storyboard li").nth(3).wait_for()

        def typed(seen: str, words: tuple[str, ...], pause: int = 0) -> list[float]:
            times = []
            for word in words:
                page.wait_for_timeout(pause)
                text = TEXT.format(word)
                page.evaluate(OLD)
                times.append(page.evaluate(TYPE.replace("SEEN", seen.replace("WORD", word)), text) / 1000)
            return times

        tokens = "document.querySelector('#tokens').textContent.includes('WORD')"
        report("in the page: a keystroke to its tokens", typed(tokens, WORDS[1:] + WORDS[:1], 400), 0.1)
        report("in the page: an edit to the first new still", typed(NEW, WORDS[:6], 1500), 1.0)
        report("in the page: an edit to the full storyboard", typed(WHOLE, WORDS[:3], 1500), 8.0)
        away = [page.evaluate(SCRUB, [0.95 - k / 10, False]) / 1000 for k in range(5)]
        report("in the page: to a frame not drawn yet", away, 1.0)
        typed(NEW, ("quiet",))
        page.locator("#play:not([disabled])").wait_for()
        page.locator("body").press("Home")
        starved, reached = page.evaluate(PLAY, seconds)
        say(
            f"in the page: {seconds} s of play from the first still on",
            f"waits {starved:.1f} s, comes to {reached:.1f} s",
            "0 s after the first second",
        )
        page.locator("#play").click()
        page.wait_for_function("() => !document.querySelector('#state').textContent")  # all is drawn
        page.wait_for_timeout(2000)
        report(
            "in the page: to a frame drawn already",
            [page.evaluate(SCRUB, [k / 17, True]) / 1000 for k in range(1, 17)],
            0.05,
        )
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=200, help="over which memory is read")
    parser.add_argument("--play", type=int, default=30, metavar="SECONDS", help="how long the page plays the draft")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    print(f"load of this machine: {os.getloadavg()[0]:.1f}, {len(os.sched_getaffinity(0))} cores")
    with tempfile.TemporaryDirectory() as cache:
        env = os.environ | {"XDG_CACHE_HOME": cache, "SOAKUP_CACHE": cache}
        start = time.monotonic()
        process = subprocess.Popen([SOAKUP, "preview", "--no-browser"], stdout=subprocess.PIPE, text=True, env=env)
        assert process.stdout
        try:
            url = process.stdout.readline().strip()
            page = Page(url)
            say("from the command to a page that can ask", f"{time.monotonic() - start:7.1f} s")
            times = []
            for k in range(20):
                start = time.monotonic()
                page.post("tokens", text=TEXT.format(WORDS[k % len(WORDS)]), model=None)
                times.append(time.monotonic() - start)
            report("a keystroke to its tokens", times, 0.1)
            edits(page, process.pid, 4)
            frames(page)
            idle(page, process.pid)
            page.close()
            in_a_browser(url, arguments.play)
            many_edits(Page(url), process.pid, arguments.edits)
        finally:
            left = family(process.pid)
            process.send_signal(signal.SIGINT)
            process.wait(20)
        time.sleep(1)
        say("processes left after Ctrl-C", f"{sum(map(runs, left)):7}", "none")
    print(f"load of this machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
