// What is pointed at on a picture that stands still: which element of which tensor it is, and its full value.
// The page has it, and so has the widget of a notebook.

import { make } from "./dom.js";

const NEAR = 0.012; // of the frame's height: how near to a line counts as on it
const SLACK = 0.004; // and how near to a box
const GAP = 10; // pixels between a number and what is said of it

export class Pointing {
  // `screen` is the element that the picture fills; what is said of it is laid over it.
  constructor(screen) {
    this.screen = screen;
    this.mark = shape("svg", { class: "pointed-mark", viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.tip = make("div", { class: "pointed-tip", role: "tooltip", hidden: true });
    screen.append(this.mark, this.tip);
    this.regions = []; // what stands where, as the preview tells it
    screen.addEventListener("pointermove", (event) => this.point(event));
    screen.addEventListener("pointerdown", (event) => this.point(event));
    screen.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") this.clear(); }); // a finger leaves when it is lifted
  }

  show(regions) {
    this.regions = regions;
    this.clear();
  }

  point(event) {
    const box = this.screen.getBoundingClientRect();
    const found = this.at((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, box.width / box.height);
    if (found) this.tell(found); else this.clear();
  }

  // The smallest thing under a point; of lines, the nearest.
  at(x, y, aspect) {
    let best = null, least = Infinity;
    for (const region of this.regions) {
      const [x0, y0, x1, y1] = region.box;
      const slack = region.line ? NEAR : SLACK;
      if (x < x0 - slack || x > x1 + slack || y < y0 - slack || y > y1 + slack) continue;
      let size = Math.max((x1 - x0) * (y1 - y0), 1e-6);
      if (region.line) {
        const away = distance(region.line, x, y, aspect);
        if (away > NEAR) continue;
        size = away * 0.05;
      }
      if (size <= least) { best = region; least = size; }
    }
    return best;
  }

  tell(region) {
    if (this.told === region) return;
    this.told = region;
    const { tip } = this;
    tip.replaceChildren(
      make("strong", {}, full(region.value)),
      ...(region.meaning ? [make("span", {}, region.meaning)] : []),
      make("code", {}, region.path),
      ...(region.text && typeof region.value !== "string" && region.text !== full(region.value) ? [make("small", {}, `drawn as ${region.text}`)] : []),
    );
    tip.hidden = false;
    const [x0, y0, x1, y1] = region.box;
    tip.style.left = `clamp(0px, calc(${((x0 + x1) / 2) * 100}% - ${tip.offsetWidth / 2}px), calc(100% - ${tip.offsetWidth}px))`;
    const high = this.screen.clientHeight, room = tip.offsetHeight + GAP; // above it, or below; or else above the picture too
    const below = y0 * high < room && (1 - y1) * high >= room;
    tip.style.top = `${below ? y1 * high + GAP : y0 * high - room}px`;
    this.mark.replaceChildren(region.line
      ? shape("polyline", { points: region.line.map((p) => p.join(",")).join(" ") })
      : shape("rect", { x: x0 - 0.0025, y: y0 - 0.0045, width: x1 - x0 + 0.005, height: y1 - y0 + 0.009 }));
    this.screen.style.cursor = "help";
  }

  clear() {
    this.told = null;
    this.tip.hidden = true;
    this.mark.replaceChildren();
    this.screen.style.cursor = "";
  }

  // All of them as the items of a list, for who does not point.
  rows() {
    return this.regions.map((region) => {
      const row = make("button", { type: "button" },
        make("b", {}, region.text || full(region.value)), make("span", {}, region.meaning || region.path));
      for (const when of ["mouseenter", "focus"]) row.addEventListener(when, () => this.tell(region));
      for (const when of ["mouseleave", "blur"]) row.addEventListener(when, () => this.clear());
      return make("li", {}, row);
    });
  }
}

// A value to all the digits it has, which for the model's own numbers are those of 32 bits; text as it is.
function full(value) {
  if (typeof value === "string") return `“${value.trim() || value.replaceAll("\n", "↵").replaceAll(" ", "␣")}”`;
  let text = String(value);
  for (let digits = 1; digits <= 9 && Math.fround(value) === value; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) { text = String(shorter); break; }
  }
  return text.replace("-", "−");
}

// From a point to a line of points, in heights of the frame.
function distance(line, x, y, aspect) {
  let least = Infinity;
  for (let k = 1; k < line.length; k++) {
    const [ax, ay] = [line[k - 1][0] * aspect, line[k - 1][1]], [bx, by] = [line[k][0] * aspect, line[k][1]];
    const [dx, dy] = [bx - ax, by - ay];
    const t = Math.max(0, Math.min(1, ((x * aspect - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(x * aspect - ax - t * dx, y - ay - t * dy));
  }
  return least;
}

function shape(tag, about) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(about)) made.setAttribute(name, value);
  return made;
}
