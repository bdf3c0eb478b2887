// The page: what is chosen, what is shown, and how they hang together.

import { listen, post, use } from "./api.js";
import { $, calm, clock, later, make, sentenced } from "./dom.js";
import { Film } from "./film.js";
import { Heads } from "./heads.js";
import { Numbers } from "./numbers.js";
import { Player, stillAddress } from "./player.js";

const FIRST = "A small fox carried a lantern through the snow";
const PAUSE = 130; // milliseconds without a key after which the scene is played
const NAMES = ["scene", "model", "layer", "head", "word", "theme", "size", "quality"];

const given = new URLSearchParams(location.search);
const state = { text: given.get("text") ?? FIRST };
for (const name of NAMES) {
  const value = given.get(name);
  state[name] = value === null ? null : ["layer", "head"].includes(name) ? Number.parseInt(value, 10) || null : value;
}

let choices = null, reading = null, chosen = {}, show = 0, faults = [];

const numbers = new Numbers();
const player = new Player({
  moved: (frame) => { numbers.forget(); markBeat(frame); },
  settled: (of, frame) => { if (of === show) numbers.ask(of, frame); },
  playing: (yes) => { if (yes) numbers.forget(); },
});
const heads = new Heads((layer, head) => change({ layer, head }));
const film = new Film(asked);

// --- what is chosen ---

function asked() {
  const body = { text: state.text };
  for (const name of NAMES) if (state[name] !== null) body[name] = state[name];
  return body;
}

const isFile = () => choices?.file && (state.scene === null || state.scene === choices.file);

function change(what) {
  Object.assign(state, what);
  write();
  apply();
}

function write() {
  const query = new URLSearchParams();
  if (!isFile() && state.text) query.set("text", state.text);
  for (const name of NAMES) if (state[name] !== null) query.set(name, state[name]);
  history.replaceState(null, "", `${location.pathname}?${query}`);
  fill();
}

let asking = null;
async function apply() {
  if (!choices) return;
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  $("state").textContent = "";
  if (!isFile() && !state.text.trim()) { nothing(); return; }
  try {
    const answer = await post("show", asked(), { signal });
    if (signal.aborted) return;
    command = answer.command.replace(/ -q \w$/, "");
    writeCommand();
    begin(answer.show);
  } catch (error) {
    if (error.name !== "AbortError") fail(error.message);
  }
}

function begin(number) {
  if (number <= show) return;
  show = number;
  chosen = {};
  faults = [];
  drawFaults("when all is drawn");
  $("error").hidden = true;
  reading = null;
  $("state").textContent = "Reading…";
  for (const card of $("storyboard").children) card.classList.add("stale");
  numbers.forget();
  player.begin(number);
  $("render").disabled = false;
}

// What goes on with the scene; while there is no sentence, nobody waits for it.
function workingOn(what) {
  if (sentence.value.trim() || isFile()) $("state").textContent = what;
}

// There is no sentence: what was shown of the one before stays, where there was one.
function nothing() {
  $("error").hidden = true;
  $("state").textContent = "Type a sentence";
  $("empty").textContent = "Type a sentence, and see what the model does with it.";
  $("empty").hidden = player.beats.length > 0;
}

function fail(message) {
  $("error-text").textContent = sentenced(message);
  $("error-note").hidden = $("picture").hidden && $("video").readyState < 2;
  $("error").hidden = false;
  $("empty").hidden = true;
  $("state").textContent = "";
}

// --- the sentence ---

const sentence = $("sentence");
const settle = later(PAUSE, apply);

sentence.addEventListener("input", () => {
  sentence.value = sentence.value.replaceAll("\n", " ");
  grow();
  // What was chosen of the old sentence may not be in the new one.
  change0({ text: sentence.value, word: null });
});
sentence.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); apply(); } });

function change0(what) {
  Object.assign(state, what);
  write();
  cut();
  settle();
}

function grow() {
  sentence.style.height = "auto";
  sentence.style.height = `${sentence.scrollHeight}px`;
}
addEventListener("resize", grow);

let cutting = 0;
async function cut() {
  if (!choices || isFile()) return;
  const mine = ++cutting;
  try {
    const { tokens } = await post("tokens", { text: state.text, model: state.model });
    if (mine === cutting) drawTokens(tokens);
  } catch { /* what is wrong is said when the scene is played */ }
}

// The first letter belongs to a script that runs to the left.
const LEFTWARDS = /^\P{L}*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

