// What is pointed at on a frame that stands still: which element of which tensor it is, and its full value.

import { get } from "./api.js";
import { $, make } from "./dom.js";

const screen = $("screen"), tip = $("tip"), mark = $("mark");
const NEAR = 0.012; // of the frame's height: how near to a line counts as on it

export class Numbers {
  constructor() {
    this.regions = [];
    screen.addEventListener("pointermove", (event) => this.point(event));
    screen.addEventListener("pointerdown", (event) => this.point(event));
    screen.addEventListener("pointerleave", () => this.clear());
    $("numbers").addEventListener("toggle", () => this.list());
  }

  // Nothing can be asked of what moves.
  forget() {
    this.regions = [];
    this.clear();
    $("numbers-count").textContent = "pause to see them";
    $("number-list").replaceChildren();
  }

  async ask(show, frame) {
    try {
      this.regions = await (await get(["quantities", show, frame])).json();
    } catch {
      this.regions = [];
    }
    $("numbers-count").textContent = this.regions.length ? `${this.regions.length}` : "none";
    screen.dataset.quantities = this.regions.length;
    this.list();
  }

  list() {
    if (!$("numbers").open) return;
    $("number-list").replaceChildren(...this.regions.map((region) => {
      const row = make("button", { type: "button" },
        make("b", {}, region.text || full(region.value)), make("span", {}, region.meaning || region.path));
      for (const when of ["mouseenter", "focus"]) row.addEventListener(when, () => this.tell(region));
      for (const when of ["mouseleave", "blur"]) row.addEventListener(when, () => this.clear());
      return make("li", {}, row);
    }));
  }

  point(event) {
    const box = screen.getBoundingClientRect();
    const found = this.at((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, box.width / box.height);
    if (found) this.tell(found); else this.clear();
  }

  // The smallest thing under a point; of lines, the nearest.
  at(x, y, aspect) {
    let best = null, least = Infinity;
    for (const region of this.regions) {
      const [x0, y0, x1, y1] = region.box;
      const slack = region.line ? NEAR : 0.004;
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
    tip.replaceChildren(
      make("strong", {}, full(region.value)),
      ...(region.meaning ? [make("span", {}, region.meaning)] : []),
      make("code", {}, region.path),
      ...(region.text && typeof region.value !== "string" && region.text !== full(region.value) ? [make("small", {}, `drawn as ${region.text}`)] : []),
    );
    tip.hidden = false;
    const [x0, y0, x1, y1] = region.box;
    const high = y0 > 0.3;
    tip.style.left = `clamp(0px, calc(${((x0 + x1) / 2) * 100}% - ${tip.offsetWidth / 2}px), calc(100% - ${tip.offsetWidth}px))`;
    tip.style.top = high ? `max(0px, calc(${y0 * 100}% - ${tip.offsetHeight + 10}px))` : `calc(${y1 * 100}% + 10px)`;
    if (region.line) {
      const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
      line.setAttribute("points", region.line.map((p) => p.join(",")).join(" "));
      mark.replaceChildren(line);
    } else {
      const pad = [0.0025, 0.0045];
      const shape = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({
        x: x0 - pad[0], y: y0 - pad[1], width: x1 - x0 + 2 * pad[0], height: y1 - y0 + 2 * pad[1],
      })) shape.setAttribute(name, value);
      mark.replaceChildren(shape);
    }
    screen.style.cursor = "help";
  }

  clear() {
    this.told = null;
    tip.hidden = true;
    mark.replaceChildren();
    screen.style.cursor = "";
  }
}

// A value to all the digits it has, which for the model's own numbers are those of 32 bits; text as it is.
export function full(value) {
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
