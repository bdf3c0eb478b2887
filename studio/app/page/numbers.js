// The numbers of the frame that stands still: to be pointed at, and as a list.

import { get } from "./api.js";
import { $ } from "./dom.js";
import { Pointing } from "./pointing.js";

const screen = $("screen");

export class Numbers {
  constructor() {
    this.pointing = new Pointing(screen);
    this.asked = 0;
    $("numbers").addEventListener("toggle", () => this.list());
  }

  // Nothing can be asked of what moves.
  forget() {
    this.asked++;
    this.pointing.show([]);
    delete screen.dataset.quantities;
    $("numbers-count").textContent = "pause to see them";
    $("number-list").replaceChildren();
  }

  async ask(show, frame) {
    const mine = ++this.asked;
    let regions = [];
    try {
      regions = await (await get(["quantities", show, frame])).json();
    } catch { /* another scene is shown by now */ }
    if (mine !== this.asked) return;
    this.pointing.show(regions);
    $("numbers-count").textContent = regions.length ? `${regions.length}` : "none";
    screen.dataset.quantities = regions.length;
    this.list();
  }

  list() {
    if ($("numbers").open) $("number-list").replaceChildren(...this.pointing.rows());
  }
}