function drawTokens(tokens, words = null) {
  const wordOf = new Map();
  words?.forEach((word, w) => word.tokens.forEach((i) => wordOf.set(i, w)));
  const inkable = words ? words.filter((w) => !tokens[w.tokens[0]]?.special).length : tokens.filter((t) => !t.special).length;
  const last = new Map(words?.map((word, w) => [word.text.trim().toLowerCase(), w])); // of a word that stands twice the last is followed
  const followed = state.word ? last.get(state.word.toLowerCase()) : undefined;
  let n = -1;
  $("tokens").dir = LEFTWARDS.test(tokens.filter((t) => !t.special).map((t) => t.text).join("")) ? "rtl" : "ltr";
  $("tokens").replaceChildren(...tokens.map((token, i) => {
    const goesOn = words ? wordOf.get(i) === wordOf.get(i - 1) : i > 0 && !token.special && !/^\s/.test(token.text) && !tokens[i - 1].special;
    if (!token.special && !goesOn) n++;
    if (token.part) return null;
    const label = token.special ? "rest" : token.text.trim() || "␣";
    const w = wordOf.get(i), word = words && !token.special ? words[w].text.trim() : null;
    const chip = make("button", {
      type: "button", disabled: !word, "aria-pressed": String(!!word && followed === w),
      title: word ? `Follow “${word}”${last.get(word.toLowerCase()) === w ? "" : ", where it stands last"}` : token.special ? "The start token" : "",
      onclick: () => change({ word: state.word === word ? null : word }),
    }, label);
    const item = make("li", { class: [token.special && "special", goesOn && "goes-on", word && chosen.word === w && !state.word && "by-scene"].filter(Boolean).join(" ") }, chip);
    if (!token.special) item.style.setProperty("--hue", hue(n, inkable));
    return item;
  }).filter(Boolean));
}

// As the film's inks: evenly along the circle, but for its yellows.
function hue(n, count) {
  let turn = 0.03 + (0.74 * n) / Math.max(count - 1, 1);
  if (turn >= 0.235) turn += 0.08;
  return (turn * 360).toFixed(1);
}

// --- fields ---

function option(value, text, selected) { return make("option", { value, selected }, text); }

function radios(id, entries, current, pick) {
  $(id).replaceChildren(...entries.map(([value, text]) => make("label", {},
    make("input", { type: "radio", name: id, value, checked: value === current, onchange: () => pick(value) }), make("span", {}, text))));
}

function fill() {
  if (!choices) return;
  const scene = state.scene ?? choices.file ?? "layer-by-layer", model = state.model ?? (isFile() ? "" : "tiny");
  const scenes = Object.keys(choices.scenes);
  $("scene").replaceChildren(...(choices.file ? [option(choices.file, choices.file, scene === choices.file)] : []),
    ...scenes.map((name) => option(name, name.replaceAll("-", " "), name === scene)));
  const idea = choices.scenes[scene];
  $("idea").textContent = idea ? idea.charAt(0).toUpperCase() + idea.slice(1) : "Your own scene: saving its file shows it anew.";
  $("model").replaceChildren(...(isFile() ? [option("", "the scene's own", !model)] : []), ...Object.keys(choices.models).map((name) => option(name, name, name === model)));
  radios("theme", choices.themes.map((name) => [name, name]), state.theme ?? reading?.theme ?? "dark", (theme) => change({ theme }));
  radios("size", choices.sizes.map((size) => [size, size]), state.size ?? reading?.size ?? "16:9", (size) => change({ size }));
  radios("quality", Object.entries(choices.qualities).map(([q, name]) => [q, name.replace(/p.*/, "")]), state.quality ?? "h",
    (quality) => { state.quality = quality; write(); writeCommand(); });
  $("target").replaceChildren(option("", "any player", !film.target),
    ...Object.keys(choices.targets).map((name) => option(name, name, name === film.target)));
  sentence.readOnly = !!isFile();
  heads.mark(state.layer ? [state.layer, state.head] : null, chosen.layer ? [chosen.layer, chosen.head] : null);
}

// A plain Manim scene reads no sentence, and has nothing of all this to choose.
function plain(yes) {
  for (const id of ["model-field", "heads-field", "look-field"]) $(id).hidden = yes;
  if (!yes) return;
  sentence.value = "";
  $("tokens").replaceChildren();
  grow();
}

// The quality changes the film and not what is looked at.
let command = "";
function writeCommand() {
  const quality = state.quality ?? "h";
  $("command").textContent = command && quality !== "h" ? `${command} -q ${quality}` : command;
}

