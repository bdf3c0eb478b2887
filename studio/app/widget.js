// The preview in a notebook: what is chosen goes to the kernel as `asked`; what it tells comes as messages.

const PAUSE = 350; // milliseconds without a key

function make(tag, about = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function render({ model, el }) {
  const sentence = make("input", { type: "text", "aria-label": "Sentence", maxlength: 2000, spellcheck: "false" });
  const scene = make("select", { "aria-label": "Scene" }), layer = make("select", { "aria-label": "Layer" });
  const head = make("select", { "aria-label": "Head" }), theme = make("select", { "aria-label": "Theme" });
  const still = make("img", { alt: "", hidden: true }), video = make("video", { controls: "", muted: "", playsinline: "", hidden: true });
  video.muted = true;
  const state = make("p", { class: "state", role: "status" }, "Getting Manim and the model ready…"), board = make("ol", { "aria-label": "Storyboard" });
  const command = make("code");
  el.append(make("div", { class: "soakup" },
    make("div", { class: "asked" }, sentence, scene, layer, head, theme),
    make("div", { class: "picture" }, video, still), state, board, make("p", {}, command)));

  let source = null, buffer = null, queue = [], urls = [], whole = false, timer = 0;
  const options = (select, list, chosen) => {
    select.replaceChildren(...list.map(([value, text]) => make("option", { value, ...(String(value) === String(chosen ?? "") && { selected: "" }) }, text)));
  };
  const numbers = (name, count) => [["", `${name}: the scene's choice`], ...Array.from({ length: count }, (_, k) => [k + 1, `${name} ${k + 1}`])];
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

  sentence.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => ask({ text: sentence.value, word: null }), PAUSE); });
  scene.addEventListener("change", () => ask({ scene: scene.value, layer: null, head: null, word: null }));
  layer.addEventListener("change", () => ask({ layer: Number(layer.value) || null }));
  head.addEventListener("change", () => ask({ head: Number(head.value) || null }));
  theme.addEventListener("change", () => ask({ theme: theme.value }));

  const url = (data, type) => { const made = URL.createObjectURL(new Blob([data], { type })); urls.push(made); return made; };
  const begin = () => {
    for (const old of urls.splice(0)) URL.revokeObjectURL(old);
    board.replaceChildren();
    [buffer, queue, whole] = [null, [], false];
    video.hidden = true;
    source = new MediaSource();
    const mine = source;
    video.src = url0(mine);
    mine.addEventListener("sourceopen", () => feed(mine), { once: true });
    say("Reading…");
  };
  const url0 = (media) => { const made = URL.createObjectURL(media); urls.push(made); return made; };
  const say = (text, problem = false) => { state.textContent = text; state.classList.toggle("problem", problem); };
  const feed = (mine) => {
    if (mine !== source || source.readyState !== "open" || buffer?.updating) return;
    const next = queue.shift();
    if (!next) { if (whole && buffer) source.endOfStream(); return; }
    if (!buffer) {
      buffer = source.addSourceBuffer(`video/mp4; codecs="${next.codec}"`);
      buffer.addEventListener("updateend", () => feed(mine));
    }
    buffer.timestampOffset = next.start;
    buffer.appendBuffer(next.data);
  };
  const has = (time) => Array.from({ length: video.buffered.length }, (_, k) => k).some((k) => video.buffered.start(k) <= time && time < video.buffered.end(k));

  const hears = {
    again: begin,
    choices: (told) => { begin(); options(scene, told.scenes.map((name) => [name, name.replaceAll("-", " ")]), asked().scene ?? "layer-by-layer"); fill(); },
    reading: (told) => {
      options(layer, numbers("layer", told.model.layers), asked().layer);
      options(head, numbers("head", told.model.heads), asked().head);
    },
    beat: (told, data) => {
      const picture = url(data, "image/png"), end = (told.end - 0.5) / told.fps;
      const show = () => {
        video.pause();
        if (has(end)) { video.currentTime = end; video.hidden = false; still.hidden = true; }
        else { still.src = picture; still.hidden = false; video.hidden = true; }
      };
      board.append(make("li", {}, make("button", { type: "button", onclick: show },
        make("img", { src: picture, alt: told.name }), make("span", {}, make("small", {}, `${clock(told.start / told.fps)} `), told.caption || told.name))));
      if (told.number === 1) { still.src = picture; still.hidden = false; }
      say(told.total ? `Beat ${told.number} of ${told.total}` : `Beat ${told.number}`);
    },
    length: () => say("Drawing the draft…"),
    draft: (told, data) => { queue.push({ ...told, data }); feed(source); if (told.start === 0) { video.hidden = false; still.hidden = true; } },
    drawn: () => { whole = true; feed(source); say(""); },
    failed: (told) => say(told.message.charAt(0).toUpperCase() + told.message.slice(1), true),
  };
  const hear = (told, buffers) => hears[told.kind]?.(told, buffers?.[0]);
  model.on("msg:custom", hear);
  model.on("change:asked", fill);
  model.on("change:command", fill);
  fill();
  model.send("here");
  return () => { model.off("msg:custom", hear); for (const old of urls) URL.revokeObjectURL(old); };
}

export default { render };
