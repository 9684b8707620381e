// The list of chats at the side.

import { gist, time } from "./bubble.js";
import { ask, el } from "./dom.js";
import { chatNow, chats, me, nameOf, state, userOf } from "./world.js";

const $ = (id) => document.getElementById(id);

export function drawAvatar(node, chat) {
  node.textContent = nameOf(chat).trim().slice(0, 1).toUpperCase();
  node.className = `avatar hue${Math.abs(chat.id) % 6}`;
}

export function drawChats() {
  const held = document.activeElement?.closest?.("#chats button")?.dataset.chat;
  $("chats").replaceChildren(...chats().map((chat) => {
    const messages = state.messages.get(chat.id) ?? [];
    const last = messages.at(-1);
    const unread = messages.filter((m) => m.message_id > (state.seen.get(chat.id) ?? 0) && m.from?.id !== me(chat)).length;
    const avatar = el("span", { "aria-hidden": "true" });
    drawAvatar(avatar, chat);
    const who = chat.type === "private" ? ` · ${userOf(chat.id)?.first_name ?? ""}` : "";
    return el("li", {}, el("button", { class: "chat", type: "button", data: { chat: chat.id }, "aria-current": chat.id === state.chatId ? "true" : null, on: { click: (event) => ask(event.currentTarget, "enter", { chat: chat.id }) } },
      avatar,
      el("span", { class: "chat-words" },
        el("span", { class: "row" }, el("b", {}, nameOf(chat), el("span", { class: "quiet" }, who)), unread ? el("span", { class: "badge", "aria-label": `${unread} new` }, unread) : null),
        el("span", { class: "row" }, el("span", { class: "gist" }, gist(last) || "No messages yet"), last ? el("time", {}, time(last.date)) : null))));
  }));
  if (held) document.querySelector(`#chats [data-chat="${held}"]`)?.focus();
  const news = document.querySelectorAll("#chats .badge").length;
  document.title = `${news ? `(${news}) ` : ""}${nameOf(chatNow())}`;
}

export function openSide(open) {
  $("side").classList.toggle("open", open);
  $("veil").hidden = !open;
  $("open-side").setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#chats [aria-current]")?.focus();
}
