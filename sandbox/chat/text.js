// Classic messages: text with MessageEntity spans (UTF-16 offsets, as JavaScript counts) as elements.

import { ask, copyButton, el, icon, link, moment, spoiler } from "./dom.js";

const PLAIN = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code" };

/** A fragment for `text` with its `entities`; entities may nest, and what sticks out is cut. */
export function formatted(text, entities = []) {
  const queue = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fill(fragment, text, 0, text.length, queue);
  return fragment;
}

function fill(parent, text, from, to, queue) {
  let at = from;
  while (queue.length && queue[0].offset < to) {
    const entity = queue.shift();
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (end <= start) continue;
    parent.append(text.slice(at, start));
    const inner = document.createDocumentFragment();
    fill(inner, text, start, end, queue);
    parent.append(wrap(entity, text.slice(start, end), inner));
    at = end;
    // A quote and a listing are blocks: the line end after them is theirs already.
    if (/quote|pre/.test(entity.type) && text[at] === "\n") at += 1;
  }
  parent.append(text.slice(at, to));
}

function wrap(entity, words, inner) {
  if (entity.type in PLAIN) return el(PLAIN[entity.type], {}, inner);
  switch (entity.type) {
    case "spoiler": return spoiler(inner);
    case "pre": return listing(words, inner, entity.language);
    case "blockquote": return el("blockquote", {}, inner);
    case "expandable_blockquote": return folding(inner);
    case "text_link": return link(entity.url, inner);
    case "url": return link(/^[a-z]+:/i.test(words) ? words : `http://${words}`, inner);
    case "email": return link(`mailto:${words}`, inner);
    case "phone_number": return link(`tel:${words.replace(/[^\d+]/g, "")}`, inner);
    case "bot_command": return command(words, inner);
    case "mention": return mention(words, inner);
    case "hashtag":
    case "cashtag": return el("span", { class: "tag" }, inner);
    case "text_mention": return el("span", { class: "tag", title: entity.user?.first_name }, inner);
    case "date_time": return moment(entity.unix_time, entity.date_time_format ?? "", inner);
    default: return inner;
  }
}

export function listing(words, inner, language) {
  const label = language ? el("span", { class: "language" }, language) : "";
  return el("div", { class: "listing" }, label, copyButton(words), el("pre", {}, el("code", {}, inner)));
}

export function command(words, inner) {
  const act = (event) => ask(event.currentTarget, "command", { text: words });
  return el("button", { class: "inline-link command", type: "button", on: { click: act } }, inner);
}

export function mention(words, inner) {
  const act = (event) => ask(event.currentTarget, "mention", { text: words });
  return el("button", { class: "inline-link", type: "button", on: { click: act } }, inner);
}

const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const quote = target.parentElement;
    if (!quote || quote.classList.contains("open")) continue;
    quote.classList.toggle("folds", target.scrollHeight > target.clientHeight + 2);
  }
});

/** A quote of three lines that a tap unfolds, and another folds. */
function folding(inner) {
  const words = el("div", { class: "fold-words" }, inner);
  const toggle = el("button", { class: "fold", type: "button", "aria-expanded": "false", "aria-label": "Unfold the quote" }, icon("fold"));
  const quote = el("blockquote", { class: "expandable" }, words, toggle);
  quote.addEventListener("click", (event) => {
    if (event.target.closest("a, .inline-link, .spoiler, .copy")) return;
    if (!quote.classList.contains("folds") || String(getSelection())) return;
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.setAttribute("aria-label", open ? "Fold the quote" : "Unfold the quote");
  });
  watch.observe(words);
  return quote;
}
