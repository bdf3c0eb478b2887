// Making the film: progress, cancelling, and its files.

import { address, post } from "./api.js";
import { $, make, sentenced } from "./dom.js";

const KINDS = [
  [/\.mp4$/, "Film"], [/\.vtt$/, "Captions"], [/\.srt$/, "Subtitles"], [/\.poster\.png$/, "Poster"], [/\.last\.png$/, "Last frame"],
  [/\.alt\.txt$/, "Alt text"], [/\.md$/, "Transcript"], [/\.json$/, "Manifest"], [/\.(section|snippet)\.html$/, "Snippet"],
  [/\.reveal\.html$/, "Deck"], [/\.html$/, "Page"],
];
const kind = (name) => KINDS.find(([form]) => form.test(name))?.[1] ?? name.split(".").slice(1).join(".");
const size = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(Math.round(bytes / 1e3), 1)} kB`);
const left = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds) % 60).padStart(2, "0")} left`;

export class Film {
  constructor(asked) {
    this.asked = asked;
    this.target = "";
    $("target").addEventListener("change", () => { this.target = $("target").value; });
    $("render").addEventListener("click", () => this.make());
    $("cancel").addEventListener("click", () => post("cancel").catch((error) => this.fail(error.message)));
  }

  async make() {
    this.working(true);
    $("files").replaceChildren();
    try {
      await post("render", { ...this.asked(), target: this.target || null });
    } catch (error) {
      this.fail(error.message);
    }
  }

  working(yes) {
    $("making").hidden = !yes;
    $("render").hidden = yes;
    $("film-error").hidden = true;
    $("film-note").textContent = "";
    $("progress").removeAttribute("value");
    $("progress-text").textContent = "Starting…";
    if (yes) $("cancel").focus();
  }

  fail(message) {
    this.working(false);
    $("film-error").textContent = sentenced(message);
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
            make("b", {}, kind(file.name)), make("span", {}, size(file.size))))));
        $("film-note").textContent = event.notes.join(" ");
        $("files").querySelector("a")?.focus();
      },
      embedding: () => { $("progress").removeAttribute("value"); $("progress-text").textContent = `Making it ready for ${this.target}…`; },
      cancelled: () => { this.working(false); $("render").focus(); },
      "render-failed": () => this.fail(event.message),
    }[event.kind];
    does?.();
    return !!does;
  }
}
