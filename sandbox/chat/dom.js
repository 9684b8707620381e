// Elements are made here and nowhere else. Text goes in as text: nothing on this page parses HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element. `props`: class, on (event handlers), data (dataset), anything else is an attribute. */
export function el(name, props = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "on") for (const [type, act] of Object.entries(value)) node.addEventListener(type, act);
    else if (key === "data") Object.assign(node.dataset, value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Tell the page that the reader wants something done; chat.js listens. */
export function ask(node, kind, detail = {}) {
  node.dispatchEvent(new CustomEvent("ask", { bubbles: true, detail: { kind, ...detail } }));
}

/** A safe link, or its text alone where the address is none a chat would open. */
export function link(href, ...children) {
  let url;
  try {
    url = new URL(href);
  } catch {
    return el("span", {}, ...children);
  }
  if (!["http:", "https:", "tg:", "mailto:", "tel:"].includes(url.protocol)) return el("span", {}, ...children);
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", title: url.href }, ...children);
}

export function spoiler(inner) {
  const node = el("span", { class: "spoiler", role: "button", tabindex: 0, "aria-label": "Hidden text, tap to show" }, inner);
  const show = (event) => {
    if (!node.classList.contains("spoiler")) return;
    event.preventDefault();
    event.stopPropagation();
    node.className = "shown";
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  node.addEventListener("click", show);
  node.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && show(event));
  return node;
}

const DATE = { w: { weekday: "long" }, d: { dateStyle: "short" }, D: { day: "numeric", month: "long", year: "numeric" } };

/** A moment in the reader's own zone, after Telegram's formats: r, or w, d or D, t or T in this order. */
export function moment(unix, format, inner) {
  const at = new Date(unix * 1000);
  const full = at.toLocaleString([], { dateStyle: "full", timeStyle: "short" });
  const parts = [];
  if (format === "r") parts.push(ago(at));
  if (format.includes("w")) parts.push(at.toLocaleDateString([], DATE.w));
  for (const key of ["d", "D"]) if (format.includes(key)) parts.push(at.toLocaleDateString([], DATE[key]));
  if (/t/i.test(format)) parts.push(at.toLocaleTimeString([], { timeStyle: format.includes("T") ? "medium" : "short" }));
  return el("time", { datetime: at.toISOString(), title: full }, parts.length ? parts.join(", ") : inner);
}

function ago(at) {
  const minutes = Math.round((at - Date.now()) / 60000);
  const say = new Intl.RelativeTimeFormat([], { numeric: "auto" });
  if (Math.abs(minutes) < 60) return say.format(minutes, "minute");
  if (Math.abs(minutes) < 60 * 24) return say.format(Math.round(minutes / 60), "hour");
  return say.format(Math.round(minutes / 60 / 24), "day");
}

export function copyButton(text) {
  return el("button", {
    class: "copy", type: "button", "aria-label": "Copy", title: "Copy",
    on: { click: (event) => { event.stopPropagation(); ask(event.currentTarget, "copy", { text }); } },
  }, icon("copy"));
}
