// One message as an element: who, what, when, and the buttons under it.

import { ask, el, icon, link } from "./dom.js";
import { drawn, frame, host, said } from "./rich.js";
import { formatted } from "./text.js";

const ELSEWHERE = ["web_app", "login_url", "pay", "callback_game"];

/** Bubbles are kept and redrawn in parts: `node` stays, so a reader's place and unfolded quotes stay too. */
export class Bubble {
  constructor(message, room) {
    this.node = el("li", { class: "message", data: { id: message.message_id } });
    this.body = el("div", { class: "body" });
    this.markup = el("div", { class: "markup", role: "group", "aria-label": "Buttons" });
    this.stack = el("div", { class: "stack" }, this.body, this.markup);
    const reply = (event) => ask(event.currentTarget, "reply", { id: this.message.message_id });
    this.stack.append(el("button", { class: "reply", type: "button", "aria-label": "Reply", title: "Reply", on: { click: reply } }, icon("reply")));
    this.node.append(this.stack);
    this.drawnBody = this.drawnMarkup = null;
    this.show(message, room);
  }

  /** Draw what differs from what is shown. Returns true when something did. */
  show(message, room) {
    this.message = message;
    const { reply_markup: markup, ...rest } = message;
    const body = JSON.stringify([rest, room.me]);
    const keys = JSON.stringify(markup?.inline_keyboard ?? []);
    if (body === this.drawnBody && keys === this.drawnMarkup) return false;
    if (body !== this.drawnBody) this.drawBody(message, room);
    if (keys !== this.drawnMarkup) this.drawMarkup(markup?.inline_keyboard ?? []);
    this.drawnBody = body;
    this.drawnMarkup = keys;
    return true;
  }

  drawBody(message, room) {
    const mine = message.from?.id === room.me && !message.sender_chat;
    const notice = service(message);
    this.node.className = `message ${notice ? "notice" : mine ? "mine" : "theirs"}`;
    this.node.classList.toggle("is-rich", Boolean(message.rich_message));
    this.node.setAttribute("aria-label", `${mine ? "You" : sender(message)}, ${time(message.date)}`);
    if (notice) {
      this.body.replaceChildren(el("p", {}, notice));
      return;
    }
    const content = contents(message);
    this.body.replaceChildren(
      ...(room.isGroup && !mine ? [el("p", { class: `name hue${Math.abs(message.from?.id ?? 0) % 6}` }, sender(message))] : []),
      ...(message.via_bot ? [viaBot(message.via_bot)] : []),
      ...(message.reply_to_message ? [quoted(message.reply_to_message)] : []),
      ...content, meta(message),
    );
  }

  drawMarkup(rows) {
    const held = [...this.markup.querySelectorAll(".key")].indexOf(document.activeElement);
    this.markup.replaceChildren(...rows.map((row) => el("div", { class: "keyrow" }, ...row.map((b) => key(b, this)))));
    this.markup.hidden = rows.length === 0;
    if (held >= 0) [...this.markup.querySelectorAll(".key")].at(Math.min(held, rows.flat().length - 1))?.focus({ preventScroll: true });
  }
}

export function sender(message) {
  return message.sender_chat?.title ?? [message.from?.first_name, message.from?.last_name].filter(Boolean).join(" ");
}

