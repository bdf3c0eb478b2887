// Every head's pattern, small: rows are layers, columns are heads. One is chosen by clicking it.

import { $, make } from "./dom.js";

const LOW = [18, 24, 33], HIGH = [255, 255, 0]; // what is looked at is yellow

export class Heads {
  constructor(choose) {
    this.choose = choose; // (layer, head), counted from 1
    this.reading = null;
    this.names = null;
    this.findings = [];
    $("heads").addEventListener("keydown", (event) => this.key(event));
  }

  read(reading) {
    const same = this.reading && this.reading.model.layers === reading.model.layers && this.reading.model.heads === reading.model.heads;
    this.reading = reading;
    const grid = $("heads");
    if (!same) {
      this.names = null;
      const { layers, heads } = reading.model;
      grid.style.setProperty("--heads", heads);
      grid.replaceChildren(...Array.from({ length: layers * heads }, (_, k) => {
        const [layer, head] = [Math.floor(k / heads) + 1, (k % heads) + 1];
        const cell = make("button", {
          type: "button", "data-layer": String(layer), "data-head": String(head), "aria-pressed": "false", tabindex: k ? "-1" : "0",
          onclick: () => this.choose(layer, head), onmouseenter: () => this.about(layer, head), onfocus: () => this.about(layer, head),
          onmouseleave: () => this.about(),
        }, make("canvas", { width: 1, height: 1, "aria-hidden": "true" }));
        return cell;
      }));
    }
    this.findings = [];
    this.paint();
    this.name();
  }

  told({ names, findings }) {
    this.names = names;
    this.findings = findings;
    this.name();
    this.about();
  }

  paint() {
    for (const cell of $("heads").children) {
      const pattern = this.reading.patterns[cell.dataset.layer - 1][cell.dataset.head - 1];
      const n = pattern.length, canvas = cell.firstChild;
      canvas.width = canvas.height = n;
      const context = canvas.getContext("2d"), image = context.createImageData(n, n);
      pattern.forEach((row, i) => row.forEach((weight, j) => {
        const share = Math.sqrt(weight);
        for (let c = 0; c < 3; c++) image.data[4 * (i * n + j) + c] = LOW[c] + (HIGH[c] - LOW[c]) * share;
        image.data[4 * (i * n + j) + 3] = j > i ? 0 : 255;
      }));
      context.putImageData(image, 0, 0);
    }
  }

  found(layer, head) { return this.findings.filter((f) => f.layer === layer - 1 && f.head === head - 1); }

  title(layer, head) {
    const name = this.names?.[layer - 1]?.[head - 1];
    return `Layer ${layer}, head ${head}${name ? `: ${name}` : ""}`;
  }

  name() {
    for (const cell of $("heads").children) {
      const [layer, head] = [+cell.dataset.layer, +cell.dataset.head];
      cell.setAttribute("aria-label", this.title(layer, head));
      cell.classList.toggle("found", this.found(layer, head).length > 0);
    }
  }

  // `chosen` by the person, or else by the scene.
  mark(chosen, byScene) {
    this.marked = chosen ?? byScene;
    for (const cell of $("heads").children) {
      const is = (who) => who && +cell.dataset.layer === who[0] && +cell.dataset.head === who[1];
      cell.setAttribute("aria-pressed", String(!!is(chosen)));
      cell.classList.toggle("by-scene", !chosen && !!is(byScene));
    }
    $("any-head").hidden = !chosen;
    this.about();
  }

  about(layer, head) {
    const of = layer ? [layer, head] : this.marked;
    if (!of || !this.reading || of[1] == null) { $("head-about").textContent = "Rows are layers, columns are heads."; return; }
    const found = this.found(...of);
    $("head-about").replaceChildren(make("b", {}, this.title(...of)),
      ...(found.length ? [make("span", {}, found[0].evidence.charAt(0).toUpperCase() + found[0].evidence.slice(1))] : []));
  }

  key(event) {
    const { heads } = this.reading?.model ?? {};
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -heads, ArrowDown: heads }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const cells = [...$("heads").children], now = cells.indexOf(document.activeElement);
    const next = cells[now + by];
    if (!next) return;
    for (const cell of cells) cell.tabIndex = cell === next ? 0 : -1;
    next.focus();
  }
}
