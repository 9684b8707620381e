// The messages of the chat that is open: bubbles in order, days between them, and where the reader has got to.

import { Bubble, gist, sender } from "./bubble.js";
import { el, icon } from "./dom.js";
import { announce, calm } from "./windows.js";
import { chatNow, room, state } from "./world.js";

const $ = (id) => document.getElementById(id);

/** Draw the messages of the chat; the newcomer among them that asks for a reply, or null. */
export function drawMessages(entering) {
  const scroll = $("scroll");
  const all = state.messages.get(state.chatId) ?? [];
  const drawn = all.slice(-state.shown);
  const wasAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 90;
  const known = new Set(drawn.map((message) => message.message_id));
  for (const [id, bubble] of state.bubbles) {
    if (known.has(id)) continue;
    bubble.node.remove();
    state.bubbles.delete(id);
  }
  const fresh = [];
  for (const message of drawn) {
    const bubble = state.bubbles.get(message.message_id);
    if (bubble) bubble.show(message, room);
    else {
      const made = new Bubble(message, room);
      state.bubbles.set(message.message_id, made);
      fresh.push(made);
    }
  }
  arrange(drawn);
  $("earlier").hidden = all.length <= drawn.length;
  drawEmpty(all.length === 0);
  const newest = all.at(-1)?.message_id ?? 0;
  if (entering || wasAtEnd) {
    if (entering) scroll.scrollTop = scroll.scrollHeight;
    else if (fresh.length) showFrom(fresh[0].node);
    state.seen.set(state.chatId, newest);
  }
  const unread = fresh.filter((bubble) => bubble.message.from?.id !== room.me);
  if (!entering && unread.length) announce(unread.map((b) => `${sender(b.message)}: ${gist(b.message)}`).join(". "));
  markEnd();
  const newcomer = fresh.at(-1)?.message;
  return !entering && newcomer?.reply_markup?.force_reply ? newcomer : null;
}

/** Put the bubbles in order, with a pill before each new day, and mark the last of one sender's run. */
function arrange(messages) {
  const list = $("messages");
  for (const pill of list.querySelectorAll(".day")) pill.remove();
  let before = null;
  messages.forEach((message, index) => {
    const { node } = state.bubbles.get(message.message_id);
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
    const next = messages[index + 1];
    const previous = messages[index - 1];
    node.classList.toggle("first", !previous || previous.from?.id !== message.from?.id || message.date - previous.date > 300);
    node.classList.toggle("last", !next || next.from?.id !== message.from?.id || next.date - message.date > 300);
  });
  for (const message of messages) {
    const day = new Date(message.date * 1000).toDateString();
    if (day !== before) list.insertBefore(el("li", { class: "day" }, el("span", {}, dayName(message.date))), state.bubbles.get(message.message_id).node);
    before = day;
  }
}

function dayName(unix) {
  const at = new Date(unix * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 864e5);
  if (days === 0 || days === 1) return days ? "Yesterday" : "Today";
  return at.toLocaleDateString([], { day: "numeric", month: "long" });
}

/** To the end, but never past the first line of what is new: a long digest is read from its top. */
function showFrom(node) {
  const scroll = $("scroll");
  const top = node.offsetTop - 12;
  scroll.scrollTo({ top: Math.min(top, scroll.scrollHeight - scroll.clientHeight), behavior: calm() ? "auto" : "smooth" });
}

function drawEmpty(empty) {
  const chat = chatNow();
  $("empty").hidden = !empty;
  $("start").hidden = chat?.type !== "private";
  $("empty-text").textContent = chat?.type === "private" ? "Nothing here yet. Press Start, as you would in Telegram." : chat?.type === "channel" ? `Nothing here yet. In the menu above, the bot is made an administrator of this channel.` : `Nothing here yet. Write to @${room.bot.username} with a command.`;
}

/** A Message of the sandbox carries the reply keyboard it came with; the newest word on it holds. */
export function keyboardInForce() {
  for (const { reply_markup: markup } of [...(state.messages.get(state.chatId) ?? [])].reverse()) {
    if (markup?.keyboard) return markup;
    if (markup?.remove_keyboard) return null;
  }
  return null;
}

export function markEnd() {
  const scroll = $("scroll");
  const away = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
  const all = state.messages.get(state.chatId) ?? [];
  const unread = all.filter((m) => m.message_id > (state.seen.get(state.chatId) ?? 0) && m.from?.id !== room.me).length;
  $("to-end").hidden = away < 160;
  $("to-end").replaceChildren(icon("down"), unread ? el("span", { class: "badge" }, unread) : "");
}
