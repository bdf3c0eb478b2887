// The film: a video that grows as it is drawn, and over it, when it stands still, the exact frame, drawn large.

import { address, get, post } from "./api.js";
import { $, clock, freeze, later, make } from "./dom.js";

const video = $("video"), picture = $("picture"), timeline = $("timeline");

export class Player {
  constructor(hooks) {
    this.hooks = hooks; // settled(frame), moved(frame), playing(yes)
    this.show = 0;
    this.reset();
    this.settle = later(140, () => this.sharpen());
    this.frame = 0;
    this.follow = true; // nobody has gone anywhere yet: stay at what was drawn first
    video.addEventListener("ended", () => this.pause());
    video.addEventListener("seeked", () => { if (!this.playing) this.unveil(); });
    this.wire();
  }

  reset() {
    this.beats = [];
    this.drafts = new Map();
    this.frames = 0; // known so far
    this.whole = false;
    this.coming = 0; // pieces of the draft that are on their way from the server
    this.queue = [];
    this.wanted = null;
    this.shownFrame = null;
  }

  get fps() { return this.beats[0]?.fps ?? 15; }

  // --- what arrives ---

  // Another scene: the picture stays until there is a new one.
  begin(show) {
    const kept = this.frame;
    const playing = this.playing;
    if (playing) this.pause(true);
    this.show = show;
    this.reset();
    this.frame = kept;
    freeze(video, picture);
    this.source = new MediaSource();
    const source = this.source;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(source);
    source.addEventListener("sourceopen", () => { if (source === this.source) this.feed(); }, { once: true });
    video.src = this.url;
    this.draw();
  }

  beat(beat) {
    this.beats.push(beat);
    this.frames = beat.end;
    if (this.follow && this.beats.length === 1) this.frame = beat.end - 1;
    if (this.frame >= beat.start && this.frame < beat.end) this.goto(this.frame, { quiet: true });
    this.draw();
  }

  length(frames) {
    this.frames = frames;
    this.whole = true;
    if (this.frame >= frames) this.goto(frames - 1, { quiet: true });
    this.finish();
    this.draw();
  }

  async draft(draft) {
    const show = this.show;
    this.drafts.set(draft.number, draft);
    this.drawBuffered();
    this.coming += 1;
    let data = null;
    try {
      data = await (await get(["draft", show, draft.number])).arrayBuffer();
    } catch { /* another scene is shown by now */ }
    if (show !== this.show) return;
    this.coming -= 1;
    if (data) this.queue.push({ ...draft, data });
    this.feed();
  }

  drawn() { this.all = this.show; this.finish(); }

  feed() {
    if (this.source.readyState !== "open" || this.buffer?.updating) return;
    const next = this.queue.shift();
    if (!next) { this.finish(); return; }
    if (!this.source.sourceBuffers.length) {
      this.buffer = this.source.addSourceBuffer(`video/mp4; codecs="${next.codec}"`);
      const source = this.source;
      this.buffer.addEventListener("updateend", () => {
        if (source !== this.source) return;
        this.hooks.ready?.();
        this.resume();
        this.feed();
      });
    }
    this.buffer.timestampOffset = next.start;
    this.buffer.appendWindowEnd = Infinity;
    this.buffer.appendBuffer(next.data);
  }

  finish() {
    const all = this.all === this.show && this.whole && !this.coming && !this.queue.length;
    if (all && this.source?.readyState === "open" && !this.buffer?.updating) {
      this.source.endOfStream();
    }
  }

  // --- where it stands ---

  has(frame) {
    const time = (frame + 0.5) / this.fps;
    for (let i = 0; i < video.buffered.length; i++) {
      if (video.buffered.start(i) <= time && time < video.buffered.end(i)) return true;
    }
    return false;
  }

  beatAt(frame) { return this.beats.findIndex((beat) => frame < beat.end); }

  goto(frame, { quiet = false, dragging = false } = {}) {
    if (!this.beats.length) return;
    frame = Math.max(0, Math.min(Math.round(frame), this.frames - 1));
    if (!quiet) this.follow = false;
    this.frame = frame;
    this.hooks.moved(frame);
    this.place();
    if (this.playing) { video.currentTime = (frame + 0.5) / this.fps; this.resume(); return; }
    if (this.has(frame)) {
      this.wanted = null;
      video.currentTime = (frame + 0.5) / this.fps;
    } else {
      this.want(frame);
    }
    if (!dragging) this.settle();
  }

