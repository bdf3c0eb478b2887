// Making the film: progress, cancelling, and its files.

import { address, post } from "./api.js";
import { $, make } from "./dom.js";

const KINDS = { mp4: "Film", vtt: "Captions", json: "Manifest", png: "Poster" };
const size = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(Math.round(bytes / 1e3), 1)} kB`);
const left = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, "0")} left`;

export class Film {
  constructor(asked) {
    this.asked = asked;
    $("render").addEventListener("click", () => this.make());
    $("cancel").addEventListener("click", () => post("cancel").catch((error) => this.fail(error.message)));
  }

  async make() {
    this.working(true);
    $("files").replaceChildren();
    try {
      await post("render", this.asked());
    } catch (error) {
      this.fail(error.message);
    }
  }

  working(yes) {
    $("making").hidden = !yes;
    $("render").hidden = yes;
    $("film-error").hidden = true;
    $("progress").removeAttribute("value");
    $("progress-text").textContent = "Starting…";
    if (yes) $("cancel").focus();
  }

  fail(message) {
    this.working(false);
    $("film-error").textContent = message;
    $("film-error").hidden = false;
  }

  // Whether an event was one of a film.
  hears(event) {
    const does = {
      progress: () => {
        if (event.share) $("progress").value = event.share;
        const where = event.total ? `Beat ${event.number} of ${event.total}` : `${event.frames} frames`;
        $("progress-text").textContent = event.left == null ? where : `${where} · ${left(event.left)}`;
      },
      film: () => {
        this.working(false);
        $("render").textContent = "Render again";
        $("files").replaceChildren(...event.files.map((file) => make("li", {},
          make("a", { href: address("film", encodeURIComponent(file.name)), download: file.name },
            make("b", {}, KINDS[file.name.split(".").pop()] ?? "File"), make("span", {}, size(file.size))))));
        $("files").querySelector("a")?.focus();
      },
      cancelled: () => { this.working(false); $("render").focus(); },
      "render-failed": () => this.fail(event.message),
    }[event.kind];
    does?.();
    return !!does;
  }
}
