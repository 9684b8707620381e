// Rich messages: RichBlock* and RichText* as elements. Media are never fetched: a frame says which is meant.

import { el, icon, link, moment, spoiler } from "./dom.js";
import { command, listing, mention } from "./text.js";

const STYLES = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code",
  marked: "mark", subscript: "sub", superscript: "sup",
};
const MEDIA = { photo: "picture", video: "play", animation: "play", audio: "play", voice_note: "play" };

/** The blocks of a rich message. */
export function drawn(rich) {
  return el("div", { class: "rich", dir: rich.is_rtl ? "rtl" : "auto" }, ...rich.blocks.map(block));
}

function block(b) {
  switch (b.type) {
    case "paragraph": return el("p", {}, words(b.text));
    case "heading": return el("div", { class: `h h${b.size}`, role: "heading", "aria-level": b.size + 2 }, words(b.text));
    case "pre": return listing(said(b.text), words(b.text), b.language);
    case "footer": return el("p", { class: "footer" }, words(b.text));
    case "divider": return el("hr");
    case "mathematical_expression": return el("p", { class: "math" }, b.expression);
    case "anchor": return anchor(b.name);
    case "list": return list(b);
    case "blockquote": return el("blockquote", {}, ...b.blocks.map(block), credit(b.credit));
    case "pullquote": return el("blockquote", { class: "pull" }, el("p", {}, words(b.text)), credit(b.credit));
    case "details": return el("details", { open: b.is_open },
      el("summary", {}, icon("fold"), el("span", {}, words(b.summary))), el("div", { class: "inside" }, ...b.blocks.map(block)));
    case "table": return table(b);
    case "collage":
    case "slideshow": return figure(el("div", { class: b.type, tabindex: 0 }, ...b.blocks.map(block)), b.caption);
    case "map": return figure(frame("pin", `${b.location.latitude}, ${b.location.longitude}`), b.caption);
    default: return b.type in MEDIA ? medium(b) : el("p", { class: "footer" }, `(${b.type})`);
  }
}

function list(b) {
  const items = b.items.map((item) => {
    const box = item.has_checkbox && el("input", { type: "checkbox", disabled: true, checked: item.is_checked });
    return el("li", {}, el("span", { class: "label" }, box || item.label), el("div", {}, ...item.blocks.map(block)));
  });
  return el("ul", { class: "list" }, ...items);
}

function table(b) {
  const rows = b.cells.map((row) => el("tr", {}, ...row.map((cell) => el(cell.is_header ? "th" : "td",
    { colspan: cell.colspan, rowspan: cell.rowspan, class: `${cell.align} ${cell.valign}` }, words(cell.text ?? "")))));
  const kind = ["table", b.is_bordered && "bordered", b.is_striped && "striped"].filter(Boolean).join(" ");
  return el("div", { class: "wide", tabindex: 0 },
    el("table", { class: kind }, b.caption && el("caption", {}, words(b.caption)), el("tbody", {}, ...rows)));
}

function medium(b) {
  const file = b.type === "photo" ? b.photo.at(-1) : b[b.type];
  const flat = b.type === "audio" || b.type === "voice_note";
  const shown = frame(MEDIA[b.type], host(file?.file_id ?? ""), flat && "flat");
  return figure(b.has_spoiler ? spoiler(shown) : shown, b.caption);
}

/** What stands where a picture would be. */
export function frame(symbol, label, kind = "") {
  return el("div", { class: `frame ${kind || ""}`, role: "img", "aria-label": label || "Picture" }, icon(symbol), el("span", {}, label));
}

/** The sandbox keeps a medium's address in its file_id; its host is what a reader wants to know. */
export function host(fileId) {
  try {
    return new URL(fileId.replace(/^url:/, "")).hostname;
  } catch {
    return "";
  }
}

function figure(inner, caption) {
  if (!caption) return el("figure", {}, inner);
  return el("figure", {}, inner, el("figcaption", {}, words(caption.text), credit(caption.credit)));
}

function credit(text) {
  return text ? el("cite", {}, words(text)) : null;
}

function anchor(name) {
  return el("span", { data: { anchor: name } });
}

function jump(name, text) {
  const act = (event) => {
    const message = event.currentTarget.closest(".rich");
    const target = [...message.querySelectorAll("[data-anchor]")].find((node) => node.dataset.anchor === name);
    for (let up = target?.closest("details"); up; up = up.parentElement.closest("details")) up.open = true;
    (target ?? message).scrollIntoView({ block: "start", behavior: "smooth" });
  };
  return el("button", { class: "inline-link", type: "button", on: { click: act } }, words(text));
}

/** The plain words of a RichText. */
export function said(t) {
  if (typeof t === "string") return t;
  if (Array.isArray(t)) return t.map(said).join("");
  return said(t.text ?? t.alternative_text ?? t.expression ?? "");
}

function words(t) {
  const fragment = document.createDocumentFragment();
  for (const part of Array.isArray(t) ? t : [t]) fragment.append(typeof part === "string" ? part : span(part));
  return fragment;
}

function span(t) {
  if (t.type in STYLES) return el(STYLES[t.type], {}, words(t.text));
  switch (t.type) {
    case "spoiler": return spoiler(words(t.text));
    case "url": return link(t.url, words(t.text));
    case "email_address": return link(`mailto:${t.email_address}`, words(t.text));
    case "phone_number": return link(`tel:${t.phone_number.replace(/[^\d+]/g, "")}`, words(t.text));
    case "bot_command": return command(t.bot_command, words(t.text));
    case "mention": return mention(`@${t.username}`, words(t.text));
    case "date_time": return moment(t.unix_time, t.date_time_format, words(t.text));
    case "custom_emoji": return document.createTextNode(t.alternative_text);
    case "mathematical_expression": return el("span", { class: "math" }, t.expression);
    case "anchor": return anchor(t.name);
    case "reference": return el("span", { data: { anchor: t.name } }, words(t.text));
    case "anchor_link": return jump(t.anchor_name, t.text);
    case "reference_link": return jump(t.reference_name, t.text);
    case "hashtag":
    case "cashtag":
    case "bank_card_number":
    case "text_mention": return el("span", { class: "tag" }, words(t.text));
    default: return words(t.text ?? "");
  }
}