  // A frame that is not in the video yet: one is asked for at a time, and the last that was wanted next.
  async want(frame) {
    const busy = this.wanted !== null;
    this.wanted = frame;
    if (busy) return;
    const show = this.show;
    while (this.wanted !== null && show === this.show) {
      const asked = this.wanted;
      await this.fetchPicture(asked, "");
      if (this.wanted === asked) this.wanted = null;
    }
  }

  async fetchPicture(frame, how) {
    const show = this.show;
    try {
      const blob = await (await get(["frame", show, `${frame}${how}`])).blob();
      if (show !== this.show || this.playing || frame !== this.frame) return false;
      const url = URL.createObjectURL(blob);
      const loaded = new Image();
      loaded.src = url;
      await loaded.decode();
      if (show !== this.show || this.playing || frame !== this.frame) { URL.revokeObjectURL(url); return false; }
      const old = picture.src;
      picture.src = url;
      picture.hidden = false;
      this.shownFrame = frame;
      if (old.startsWith("blob:")) URL.revokeObjectURL(old);
      return true;
    } catch (error) {
      return false;
    }
  }

  unveil() {
    if (this.shownFrame !== this.frame && this.has(this.frame)) { picture.hidden = true; this.shownFrame = null; }
  }

  async sharpen() {
    if (this.playing || !this.beats.length) return;
    const frame = this.frame, show = this.show;
    if (await this.fetchPicture(frame, "?sharp")) this.hooks.settled(show, frame);
  }

  // --- playing ---

  toggle() { if (this.playing) this.pause(); else this.play(); }

  play() {
    if (!this.beats.length) return;
    if (this.whole && this.frame >= this.frames - 1) this.frame = 0;
    this.follow = false;
    this.playing = true;
    this.hooks.playing(true);
    $("play").setAttribute("aria-label", "Pause");
    $("play").classList.add("is-playing");
    video.currentTime = (this.frame + 0.5) / this.fps;
    this.resume();
    this.tick();
  }

  resume() {
    if (!this.playing) return;
    const there = this.has(this.frame);
    $("busy").hidden = there;
    if (!there) {
      post("look", { frame: this.frame }).catch(() => {});
      return;
    }
    video.play().then(() => { if (this.playing) picture.hidden = true; }, () => {});
  }

  tick() {
    if (!this.playing) return;
    if (!video.seeking && this.has(this.frame)) {
      this.frame = Math.min(Math.floor(video.currentTime * this.fps), this.frames - 1);
      this.hooks.moved(this.frame);
      this.place();
    }
    const starved = !this.has(Math.min(this.frame + 1, this.frames - 1));
    if (starved !== !$("busy").hidden) { $("busy").hidden = !starved; if (starved) post("look", { frame: this.frame + 1 }).catch(() => {}); }
    if (this.whole && this.frame >= this.frames - 1) { this.pause(); return; }
    requestAnimationFrame(() => this.tick());
  }

  pause(quiet = false) {
    this.playing = false;
    video.pause();
    $("busy").hidden = true;
    $("play").setAttribute("aria-label", "Play");
    $("play").classList.remove("is-playing");
    this.hooks.playing(false);
    if (!quiet) this.goto(this.frame);
  }

  jumpBeat(by) {
    const now = Math.max(this.beatAt(this.frame), 0);
    const next = this.beats[Math.max(0, Math.min(now + by, this.beats.length - 1))];
    if (next) this.goto(next.end - 1);
  }

  // --- the timeline ---

  draw() {
    const beats = $("beats");
    timeline.classList.toggle("stale", !this.beats.length); // what was there stays until there is something new
    if (!this.beats.length && beats.children.length) {
      for (const id of ["play", "before", "after"]) $(id).disabled = true;
      timeline.setAttribute("aria-disabled", "true");
      return;
    }
    while (beats.children.length > this.beats.length) beats.lastChild.remove();
    this.beats.forEach((beat, k) => {
      const cell = beats.children[k] ?? beats.appendChild(make("div", {}, make("i")));
      cell.style.flexGrow = beat.end - beat.start;
    });
    const there = this.beats.length > 0;
    for (const id of ["play", "before", "after"]) $(id).disabled = !there;
    timeline.setAttribute("aria-disabled", String(!there));
    timeline.setAttribute("aria-valuemax", String(Math.max(this.frames - 1, 0)));
    this.drawBuffered();
    this.place();
  }

