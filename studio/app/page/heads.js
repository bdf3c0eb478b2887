// Every head's pattern, small: rows are layers, columns are heads. A head is chosen by clicking it, a layer by its number.

import { $, make, sentenced } from "./dom.js";

const LOW = [18, 24, 33], HIGH = [255, 255, 0]; // what is looked at is yellow
const grid = $("heads");

export class Heads {
  constructor(choose) {
    this.choose = choose; // (layer, head), counted from 1; the head is null where the layer alone is chosen
    this.reading = null;
    this.names = null;
    this.findings = [];
    grid.addEventListener("keydown", (event) => this.key(event));
  }

  read(reading) {
    const same = this.reading && this.reading.model.layers === reading.model.layers && this.reading.model.heads === reading.model.heads;
    this.reading = reading;
    if (!same) this.build(reading.model);
    this.findings = [];
    this.paint();
    this.name();
  }

  build({ layers, heads }) {
    this.names = null;
    grid.style.setProperty("--heads", heads);
    const count = (n) => Array.from({ length: n }, (_, k) => k + 1);
    grid.replaceChildren(
      make("span", { "aria-hidden": "true" }), ...count(heads).map((head) => make("span", { "aria-hidden": "true" }, String(head))),
      ...count(layers).flatMap((layer) => [
        make("button", {
          type: "button", class: "layer", "data-layer": String(layer), "aria-label": `Layer ${layer}`, "aria-pressed": "false", tabindex: "-1",
          title: `Layer ${layer}, and a head of the scene's choice`, onclick: () => this.choose(layer, null),
        }, String(layer)),
        ...count(heads).map((head) => make("button", {
          type: "button", class: "cell", "data-layer": String(layer), "data-head": String(head), "aria-pressed": "false",
          tabindex: layer + head > 2 ? "-1" : "0", onclick: () => this.choose(layer, head),
          onmouseenter: () => this.about(layer, head), onfocus: () => this.about(layer, head), onmouseleave: () => this.about(), onblur: () => this.about(),
        }, make("canvas", { width: 1, height: 1, "aria-hidden": "true" }))),
      ]));
  }

  get cells() { return [...grid.querySelectorAll(".cell")]; }

  told({ names, findings }) {
    this.names = names;
    this.findings = findings;
    this.name();
    this.about();
  }

  paint() {
    for (const cell of this.cells) {
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
    for (const cell of this.cells) {
      const [layer, head] = [+cell.dataset.layer, +cell.dataset.head];
      cell.setAttribute("aria-label", this.title(layer, head));
      cell.classList.toggle("found", this.found(layer, head).length > 0);
    }
  }

  // `chosen` by the person, or else by the scene: [layer, head].
  mark(chosen, byScene) {
    this.marked = chosen?.[1] ? chosen : byScene;
    const is = (cell, who) => !!who && +cell.dataset.layer === who[0] && +cell.dataset.head === who[1];
    for (const cell of this.cells) {
      cell.setAttribute("aria-pressed", String(is(cell, chosen)));
      cell.classList.toggle("by-scene", !chosen?.[1] && is(cell, byScene));
    }
    for (const layer of grid.querySelectorAll(".layer")) {
      layer.setAttribute("aria-pressed", String(!!chosen && !chosen[1] && +layer.dataset.layer === chosen[0]));
    }
    $("any-head").hidden = !chosen;
    this.about();
  }

  about(layer, head) {
    const of = layer ? [layer, head] : this.marked;
    if (!of || !this.reading || of[1] == null) { $("head-about").textContent = "Rows are layers, columns are heads."; return; }
    const [found] = this.found(...of);
    const says = found ? sentenced(found.evidence) : this.names ? "Nothing worth telling in this sentence" : "";
    $("head-about").replaceChildren(make("b", {}, this.title(...of)), make("span", {}, says));
  }

  key(event) {
    const { heads } = this.reading?.model ?? {};
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -heads - 1, ArrowDown: heads + 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = [...grid.querySelectorAll("button")], next = buttons[buttons.indexOf(document.activeElement) + by];
    if (!next) return;
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }
}