$("scene").addEventListener("change", () => {
  const scene = $("scene").value, own = scene === choices.file;
  if (isFile()) sentence.value = state.text = sentence.value || FIRST; // its sentence may go on in another scene
  change({
    scene: scene === (choices.file ?? "layer-by-layer") ? null : scene, layer: null, head: null, word: null,
    ...(own && { model: null, theme: null, size: null }), // what its own are, is in the file
  });
});
$("model").addEventListener("change", () => change({
  model: $("model").value === (isFile() ? "" : "tiny") ? null : $("model").value, layer: null, head: null, word: null,
}));
$("any-head").addEventListener("click", () => { change({ layer: null, head: null }); $("heads").querySelector("[tabindex='0']")?.focus(); });
$("copy").addEventListener("click", async () => {
  const button = $("copy");
  try {
    await navigator.clipboard.writeText($("command").textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren($("command"));
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
});

// --- the storyboard ---

function drawBeat(beat) {
  const board = $("storyboard"), seconds = beat.start / beat.fps;
  const card = make("button", { type: "button", onclick: () => { player.pause(true); player.goto(beat.end - 1); } },
    make("img", { src: stillAddress(show, beat.number), alt: "", loading: "lazy", width: 854, height: 480 }),
    make("span", { class: "when" }, clock(seconds)),
    make("span", { class: "caption", title: beat.caption }, beat.caption || beat.name));
  card.setAttribute("aria-label", `${clock(seconds)}, ${beat.name}${beat.caption ? `: ${beat.caption}` : ""}`);
  const item = make("li", {}, card), old = board.children[beat.number - 1];
  if (old) old.replaceWith(item); else board.append(item);
  workingOn(beat.total ? `Beat ${beat.number} of ${beat.total}` : `Beat ${beat.number}`);
}

function markBeat(frame) {
  const now = player.beatAt(frame);
  [...$("storyboard").children].forEach((item, k) => {
    const is = k === now;
    if (is && !item.classList.contains("now") && player.playing !== undefined) reveal(item);
    item.classList.toggle("now", is);
    if (is) item.firstChild.setAttribute("aria-current", "true"); else item.firstChild.removeAttribute("aria-current");
  });
}

function reveal(item) {
  const board = $("storyboard");
  const to = item.offsetLeft - (board.clientWidth - item.clientWidth) / 2;
  board.scrollTo({ left: to, behavior: calm.matches ? "auto" : "smooth" });
}

// --- the layout audit ---

function drawFaults(count) {
  $("checks-count").textContent = count;
  $("faults").replaceChildren(...faults.map((fault) => make("li", {},
    make("button", { type: "button", onclick: () => toFault(fault) }, make("b", {}, clock(fault.time)), make("span", {}, fault.message)))));
  const whole = player.frames / player.fps || 1;
  $("marks").replaceChildren(...faults.map((fault) => {
    const mark = make("button", { type: "button", title: fault.message, "aria-label": `Layout, ${clock(fault.time)}: ${fault.message}`, onclick: () => toFault(fault) });
    mark.style.left = `${Math.min(fault.time / whole, 1) * 100}%`;
    return mark;
  }));
}

function toFault(fault) {
  if (player.playing) player.pause(true);
  player.goto(((fault.time + fault.until) / 2) * player.fps);
}

function drawing() { workingOn(`Drawing the draft · ${Math.floor(100 * player.share)} %`); }

// --- what the server tells ---

const hears = {
  tab: ({ tab }) => { use(tab); show = 0; },
  choices: (told) => {
    choices = told;
    document.body.classList.add("ready");
    $("empty").hidden = true;
    $("gone")?.remove();
    if (!choices.scenes[state.scene] && state.scene !== choices.file) state.scene = null;
    if (!choices.models[state.model]) state.model = null;
    if (isFile()) state.text = "";
    sentence.value = state.text;
    grow();
    write();
    cut();
    apply();
  },
  reload: ({ show: number }) => begin(number),
  reading: (told) => {
    cutting++; // what has been asked of the tokens alone would come too late
    reading = told;
    if (isFile()) { sentence.value = told.text; grow(); }
    heads.read(told);
    drawTokens(told.tokens, told.words);
    workingOn("Playing the scene…");
  },
  beat: (beat) => {
    if (beat.number === 1) {
      $("empty").hidden = true;
      chosen = beat.chosen ?? {};
      document.body.style.setProperty("--aspect", beat.aspect);
      plain(!reading);
      if (reading) drawTokens(reading.tokens, reading.words);
      fill();
    }
    player.beat(beat);
    drawBeat(beat);
    markBeat(player.frame);
  },
  length: ({ frames }) => {
    player.length(frames);
    const board = $("storyboard");
    while (board.children.length > player.beats.length) board.lastChild.remove();
    drawing();
  },
  heads: (told) => heads.told(told),
  draft: (draft) => {
    player.draft(draft);
    if (player.whole) drawing();
  },
  drawn: () => {
    player.drawn();
    workingOn("");
    drawFaults("looking…");
  },
  faults: (told) => {
    faults = told.faults;
    drawFaults(faults.length ? `${faults.length} to look at` : "nothing wrong");
  },
  failed: ({ message }) => fail(message),
};

listen((event) => {
  const about = event.show;
  if (film.hears(event)) return;
  if (about !== undefined && about < show) return;
  if (about !== undefined && about > show) begin(about);
  hears[event.kind]?.(event);
}, () => {
  if (!$("gone")) document.body.append(make("p", { id: "gone", role: "alert" }, "The preview has ended. Start soakup preview again."));
});

sentence.value = state.text;
grow();
