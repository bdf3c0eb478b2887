// The preview in a notebook: what is chosen goes to the kernel as `asked`; what it tells comes as messages.

import { clock, freeze, later, make, sentenced } from "./page/dom.js";
import { Pointing } from "./page/pointing.js";

const PAUSE = 350; // milliseconds without a key
const SETTLE = 140; // milliseconds that a frame stands still before it is drawn large

function render({ model, el }) {
  const sentence = make("input", { type: "text", "aria-label": "Sentence", maxlength: "2000", spellcheck: "false" });
  const [scene, layer, head, theme] = ["Scene", "Layer", "Head", "Theme"].map((name) => make("select", { "aria-label": name }));
  const still = make("img", { alt: "", hidden: true }), video = make("video", { playsinline: "", muted: true });
  const screen = make("div", { class: "picture", role: "group", "aria-label": "Picture. Point at a number to see where it comes from" }, video, still);
  const play = make("button", { type: "button", disabled: true }, "Play"), time = make("span", { class: "time" });
  const slider = make("input", { type: "range", min: "0", max: "0", value: "0", "aria-label": "Time", disabled: true });
  const state = make("p", { class: "state", role: "status" }, "Getting Manim and the model ready…");
  const board = make("ol", { "aria-label": "Storyboard" }), list = make("ul"), count = make("span");
  const command = make("code");
  const numbers = make("details", { class: "numbers" }, make("summary", {}, "Numbers here ", count), list);
  el.append(make("div", { class: "soakup" },
    make("div", { class: "asked" }, sentence, scene, layer, head, theme),
    screen, make("div", { class: "transport" }, play, slider, time), state, board, numbers, make("p", {}, command)));
  const pointing = new Pointing(screen);

  // --- what is chosen ---

  const options = (select, list, chosen) => {
    select.replaceChildren(...list.map(([value, text]) => make("option", { value, selected: String(value) === String(chosen ?? "") }, text)));
  };
  const numbered = (name, count) => [["", `${name}: the scene's choice`], ...Array.from({ length: count }, (_, k) => [String(k + 1), `${name} ${k + 1}`])];
  const asked = () => model.get("asked");
  const ask = (what) => {
    const next = { ...asked(), ...what };
    for (const name of Object.keys(next)) if (next[name] === null || next[name] === "") delete next[name];
    model.set("asked", next);
    model.save_changes();
  };
  const fill = () => {
    if (document.activeElement !== sentence) sentence.value = asked().text ?? "";
    options(theme, [["dark", "dark"], ["light", "light"]], asked().theme ?? "dark");
    command.textContent = model.get("command");
  };
  const typed = later(PAUSE, () => ask({ text: sentence.value, word: null }));
  sentence.addEventListener("input", typed);
  scene.addEventListener("change", () => ask({ scene: scene.value, layer: null, head: null, word: null }));
  layer.addEventListener("change", () => ask({ layer: Number(layer.value) || null }));
  head.addEventListener("change", () => ask({ head: Number(head.value) || null }));
  theme.addEventListener("change", () => ask({ theme: theme.value }));

  // --- the film: a video that grows as it is drawn, and over it, when it stands still, the exact frame ---

  let source = null, buffer = null, queue = [], urls = [], whole = false;
  let show = 0, fps = 15, frames = 0, frame = 0, playing = false, pictured = null;

  const url = (data) => { const made = URL.createObjectURL(data); urls.push(made); return made; };
  const say = (text, problem = false) => { state.textContent = text; state.classList.toggle("problem", problem); };

  const begin = (number) => {
    for (const old of urls.splice(0)) URL.revokeObjectURL(old);
    board.replaceChildren();
    [show, buffer, queue, whole, frames, frame, pictured] = [number, null, [], false, 0, 0, null];
    stop();
    freeze(video, still);
    const mine = source = new MediaSource();
    video.src = url(mine);
    mine.addEventListener("sourceopen", () => feed(mine), { once: true });
    play.disabled = slider.disabled = true;
    forget();
    say("Reading…");
  };
  const feed = (mine) => {
    if (mine !== source || source.readyState !== "open" || buffer?.updating) return;
    const next = queue.shift();
    if (!next) { if (whole && buffer) source.endOfStream(); return; }
    if (!buffer) {
      buffer = source.addSourceBuffer(`video/mp4; codecs="${next.codec}"`);
      buffer.addEventListener("updateend", () => { resume(); feed(mine); });
    }
    buffer.timestampOffset = next.start;
    buffer.appendBuffer(next.data);
  };
  const has = (number) => {
    const at = (number + 0.5) / fps, { buffered } = video;
    return [...Array(buffered.length).keys()].some((k) => buffered.start(k) <= at && at < buffered.end(k));
  };

  const place = () => {
    slider.max = String(Math.max(frames - 1, 0));
    slider.value = String(frame);
    time.textContent = frames ? `${clock(frame / fps)} / ${clock(frames / fps)}` : "";
  };
  const forget = () => { pointing.show([]); list.replaceChildren(); count.textContent = ""; };
  const settle = later(SETTLE, () => { if (!playing && frames) model.send({ kind: "frame", show, number: frame }); });
  const go = (to) => {
    stop();
    frame = Math.max(0, Math.min(to, frames - 1));
    forget();
    place();
    if (has(frame)) video.currentTime = (frame + 0.5) / fps;
    settle();
  };
  video.addEventListener("seeked", () => { if (pictured !== frame && has(frame)) still.hidden = true; });

  function stop() {
    playing = false;
    video.pause();
    play.textContent = "Play";
  }
  function resume() {
    if (!playing || !video.paused) return;
    if (has(frame)) video.play().then(() => { still.hidden = true; }, () => {});
    else model.send({ kind: "look", show, number: frame });
  }
  function tick() {
    if (!playing) return;
    if (!video.paused && !video.seeking) {
      frame = Math.min(Math.floor(video.currentTime * fps), frames - 1);
      place();
    }
    if (whole && frame >= frames - 1) go(frame); else requestAnimationFrame(tick);
  }
  play.addEventListener("click", () => {
    if (playing) { go(frame); return; }
    if (whole && frame >= frames - 1) frame = 0;
    [playing, pictured, play.textContent] = [true, null, "Pause"];
    forget();
    video.currentTime = (frame + 0.5) / fps;
    resume();
    tick();
  });
  slider.addEventListener("input", () => go(Number(slider.value)));

  // --- what the kernel tells ---

  const hears = {
    choices: (told) => { begin(told.show); options(scene, told.scenes.map((name) => [name, name.replaceAll("-", " ")]), asked().scene ?? "layer-by-layer"); fill(); },
    reading: (told) => {
      options(layer, numbered("layer", told.model.layers), asked().layer);
      options(head, numbered("head", told.model.heads), asked().head);
    },
    beat: (told, data) => {
      const picture = url(new Blob([data], { type: "image/png" })), first = frames === 0;
      [fps, frames] = [told.fps, told.end];
      board.append(make("li", {}, make("button", { type: "button", onclick: () => go(told.end - 1) },
        make("img", { src: picture, alt: told.name }), make("span", {}, make("small", {}, `${clock(told.start / told.fps)} `), told.caption || told.name))));
      play.disabled = slider.disabled = false;
      place();
      if (first) { screen.style.aspectRatio = told.aspect; still.src = picture; still.hidden = false; go(frames - 1); }
      say(told.total ? `Beat ${told.number} of ${told.total}` : `Beat ${told.number}`);
    },
    length: (told) => { frames = told.frames; place(); say("Drawing the draft…"); },
    draft: (told, data) => { queue.push({ ...told, data }); feed(source); },
    drawn: () => { whole = true; feed(source); say(""); },
    frame: (told, data) => {
      if (told.show !== show || told.number !== frame || playing || !data) return;
      still.src = url(new Blob([data], { type: "image/png" }));
      still.hidden = false;
      pictured = frame;
      pointing.show(told.regions);
      count.textContent = String(told.regions.length);
      list.replaceChildren(...pointing.rows());
    },
    failed: (told) => say(sentenced(told.message), true),
  };
  const hear = (told, buffers) => hears[told.kind]?.(told, buffers?.[0]);
  model.on("msg:custom", hear);
  model.on("change:asked", fill);
  model.on("change:command", fill);
  fill();
  model.send({ kind: "here" });
  return () => { stop(); model.off("msg:custom", hear); for (const old of urls) URL.revokeObjectURL(old); };
}

export default { render };
