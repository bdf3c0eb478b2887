// Small helpers. Text only ever gets into the page as text.

export const $ = (id) => document.getElementById(id);

export function make(tag, about = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const clock = (seconds) => {
  const tenths = Math.round(Math.max(seconds, 0) * 10);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
};

// A sentence as it begins a line; the name of a file stays as it is.
export const sentenced = (text) => (/^[a-z]+[\s,:;]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text);

export const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function later(milliseconds, work) {
  let timer = 0;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), milliseconds); };
}

// Keep what a video shows in a picture over it: a video that is given another source shows nothing.
export function freeze(video, picture) {
  if (!picture.hidden || video.readyState < 2) return;
  const canvas = make("canvas", { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  picture.src = canvas.toDataURL();
  picture.hidden = false;
}
