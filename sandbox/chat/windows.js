// Small windows: words in passing, and questions that wait.

import { el } from "./dom.js";

const $ = (id) => document.getElementById(id);

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

let toastTimer;
/** Said in passing, over the composer. */
export function toast(text) {
  $("toast").textContent = text;
  $("toast").classList.add("on");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => $("toast").classList.remove("on"), Math.min(2500 + text.length * 40, 8000));
}

/** For those who listen to the page. */
export function announce(text) {
  $("announce").textContent = "";
  requestAnimationFrame(() => { $("announce").textContent = text; });
}

/** A window that waits; `rows` are its choices. */
export function dialog(text, ...rows) {
  const box = $("dialog");
  const close = el("button", { class: "plain", type: "button", on: { click: () => box.close() } }, rows.length ? "Cancel" : "OK");
  box.replaceChildren(el("p", { id: "dialog-text" }, text), ...rows, el("div", { class: "ends" }, close));
  if (!box.open) box.showModal();
  return box;
}

export function choice(label, act, kind = "choice") {
  return el("button", { class: kind, type: "button", on: { click: () => { $("dialog").close(); act(); } } }, label);
}
