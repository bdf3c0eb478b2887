// What the page asks the server. Addresses are relative: the secret in the page's own is before all of them.

let tab = null;

export const use = (name) => { tab = name; };
export const address = (...parts) => [tab, ...parts].join("/");

async function answer(response) {
  if (response.ok) return response;
  let message = `the preview answered ${response.status}`;
  try { message = (await response.json()).message; } catch { /* it was no JSON */ }
  throw new Error(message);
}

export async function post(what, body, options = {}) {
  const response = await answer(await fetch(address(what), {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}), ...options,
  }));
  return response.status === 204 ? null : response.json();
}

// A picture or a list; fails where it is not there yet, or no longer.
export async function get(parts) {
  const response = await answer(await fetch(address(...parts)));
  if (response.status === 204) throw new Error("not now");
  return response;
}

// Calls `tell` with every event; `gone` when the server is.
export function listen(tell, gone) {
  const source = new EventSource("events");
  source.onmessage = (event) => tell(JSON.parse(event.data));
  source.onerror = () => gone(source.readyState === EventSource.CLOSED);
}