export function time(unix) {
  return new Date(unix * 1000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
}

/** One line for the list of chats, for quotes and for a screen reader. */
export function gist(message) {
  if (!message) return "";
  const words = message.text ?? message.caption ?? (message.rich_message && message.rich_message.blocks.map(blockWords).join(" "));
  if (words) return words.replace(/\s+/g, " ").trim().slice(0, 160);
  if (message.photo) return "Photo";
  if (message.document) return message.document.file_name ?? "Document";
  if (message.location) return "Location";
  return service(message) ?? "";
}

function blockWords(block) {
  const inner = (block.blocks ?? []).map(blockWords).join(" ");
  return [said(block.text ?? block.summary ?? ""), inner].filter(Boolean).join(" ");
}

function contents(message) {
  const nodes = [];
  if (message.rich_message) nodes.push(drawn(message.rich_message));
  if (message.photo) nodes.push(frame("picture", host(message.photo.at(-1)?.file_id ?? "")));
  if (message.document) nodes.push(file(message.document));
  if (message.location) nodes.push(frame("pin", `${message.location.latitude}, ${message.location.longitude}`));
  const text = message.text ?? message.caption;
  if (text) nodes.push(el("div", { class: "text", dir: "auto" }, formatted(text, message.entities ?? message.caption_entities)));
  return nodes;
}

function file(document) {
  const size = document.file_size >= 1024 ? `${Math.round(document.file_size / 1024)} KB` : `${document.file_size ?? 0} bytes`;
  return el("div", { class: "file" }, el("span", { class: "file-icon" }, icon("file")),
    el("div", {}, el("p", {}, document.file_name ?? "Document"), el("p", { class: "quiet" }, size)));
}

function meta(message) {
  const parts = [];
  if (message.silent) parts.push(el("span", { title: "Sent without a sound", "aria-label": "silent", role: "img" }, icon("quiet")));
  if (message.edit_date || message.edited) parts.push(el("span", { class: "edited" }, "edited"));
  parts.push(el("time", { datetime: new Date(message.date * 1000).toISOString(), title: new Date(message.date * 1000).toLocaleString() }, time(message.date)));
  return el("p", { class: "meta" }, ...parts);
}

function viaBot(bot) {
  const act = (event) => ask(event.currentTarget, "mention", { text: `@${bot.username}` });
  return el("p", { class: "via" }, "via ", el("button", { class: "inline-link", type: "button", on: { click: act } }, `@${bot.username}`));
}

function quoted(message) {
  const act = (event) => ask(event.currentTarget, "jump", { id: message.message_id });
  return el("button", { class: "quoted", type: "button", on: { click: act } }, el("b", {}, sender(message)), el("span", {}, gist(message)));
}

const NOTICES = {
  new_chat_members: (m) => `${m.new_chat_members.map((u) => u.first_name).join(", ")} joined the group`,
  left_chat_member: (m) => `${m.left_chat_member.first_name} left the group`,
  group_chat_created: () => "Group created",
  supergroup_chat_created: () => "Group created",
  new_chat_title: (m) => `The group is now called ${m.new_chat_title}`,
  pinned_message: (m) => `Pinned: ${gist(m.pinned_message)}`,
  migrate_to_chat_id: () => "This group became a supergroup",
};

function service(message) {
  const kind = Object.keys(NOTICES).find((name) => message[name]);
  return kind && NOTICES[kind](message);
}

function key(button, bubble) {
  const props = { class: `key ${["primary", "success", "danger"].includes(button.style) ? button.style : ""}`, type: "button", title: button.text };
  const label = el("span", { dir: "auto" }, button.text);
  if (button.url) {
    const node = link(button.url, label, icon("out"));
    node.className = "key";
    return node;
  }
  const act = {
    click: (event) => {
      const id = bubble.message.message_id;
      const node = event.currentTarget;
      if (button.callback_data !== undefined) ask(node, "press", { id, data: button.callback_data, node });
      else if (button.switch_inline_query_current_chat !== undefined) ask(node, "inline", { query: button.switch_inline_query_current_chat });
      else if (button.switch_inline_query !== undefined) ask(node, "elsewhere", { query: button.switch_inline_query });
      else if (button.switch_inline_query_chosen_chat) ask(node, "elsewhere", { query: button.switch_inline_query_chosen_chat.query ?? "" });
      else if (button.copy_text) ask(node, "copy", { text: button.copy_text.text });
      else ask(node, "toast", { text: "This button needs the real Telegram." });
    },
  };
  const lone = ELSEWHERE.some((name) => button[name]);
  return el("button", { ...props, on: act }, label, lone || button.switch_inline_query !== undefined ? icon("out") : null);
}