  // How much of the film is drawn, from 0 to 1.
  get share() {
    let drawn = 0;
    for (const { start, end } of this.drafts.values()) drawn += end - start;
    return this.frames ? Math.min((drawn * this.fps) / this.frames, 1) : 0;
  }

  drawBuffered() {
    const cells = $("beats").children;
    this.beats.forEach((beat, k) => {
      const [a, b] = [beat.start / this.fps, beat.end / this.fps];
      let drawn = 0;
      for (const { start, end } of this.drafts.values()) drawn += Math.max(0, Math.min(end, b) - Math.max(start, a));
      cells[k]?.style.setProperty("--drawn", Math.min(drawn / (b - a), 1).toFixed(3));
    });
  }

  place() {
    const share = this.frames > 1 ? Math.min(this.frame / (this.frames - 1), 1) : 0;
    $("head").style.left = `${share * 100}%`;
    const k = this.beatAt(this.frame), beat = this.beats[k];
    [...$("beats").children].forEach((cell, n) => {
      const from = this.beats[n];
      const passed = from ? Math.max(0, Math.min((this.frame + 1 - from.start) / (from.end - from.start), 1)) : 0;
      cell.style.setProperty("--passed", passed.toFixed(3));
    });
    const seconds = this.frame / this.fps;
    $("time").textContent = !this.beats.length ? clock(0) : `${clock(seconds)} / ${clock(this.frames / this.fps)}`;
    $("beat-name").textContent = beat ? beat.name : "";
    timeline.setAttribute("aria-valuenow", String(this.frame));
    timeline.setAttribute("aria-valuetext", `${clock(seconds)}${beat ? `, ${beat.name}` : ""}`);
  }

  wire() {
    $("play").addEventListener("click", () => this.toggle());
    $("before").addEventListener("click", () => this.jumpBeat(-1));
    $("after").addEventListener("click", () => this.jumpBeat(1));
    const at = (event) => {
      const box = timeline.getBoundingClientRect();
      return ((event.clientX - box.left) / box.width) * (this.frames - 1);
    };
    let dragging = false;
    timeline.addEventListener("pointerdown", (event) => {
      if (!this.beats.length) return;
      dragging = true;
      timeline.setPointerCapture(event.pointerId);
      if (this.playing) this.pause(true);
      this.goto(at(event), { dragging: true });
    });
    timeline.addEventListener("pointermove", (event) => {
      if (dragging) this.goto(at(event), { dragging: true });
      this.hover(at(event));
    });
    const drop = () => { if (dragging) { dragging = false; this.settle(); } $("hover").hidden = true; };
    timeline.addEventListener("pointerup", drop);
    timeline.addEventListener("pointercancel", drop);
    timeline.addEventListener("pointerleave", () => { if (!dragging) $("hover").hidden = true; });
    addEventListener("keydown", (event) => this.key(event));
  }

  // What is at a place of the line: its time and its beat.
  hover(frame) {
    if (!this.beats.length) return;
    frame = Math.max(0, Math.min(Math.round(frame), this.frames - 1));
    const label = $("hover"), beat = this.beats[this.beatAt(frame)];
    label.hidden = false;
    label.replaceChildren(make("b", {}, clock(frame / this.fps)), beat ? ` ${beat.name}` : "");
    const share = frame / Math.max(this.frames - 1, 1), room = timeline.clientWidth - label.offsetWidth;
    label.style.left = `${Math.max(0, Math.min(share * timeline.clientWidth - label.offsetWidth / 2, room))}px`;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.beats.length) return;
    const on = event.target;
    if (on.matches?.("textarea, input, select") || (on.matches?.("button, summary, a") && [" ", "Enter"].includes(event.key))) return;
    const second = this.fps;
    const moves = {
      " ": () => this.toggle(), k: () => this.toggle(),
      ArrowLeft: () => this.goto(this.frame - 5 * second), ArrowRight: () => this.goto(this.frame + 5 * second),
      j: () => this.goto(this.frame - 10 * second), l: () => this.goto(this.frame + 10 * second),
      ",": () => { if (this.playing) this.pause(true); this.goto(this.frame - 1); },
      ".": () => { if (this.playing) this.pause(true); this.goto(this.frame + 1); },
      "[": () => this.jumpBeat(-1), "]": () => this.jumpBeat(1),
      Home: () => this.goto(0), End: () => this.goto(this.frames - 1),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  }
}

export const stillAddress = (show, beat) => address("still", show, beat);
