/* <soakup-clip>: a film of soakup's to step through, beat by beat, and to ask what it shows.

     <soakup-clip>
       <video src="clip.mp4" poster="clip.poster.png" playsinline muted controls></video>
       <script type="application/json">{"beats": [{"name": …, "caption": …, "start": 0, "end": 4.2}, …], …}</script>
     </soakup-clip>

   Without this file the video plays as any other. With it, the keys → and ← (or a click, or a swipe) go from beat to
   beat, and whoever points at a number, an arc or a bar of a standing frame reads which element of which tensor it is.
   Where the system asks for less motion, the beats are shown as stills instead. It needs nothing else, takes nothing
   from any server, and may be on a page as often as one likes. `soakup embed CLIP.mp4 --for web` writes the data.

   On a slide of reveal.js its fragments with `data-beat="i"` are its steps, there and back.

   Attributes: `controls="none"` leaves only the film (a slide program has its own); `motion="always"` plays even where
   less motion is asked for. Properties: `index` (the beat it stands at, from 0; -1 before the first), `length`.
   Methods: `next()`, `back()`, `show(i)` (stand at the end of a beat), `run(i)` (play a beat), `play()`, `pause()`.
   Event: `beat`, when it has come to stand at the end of one. */

(() => {
  "use strict";
  if (customElements.get("soakup-clip")) return;

  const STYLE = `
    :host { display: block; position: relative; font: 1rem/1.5 system-ui, sans-serif; color: inherit; container-type: inline-size; }
    :host([hidden]) { display: none; }
    .serif { font-family: "soakup CMU Serif", "CMU Serif", "Latin Modern Roman", Georgia, serif; }
    .stage { position: relative; line-height: 0; touch-action: pan-y pinch-zoom; cursor: default; border-radius: 2px; }
    .stage:focus { outline: none; }
    .stage:focus-visible { outline: 2px solid #58C4DD; outline-offset: 3px; }
    ::slotted(video) { display: block; width: 100%; height: auto; max-height: var(--soakup-max-height, none); object-fit: contain; }
    svg { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; overflow: visible; }
    svg .halo { stroke: #000; stroke-opacity: .6; stroke-width: 4; fill: none; }
    svg .mark { stroke: #FFFF00; stroke-width: 2; fill: none; }
    svg * { vector-effect: non-scaling-stroke; stroke-linejoin: round; stroke-linecap: round; }
    .answer {
      position: absolute; z-index: 2; max-width: min(26rem, 90%); box-sizing: border-box; padding: .5rem .75rem;
      font-size: .9rem; line-height: 1.35; color: #fff; background: #1c1c1cf2; border: 1px solid #555; border-radius: 4px;
      pointer-events: none; overflow-wrap: anywhere;
    }
    .answer b { font-weight: normal; font-size: 1.25rem; display: block; }
    .answer code { font: .8rem/1.3 ui-monospace, monospace; color: #9CDCEB; display: block; }
    .answer small { color: #bbb; display: block; }
    .bar { display: flex; align-items: center; gap: .25rem; margin-top: .5rem; }
    button {
      font: inherit; color: inherit; background: none; border: 0; border-radius: 4px; padding: 0; min-width: 2.25rem;
      height: 2.25rem; cursor: pointer; display: inline-grid; place-items: center; opacity: .8;
    }
    button:hover:not(:disabled) { opacity: 1; background: color-mix(in srgb, currentColor 12%, transparent); }
    button:focus-visible, a:focus-visible, summary:focus-visible { outline: 2px solid #58C4DD; outline-offset: 1px; }
    button:disabled { opacity: .3; cursor: default; }
    button[aria-pressed=true] { opacity: 1; box-shadow: inset 0 -2px currentColor; }
    button svg { position: static; width: 1.25rem; height: 1.25rem; fill: currentColor; }
    .beats { flex: 1; display: flex; gap: 2px; min-width: 4rem; margin: 0 .5rem; }
    .beats button {
      flex: var(--length) 1 0; min-width: 3px; height: 2.25rem; padding: 0; border-radius: 0; opacity: 1; display: grid;
      align-items: center; background: none;
    }
    .beats button:hover { background: none; }
    .beats i { display: block; width: 100%; height: 4px; border-radius: 2px; overflow: hidden; background: color-mix(in srgb, currentColor 28%, transparent); transition: height .15s; }
    .beats button:hover i, .beats button:focus-visible i { height: 9px; }
    .beats i::before { content: ""; display: block; height: 100%; width: var(--done, 0%); background: currentColor; }
    .where { margin: .25rem 0 0; min-height: 1.5em; font-size: .875rem; opacity: .8; }
    .where span { font-variant-numeric: tabular-nums; }
    .caption { margin: .4rem 0 0; min-height: 1.5em; font-size: clamp(1rem, 3.2cqi, 1.5rem); line-height: 1.3; text-align: center; text-wrap: balance; }
    .transcript { margin-top: .75rem; border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding-top: .5rem; }
    .transcript ol, .board { list-style: none; margin: 0; padding: 0; }
    .transcript li { display: grid; grid-template-columns: 3.5rem 1fr; align-items: baseline; }
    .transcript button { height: auto; padding: .25rem 0; justify-items: start; font-variant-numeric: tabular-nums; text-decoration: underline; text-underline-offset: .2em; text-decoration-thickness: 1px; }
    .transcript .now { font-weight: bold; }
    .transcript small { display: block; font-family: system-ui, sans-serif; font-size: .8rem; opacity: .75; font-weight: normal; }
    .transcript p { margin: .25rem 0; }
    .board { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem; }
    .board img { display: block; width: 100%; height: auto; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); box-sizing: border-box; }
    .board p { margin: .35rem 0 0; line-height: 1.35; }
    .board small { font-family: system-ui, sans-serif; opacity: .75; display: block; }
    .note { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; margin: 0 0 .75rem; font-size: .9rem; }
    .note button { border: 1px solid; padding: 0 .75rem; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @container (max-width: 34rem) {
      .bar { flex-wrap: wrap; }
      .beats { order: -1; flex-basis: 100%; margin: 0; }
    }
    :host([controls=none]) :is(.bar, .where, .caption, .transcript) { display: none; }
    :host(:fullscreen) { background: #000; color: #fff; display: grid; grid-template-rows: 1fr auto; align-content: center; padding: 0 1rem .5rem; box-sizing: border-box; --soakup-max-height: calc(100vh - 9rem); }
    [hidden] { display: none !important; }
    @media (prefers-reduced-motion: reduce) { .beats i { transition: none; } }
    @media (forced-colors: active) { .beats i { border: 1px solid; } .beats i::before { background: Highlight; forced-color-adjust: none; } }
  `;

  const ICONS = {
    back: "M7 5h2v14H7zM19 5v14l-9-7z",
    next: "M15 5h2v14h-2zM5 5v14l9-7z",
    play: "M7 4v16l13-8z",
    pause: "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
    captions: "M3 5h18v14H3zM5 7v10h14V7zM7 12h6v1.6H7zM14.5 12H17v1.6h-2.5zM7 14.8h3v1.6H7zM11.5 14.8H17v1.6h-5.5z",
    transcript: "M5 4h14v2H5zM5 9h14v2H5zM5 14h14v2H5zM5 19h9v2H5z",
    ask: "M11 17h2v2h-2zM12 5a4 4 0 0 0-4 4h2a2 2 0 1 1 3.2 1.6c-1.2.9-2.2 1.9-2.2 3.4v1h2v-1c0-.8.6-1.4 1.4-2A4 4 0 0 0 12 5z",
    full: "M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z",
  };

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  };
  const drawn = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const button = (icon, label, act, attributes = {}) => {
    const element = make("button", { type: "button", "aria-label": label, title: label, ...attributes });
    const picture = drawn("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
    picture.append(drawn("path", { d: ICONS[icon] }));
    element.append(picture);
    element.addEventListener("click", act);
    return element;
  };

  class SoakupClip extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      // The parser may not have come to what is inside yet.
      if (document.readyState === "loading" && !this.querySelector('script[type="application/json"]')) {
        document.addEventListener("DOMContentLoaded", () => this.isConnected && !this.shadowRoot && this.#build(), { once: true });
      } else {
        this.#build();
      }
    }

    disconnectedCallback() {
      this.#video?.pause();
      cancelAnimationFrame(this.#watching);
    }

    get index() { return this.#index; }
    get length() { return this.#beats.length; }
    get video() { return this.#video; }

    next() {
      if (this.#until !== null && this.#target < this.length) this.show(this.#target);
      else if (this.#index < this.length - 1) this.run(this.#index + 1);
    }

    back() {
      this.show(Math.max(this.#until !== null ? this.#target - 1 : this.#index - 1, -1));
    }

    /* Stand at the end of a beat at once; at -1, on the first frame. */
    show(i) {
      this.pause();
      this.#index = this.#target = Math.min(Math.max(i, -1), this.length - 1);
      this.#seek(this.#endOf(this.#index));
      this.#changed();
      this.#came();
    }

    /* Play a beat to its end, and stand there. */
    run(i) {
      if (i < 0 || i >= this.length) return;
      if (this.#calm) return this.show(i);
      this.#target = i;
      this.#until = this.#endOf(i);
      const start = this.#beats[i].start;
      const now = this.#video.currentTime;
      if (now < start - 2 * this.#frame || now >= this.#until - this.#frame) this.#seek(start);
      this.#start();
    }

    /* Play on without stopping. */
    play() {
      this.#until = null;
      if (this.#video.currentTime >= this.#endOf(this.length - 1) - this.#frame) this.#seek(0);
      this.#start();
    }

    pause() {
      this.#until = null;
      this.#video.pause();
    }

    // --- how it is made ---

    #video = null;
    #data = {};
    #beats = [];
    #regions = [];
    #index = -1;
    #target = -1; // the beat that is being played
    #until = null; // seconds at which to stop, while one beat plays
    #frame = 1 / 30; // seconds
    #watching = 0;
    #asked = null; // the region that is being asked about
    #calm = false; // whether less motion is asked for
    #board = null; // the storyboard, where it takes the place of motion
    #parts = {};

    #build() {
      this.#video = this.querySelector("video");
      const data = this.querySelector('script[type="application/json"]');
      if (!this.#video || !data) return;
      this.#data = JSON.parse(data.textContent);
      this.#beats = this.#data.beats;
      this.#frame = 1 / this.#data.fps;
      this.#regions = unpacked(this.#data.regions);
      const root = this.attachShadow({ mode: "open", delegatesFocus: false });
      root.append(make("style", {}, STYLE));
      this.#video.slot = "film"; // all else that stands inside is for where there are no scripts
      this.#video.controls = false;
      this.#video.tabIndex = -1;
      for (const track of this.#video.textTracks) track.mode = "disabled"; // captions are shown below the picture
      if (!this.hasAttribute("role")) this.setAttribute("role", "region");
      if (!this.hasAttribute("aria-label")) this.setAttribute("aria-label", `Film: ${this.#data.title}`);
      this.#buildStage(root);
      this.#buildControls(root);
      this.#buildTranscript(root);
      root.append(this.#parts.said = make("p", { class: "unseen", "aria-live": "polite" }));
      this.#listen();
      const still = matchMedia("(prefers-reduced-motion: reduce)");
      const settle = () => {
        this.#calm = still.matches && this.getAttribute("motion") !== "always";
        this.#storyboard(this.#calm);
      };
      still.addEventListener("change", settle);
      settle();
      this.#followDeck();
      if (!this.#board && this.#video.autoplay && this.getAttribute("controls") !== "none") this.play();
      this.#changed();
    }

    #buildStage(root) {
      const stage = make("div", { class: "stage", tabindex: "0", role: "group", "aria-label": this.#data.alt,
        "aria-description": "Right and left arrow: next and previous beat. Space: play. Q: ask what is shown." });
      const marks = drawn("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" });
      const answer = make("div", { class: "answer serif", hidden: true, "aria-hidden": "true" });
      stage.append(make("slot", { name: "film" }), marks, answer);
      Object.assign(this.#parts, { stage, marks, answer });
      root.append(stage);
    }

    #buildControls(root) {
      const p = this.#parts;
      p.back = button("back", "Previous beat", () => this.back());
      p.play = button("play", "Play", () => this.#toggle());
      p.next = button("next", "Next beat", () => this.next());
      p.beats = make("div", { class: "beats", role: "group", "aria-label": "Beats" });
      this.#beats.forEach((beat, i) => {
        const label = `${i + 1}: ${beat.name}`;
        const part = make("button", { type: "button", "aria-label": `Beat ${label}`, title: label,
          style: `--length: ${beat.end - beat.start}` }, make("i"));
        part.addEventListener("click", () => this.run(i));
        p.beats.append(part);
      });
      p.captions = button("captions", "Captions", () => this.#showCaptions(p.caption.hidden), { "aria-pressed": "false" });
      p.ask = button("ask", "Ask what is shown", () => this.#askFirst(), { "aria-pressed": "false" });
      p.ask.hidden = !this.#regions.length;
      p.text = button("transcript", "Transcript", () => this.#showTranscript(p.transcript.hidden), { "aria-expanded": "false" });
      p.full = button("full", "Full screen", () => this.#fullscreen());
      p.full.hidden = !document.fullscreenEnabled;
      root.append(p.bar = make("div", { class: "bar" }, p.back, p.play, p.next, p.beats, p.captions, p.ask, p.text, p.full));
      root.append(p.caption = make("p", { class: "caption serif", hidden: true }));
      root.append(p.where = make("p", { class: "where" }));
      if (this.#data.captions === "none") p.captions.hidden = true;
      this.#showCaptions(this.#data.captions === "track");
    }

    #buildTranscript(root) {
      const list = make("ol", { class: "serif" });
      for (const [i, beat] of this.#beats.entries()) {
        const time = make("button", { type: "button", "aria-label": `Play from ${clock(beat.start)}` }, clock(beat.start));
        time.addEventListener("click", () => this.run(i));
        list.append(make("li", {}, time, make("p", {}, make("small", {}, beat.name), beat.caption || "")));
      }
      this.#parts.transcript = make("section", { class: "transcript", "aria-label": "Transcript", hidden: true }, list);
      root.append(this.#parts.transcript);
    }

    #listen() {
      const { stage } = this.#parts;
      const video = this.#video;
      this.addEventListener("keydown", (event) => this.#key(event));
      for (const name of ["play", "pause", "seeked", "loadeddata"]) video.addEventListener(name, () => this.#changed());
      video.addEventListener("play", () => this.#forget());
      video.addEventListener("ended", () => this.#ended());
      let down = null;
      stage.addEventListener("pointerdown", (event) => { down = event; });
      stage.addEventListener("pointerup", (event) => {
        if (!down || event.button || this.getAttribute("controls") === "none") return;
        const [dx, dy] = [event.clientX - down.clientX, event.clientY - down.clientY];
        down = null;
        if (Math.abs(dx) > 40 && Math.abs(dx) > 2 * Math.abs(dy)) return dx < 0 ? this.next() : this.back();
        if (Math.hypot(dx, dy) > 10) return;
        const touched = event.pointerType !== "mouse" && video.paused ? this.#at(event) : null;
        if (touched && touched !== this.#asked) this.#ask(touched);
        else if (!video.paused && this.#until === null) this.pause();
        else this.next();
      });
      stage.addEventListener("pointercancel", () => { down = null; });
      stage.addEventListener("pointermove", (event) => {
        if (event.pointerType !== "mouse") return;
        const found = video.paused ? this.#at(event) : null;
        if (found !== this.#asked) found ? this.#ask(found) : this.#forget();
      });
      stage.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#forget());
    }

    #key(event) {
      if (event.altKey || event.ctrlKey || event.metaKey || this.getAttribute("controls") === "none") return;
      const onButton = event.composedPath()[0].localName === "button";
      const asking = this.#asked && this.#parts.ask.getAttribute("aria-pressed") === "true";
      const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
      const acts = {
        ArrowRight: () => this.next(), ArrowLeft: () => this.back(), PageDown: () => this.next(), PageUp: () => this.back(),
        Home: () => this.show(-1), End: () => this.show(this.length - 1),
        c: () => !this.#parts.captions.hidden && this.#showCaptions(this.#parts.caption.hidden),
        t: () => this.#showTranscript(this.#parts.transcript.hidden),
        q: () => (asking ? this.#forget() : this.#askFirst()),
        f: () => this.#fullscreen(),
      };
      if (!onButton) acts[" "] = () => this.#toggle();
      if (asking) {
        for (const [key, way] of Object.entries(ways)) acts[key] = () => this.#askBeside(...way);
        acts.Escape = () => this.#forget();
      }
      const act = acts[event.key];
      if (!act) return;
      act();
      event.preventDefault();
      event.stopPropagation(); // a slide program around this would turn its page
    }

    /* On a slide of reveal.js: go where its fragments are. */
    #followDeck() {
      const deck = this.closest(".reveal"), slide = this.closest("section");
      if (!deck || !slide) return;
      const at = () => Math.max(0, ...[...slide.querySelectorAll(".fragment.visible[data-beat]")].map((f) => +f.dataset.beat));
      const ours = (event) => event.fragment?.closest("section") === slide && event.fragment.dataset.beat;
      const here = () => slide.classList.contains("present");
      const arrive = () => {
        if (!here()) return this.pause();
        if (at() > 0) this.show(at());
        else { this.show(-1); this.run(0); }
      };
      deck.addEventListener("fragmentshown", (event) => ours(event) && this.run(at()));
      deck.addEventListener("fragmenthidden", (event) => ours(event) && this.show(at()));
      deck.addEventListener("slidechanged", arrive);
      deck.addEventListener("ready", arrive);
      if (here() && deck.classList.contains("ready")) arrive();
    }

    // --- motion ---

    #endOf(i) { return i < 0 ? this.#frame / 2 : this.#beats[i].end - this.#frame / 2; }

    #seek(time) {
      if (Math.abs(this.#video.currentTime - time) > this.#frame / 4) this.#video.currentTime = time;
    }

    #start() {
      this.#forget();
      cancelAnimationFrame(this.#watching);
      this.#watch();
      this.#video.play().catch(() => { // a page may refuse to play before it was touched: then at least stand at the end
        if (this.#until !== null) this.show(this.#target);
      });
    }

    #watch() {
      this.#watching = requestAnimationFrame(() => {
        const now = this.#video.currentTime;
        if (this.#until !== null && now >= this.#until - this.#frame) { // every beat ends with a hold
          this.#video.pause();
          this.show(this.#target);
          return;
        }
        this.#progress();
        if (!this.#video.paused || this.#until !== null) this.#watch();
      });
    }

    #ended() {
      if (this.#until === null && this.hasAttribute("loop")) this.play();
      else this.show(this.length - 1);
    }

    #toggle() {
      if (this.#board) return;
      this.#video.paused ? this.play() : this.pause();
    }

    /* Which beat it stands at, when it was not stepped there. */
    #settle() {
      const now = this.#video.currentTime;
      const at = this.#beats.findIndex((beat) => now < beat.end - 0.75 * this.#frame);
      this.#index = at < 0 ? this.length - 1 : at - 1;
      if (at >= 0 && Math.abs(now - this.#endOf(at)) < this.#frame / 2) this.#index = at;
    }

    #changed() {
      const { play, back, next } = this.#parts;
      if (!play) return;
      const playing = !this.#video.paused;
      play.querySelector("path").setAttribute("d", ICONS[playing ? "pause" : "play"]);
      play.setAttribute("aria-label", playing ? "Pause" : "Play");
      play.title = playing ? "Pause" : "Play";
      if (!playing && this.#until === null) this.#settle();
      back.disabled = this.#index < 0 && this.#video.currentTime < this.#frame;
      next.disabled = this.#index >= this.length - 1 && !playing;
      this.#progress();
    }

    #progress() {
      const now = this.#video.currentTime;
      const at = this.#beats.findIndex((beat) => now < beat.end);  // none: on the way back to the start
      const beat = this.#beats[now >= this.#data.duration - this.#frame || at < 0 ? this.length - 1 : at];
      [...this.#parts.beats.children].forEach((part, i) => {
        const { start, end } = this.#beats[i];
        const done = Math.min(Math.max((now + this.#frame / 2 - start) / (end - start), 0), 1);
        part.firstChild.style.setProperty("--done", `${now < this.#frame ? 0 : done * 100}%`);
        part.toggleAttribute("aria-current", this.#beats[i] === beat);
      });
      const number = this.#beats.indexOf(beat);
      const where = `${number + 1} of ${this.length} · ${beat.name}`;
      if (this.#parts.where.textContent !== where) this.#parts.where.textContent = where;
      const said = this.#captionAt(now);
      if (this.#parts.caption.textContent !== said) this.#parts.caption.textContent = said;
      [...this.#parts.transcript.querySelectorAll("li")].forEach((line, i) => line.classList.toggle("now", i === number));
    }

    #captionAt(time) {
      const cue = (this.#data.cues || this.#beats).find((cue) => time >= cue.start && time < cue.end);
      return (cue && (cue.caption ?? cue.text)) || "";
    }

    /* Tell whoever does not see it, and whoever listens. */
    #came() {
      const beat = this.#beats[this.#index];
      this.#parts.said.textContent = beat ? `${this.#index + 1} of ${this.length}: ${beat.caption || beat.name}` : "At the start";
      this.dispatchEvent(new CustomEvent("beat", { bubbles: true, detail: { index: this.#index } }));
    }

    // --- captions, transcript, storyboard ---

    #showCaptions(on) {
      this.#parts.caption.hidden = !on;
      this.#parts.captions.setAttribute("aria-pressed", String(on));
    }

    #showTranscript(on) {
      this.#parts.transcript.hidden = !on;
      this.#parts.text.setAttribute("aria-expanded", String(on));
    }

    #fullscreen() {
      document.fullscreenElement ? document.exitFullscreen() : this.requestFullscreen?.();
    }

    #storyboard(on) {
      const { stage, bar, where, caption } = this.#parts;
      if (!on || !this.#beats.every((beat) => beat.still) || this.getAttribute("controls") === "none") {
        this.#board?.remove();
        this.#board = null;
        stage.hidden = bar.hidden = where.hidden = false;
        return;
      }
      this.pause();
      stage.hidden = bar.hidden = where.hidden = caption.hidden = true;
      const note = make("p", { class: "note" }, "Shown as stills, because this device asks for less motion.");
      const moving = make("button", { type: "button" }, "Play the film");
      moving.addEventListener("click", () => { this.#calm = false; this.#storyboard(false); stage.focus(); });
      note.append(moving);
      const list = make("ol", { class: "board serif" });
      this.#beats.forEach((beat, i) => {
        const burned = this.#data.captions === "burned"; // then the picture says it already
        const picture = make("img", { src: beat.still, alt: burned && beat.caption ? beat.caption : "", loading: "lazy",
          width: this.#data.width, height: this.#data.height });
        const name = make("small", {}, `${i + 1} · ${beat.name} · ${clock(beat.end)}`);
        list.append(make("li", {}, picture, make("p", {}, name, burned ? "" : beat.caption)));
      });
      this.#board = make("div", {}, note, list);
      this.shadowRoot.append(this.#board);
    }

    // --- asking ---

    /* What stands on the frame that is seen now. */
    #standing() {
      const now = this.#video.currentTime;
      return this.#regions.filter((region) => region.from <= now + 1e-3 && now < region.to + 1e-3);
    }

    /* Where in the picture a pointer is, in fractions; the picture may be narrower than its element. */
    #at(event) {
      const { left, top, width, height } = this.#picture();
      const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
      const near = 8 / Math.max(width, 1); // a line is hit within so many pixels
      const ratio = height / width;
      let found = null, least = Infinity;
      for (const region of this.#standing()) {
        const hit = region.line
          ? distance(region.line, x, y, ratio) < near ? 1e-4 : Infinity
          : inside(region.box, x, y, 3 / Math.max(width, 1)) ? area(region.box) : Infinity;
        if (hit <= least && hit < Infinity) [found, least] = [region, hit];
      }
      return found;
    }

    #picture() {
      const frame = this.#video.getBoundingClientRect();
      const scale = Math.min(frame.width / this.#data.width, frame.height / this.#data.height) || 1;
      const [width, height] = [this.#data.width * scale, this.#data.height * scale];
      return { left: frame.left + (frame.width - width) / 2, top: frame.top + (frame.height - height) / 2, width, height };
    }

    #askFirst() {
      if (this.#asked) return this.#forget();
      if (!this.#video.paused) this.pause();
      const standing = this.#standing();
      if (!standing.length) {
        this.#parts.said.textContent = "Nothing can be asked about here: go to the end of a beat.";
        return;
      }
      const first = standing.reduce((a, b) => (middle(b)[1] * 4 + middle(b)[0] < middle(a)[1] * 4 + middle(a)[0] ? b : a));
      this.#parts.stage.focus();
      this.#parts.ask.setAttribute("aria-pressed", "true");
      this.#ask(first, true);
    }

    #askBeside(dx, dy) {
      const [x, y] = middle(this.#asked);
      const ratio = this.#data.height / this.#data.width;
      let best = null, least = Infinity;
      for (const region of this.#standing()) {
        const [rx, ry] = middle(region);
        const [ax, ay] = [rx - x, (ry - y) * ratio];
        const along = ax * dx + ay * dy, across = Math.abs(ax * dy) + Math.abs(ay * dx);
        if (region !== this.#asked && along > 1e-3 && along + 2 * across < least) [best, least] = [region, along + 2 * across];
      }
      if (best) this.#ask(best, true);
    }

    #ask(region, aloud = false) {
      const { marks, answer, stage, said } = this.#parts;
      this.#asked = region;
      const { left, top, width, height } = this.#picture();
      const outer = stage.getBoundingClientRect();
      const x = (fx) => (left - outer.left + fx * width) / outer.width;
      const y = (fy) => (top - outer.top + fy * height) / outer.height;
      marks.replaceChildren(...["halo", "mark"].map((kind) => {
        if (region.line) return drawn("polyline", { class: kind, points: region.line.map(([a, b]) => `${x(a)},${y(b)}`).join(" ") });
        const [x0, y0, x1, y1] = region.box;
        const [px, py] = [3 / outer.width, 3 / outer.height];
        return drawn("rect", { class: kind, x: x(x0) - px, y: y(y0) - py, width: x(x1) - x(x0) + 2 * px, height: y(y1) - y(y0) + 2 * py });
      }));
      const { path, value, text, shown, says } = region.quantity;
      const full = typeof value === "number" ? String(value).replace("-", "−") : `“${value}”`;
      answer.replaceChildren(make("b", {}, full), make("code", {}, path));
      if (says) answer.append(make("small", {}, says));
      answer.append(make("small", {}, text ? `shown as ${text}` : `drawn as ${shown}`));
      answer.hidden = false;
      const [bx, , bx1, by1] = region.box, by0 = region.box[1];
      const [aw, ah] = [answer.offsetWidth, answer.offsetHeight];
      // Under the thing it is about; above an arc, so as not to lie on the words it joins.
      const centre = (region.line ? x(middle(region)[0]) : (x(bx) + x(bx1)) / 2) * outer.width;
      const under = y(by1) * outer.height + 10, over = y(by0) * outer.height - ah - 10;
      const fits = under + ah < outer.height;
      answer.style.left = `${Math.min(Math.max(centre - aw / 2, 4), Math.max(outer.width - aw - 4, 4))}px`;
      answer.style.top = `${fits && !(region.line && over >= 4) ? under : Math.max(over, 4)}px`;
      if (aloud) said.textContent = `${path} is ${full}${text ? `, shown as ${text}` : ""}`;
      this.dispatchEvent(new CustomEvent("ask", { bubbles: true, detail: { ...region.quantity } }));
    }

    #forget() {
      this.#asked = null;
      this.#parts.ask?.setAttribute("aria-pressed", "false");
      this.#parts.marks?.replaceChildren();
      if (this.#parts.answer) this.#parts.answer.hidden = true;
    }
  }

  /* The regions as the data holds them: `quantities` once each, and for each stretch of time in which one stands
     somewhere, [its number, from, to, left, top, right, bottom, and for a line x and y of its points]. */
  function unpacked(regions) {
    if (!regions) return [];
    const quantities = regions.quantities.map(([path, value, text, shown, says]) => ({ path, value, text, shown, says }));
    return regions.at.map(([number, from, to, left, top, right, bottom, ...line]) => {
      const points = [];
      for (let i = 0; i < line.length; i += 2) points.push([line[i], line[i + 1]]);
      return { quantity: quantities[number], from, to, box: [left, top, right, bottom], line: points.length ? points : null };
    });
  }

  const area = ([x0, y0, x1, y1]) => (x1 - x0) * (y1 - y0);
  const inside = ([x0, y0, x1, y1], x, y, slack) => x >= x0 - slack && x <= x1 + slack && y >= y0 - slack && y <= y1 + slack;
  const middle = ({ box: [x0, y0, x1, y1], line }) => (line ? line[Math.floor(line.length / 2)] : [(x0 + x1) / 2, (y0 + y1) / 2]);

  /* How far a point is from a line, in widths of the picture. */
  function distance(line, x, y, ratio) {
    let least = Infinity;
    for (let i = 0; i + 1 < line.length; i++) {
      const [ax, ay] = [line[i][0], line[i][1] * ratio], [bx, by] = [line[i + 1][0], line[i + 1][1] * ratio];
      const [dx, dy] = [bx - ax, by - ay];
      const length = dx * dx + dy * dy;
      const t = length ? Math.min(Math.max(((x - ax) * dx + (y * ratio - ay) * dy) / length, 0), 1) : 0;
      least = Math.min(least, Math.hypot(x - ax - t * dx, y * ratio - ay - t * dy));
    }
    return least;
  }

  customElements.define("soakup-clip", SoakupClip);
})();
