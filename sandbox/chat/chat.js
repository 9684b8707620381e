// The page: which chat is shown, who writes, and what the sandbox says has changed.

import { gist, sender } from "./bubble.js";
import { Composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { drawMessages, keyboardInForce, markEnd } from "./history.js";
import { askAttachment, askChannel, askChat, askMenu, askPlace } from "./questions.js";
import { drawAvatar, drawChats, openSide } from "./side.js";
import { calm, dialog, toast } from "./windows.js";
import { act, call } from "./wire.js";
import { chatNow, chats, isGroup, isIn, loadMessages, loadWorld, me, members, nameOf, PAGE, people, room, state, userOf, where } from "./world.js";

const $ = (id) => document.getElementById(id);
const PATIENCE = 15; // seconds a bot has to answer a tap or an inline query

const composer = new Composer(
  { input: $("input"), send: $("send"), commands: $("commands"), toggle: $("toggle-keys"), panel: $("panel"), keys: $("keys") },
  room,
  (query, offset) => call("inline", { user_id: me(), query, offset, chat_type: chatNow().type === "private" ? "sender" : chatNow().type, answer_within: PATIENCE }),
);

async function follow() {
  for (;;) {
    try {
      if (!state.world) {
        state.revision = (await call("events?revision=0&timeout=0")).revision;
        await loadWorld();
        await Promise.all(chats().map((chat) => loadMessages(chat.id)));
        enter(state.chatId);
      }
      const { revision, chat_ids: changed } = await call(`events?revision=${state.revision}&timeout=${$("lost").hidden ? 25 : 0}`);
      $("lost").hidden = true;
      if (revision < state.revision) state.world = null; // another sandbox runs there now
      else if (revision > state.revision || changed.length) {
        await loadWorld();
        await Promise.all(changed.map(loadMessages));
        state.revision = revision;
        drawRoom();
      }
    } catch (error) {
      console.error(error);
      $("lost").hidden = false;
      await new Promise((resume) => setTimeout(resume, 1000));
    }
  }
}

// -- drawing -------------------------------------------------------------------------------------

function enter(chatId) {
  replyTo(null);
  state.drafts.set(state.chatId, $("input").value);
  state.chatId = chatId;
  state.bubbles.clear();
  state.shown = PAGE;
  $("messages").replaceChildren();
  history.replaceState(null, "", `#${chatId}`);
  openSide(false);
  drawRoom({ entering: true });
  composer.drawnKeys = undefined;
  composer.setKeys(keyboardInForce());
  $("input").value = state.drafts.get(chatId) ?? "";
  composer.changed();
}

function drawRoom({ entering = false } = {}) {
  const chat = chatNow();
  if (!chat) return;
  const writer = userOf(me(chat));
  $("title").textContent = nameOf(chat);
  $("subtitle").textContent = chat.type === "private" ? `bot · you are ${writer?.first_name ?? "nobody"}` : `${Object.values(members(chat)).filter(isIn).length} members`;
  drawAvatar($("avatar"), chat);
  $("as-label").hidden = !isGroup(chat);
  const options = people(chat).map((user) => el("option", { value: user.id, selected: user.id === me(chat) }, user.first_name));
  $("as").replaceChildren(...options);
  $("composer").hidden = Boolean(chat.blocked);
  $("unblock").hidden = !chat.blocked;
  const asking = drawMessages(entering);
  if (asking) replyTo(asking);
  composer.setKeys(keyboardInForce());
  drawChats();
}

// -- what the reader does ------------------------------------------------------------------------

async function say(text) {
  $("scroll").scrollTop = $("scroll").scrollHeight; // who writes wants to see what comes of it
  const replied = state.replyTo ? { reply_to_message_id: state.replyTo } : {};
  replyTo(null);
  const said = await act("say", { ...where(), ...replied, text });
  if (!said && !$("input").value) composer.fill(text); // nothing written is lost
}

/** The next words answer this message, or none; a bot's ForceReply asks for the same. */
function replyTo(message) {
  state.replyTo = message?.message_id ?? null;
  $("replying").hidden = !message;
  $("reply-name").textContent = message ? sender(message) : "";
  $("reply-gist").textContent = gist(message);
  if (message) $("input").focus();
}

async function press({ id, data, node }) {
  if (node.classList.contains("busy")) return;
  node.classList.add("busy");
  node.setAttribute("aria-busy", "true");
  const outcome = await act("press", { ...where(), message_id: id, data, answer_within: PATIENCE });
  node.classList.remove("busy");
  node.removeAttribute("aria-busy");
  if (!outcome) return;
  const answer = outcome.answer;
  if (!answer) toast("The bot has not answered.");
  else if (answer.url) follows(answer.url);
  else if (answer.text && answer.show_alert) dialog(answer.text);
  else if (answer.text) toast(answer.text);
}

/** A link into the bot's private chat, as t.me/name?start=word; null for any other address. */
function startWord(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  const name = url?.protocol === "tg:" ? url.searchParams.get("domain") : url && ["t.me", "telegram.me"].includes(url.hostname) ? url.pathname.slice(1) : null;
  if (!name || name.toLowerCase() !== room.bot?.username.toLowerCase() || url.searchParams.has("startchannel")) return null;
  return url.searchParams.get("start") ?? "";
}

function follows(address) {
  const word = startWord(address);
  if (word !== null) start(word);
  else dialog("Open this link?", el("a", { class: "choice", href: address, target: "_blank", rel: "noopener noreferrer", on: { click: () => $("dialog").close() } }, address));
}

async function start(word) {
  const reader = me();
  if (chatNow().type !== "private") enter(reader);
  await say(word ? `/start ${word}` : "/start");
}

async function block(blocked) {
  if (!(await act("block", { chat_id: state.chatId, blocked }))) return;
  await loadWorld();
  drawRoom();
  toast(blocked ? "The bot is blocked." : "The bot is unblocked.");
}

const ASKED = {
  say: ({ text }) => say(text),
  command: ({ text }) => say(room.isGroup && !text.includes("@") ? `${text}@${room.bot.username}` : text),
  mention: ({ text }) => { if (text.toLowerCase() === `@${room.bot.username}`.toLowerCase()) composer.fill(`${text} `); },
  press,
  reply: ({ id }) => replyTo(state.messages.get(state.chatId).find((message) => message.message_id === id)),
  inline: ({ query }) => composer.fill(`@${room.bot.username} ${query}`),
  elsewhere: ({ query }) => askChat("Where shall it be sent?", () => composer.fill(`@${room.bot.username} ${query}`)),
  choose: async ({ query, result }) => {
    $("scroll").scrollTop = $("scroll").scrollHeight;
    await act("choose", { ...where(), inline_query_id: query, result_id: result });
  },
  start: ({ parameter }) => { composer.fill(""); start(parameter); },
  enter: ({ chat }) => enter(chat),
  block: ({ blocked }) => block(blocked),
  place: askPlace,
  toast: ({ text }) => toast(text),
  copy: async ({ text }) => {
    await navigator.clipboard?.writeText(text).then(() => toast("Copied"), () => toast("This browser does not let the page copy."));
  },
  jump: ({ id }) => {
    const node = state.bubbles.get(id)?.node;
    node?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    node?.classList.add("flash");
    setTimeout(() => node?.classList.remove("flash"), 1200);
  },
};

document.addEventListener("ask", ({ detail }) => ASKED[detail.kind](detail));
document.addEventListener("click", (event) => {
  const address = event.target.closest?.(".message a[href]")?.href;
  if (address?.startsWith(`https://t.me/${room.bot?.username}?startchannel`)) {
    event.preventDefault();
    askChannel();
    return;
  }
  const word = address ? startWord(address) : null;
  if (word === null) return;
  event.preventDefault();
  start(word);
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") { openSide(false); replyTo(null); }; });

for (const [id, name] of [["open-side", "list"], ["menu", "more"], ["to-end", "down"], ["toggle-keys", "keys"], ["attach", "clip"], ["reply-end", "close"], ["send", "send"]]) $(id).append(icon(name));
$("commands").append("/");
$("open-side").addEventListener("click", () => openSide(true));
$("veil").addEventListener("click", () => openSide(false));
$("menu").addEventListener("click", askMenu);
$("attach").addEventListener("click", askAttachment);
$("reply-end").addEventListener("click", () => replyTo(null));
$("unblock").addEventListener("click", () => block(false));
$("start").addEventListener("click", () => say("/start"));
$("as").addEventListener("change", () => { state.writers.set(state.chatId, Number($("as").value)); drawRoom(); });
$("earlier").addEventListener("click", () => {
  const before = $("scroll").scrollHeight - $("scroll").scrollTop;
  state.shown += PAGE;
  drawMessages(true);
  $("scroll").scrollTop = $("scroll").scrollHeight - before;
});
$("to-end").addEventListener("click", () => $("scroll").scrollTo({ top: $("scroll").scrollHeight, behavior: calm() ? "auto" : "smooth" }));
$("scroll").addEventListener("scroll", () => {
  const scroll = $("scroll");
  if (scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 90) {
    const newest = state.messages.get(state.chatId)?.at(-1)?.message_id ?? 0;
    if (newest > (state.seen.get(state.chatId) ?? 0)) { state.seen.set(state.chatId, newest); drawChats(); }
  }
  markEnd();
}, { passive: true });

state.chatId = Number(location.hash.slice(1)) || null;
follow();
