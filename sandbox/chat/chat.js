// The page: which chat is shown, who writes, and what the sandbox says has changed.

import { Bubble, gist, sender, time } from "./bubble.js";
import { Composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { announce, calm, choice, dialog, toast } from "./windows.js";
import { act, call } from "./wire.js";

const $ = (id) => document.getElementById(id);
const PAGE = 150; // messages drawn at first; older ones on request
const PATIENCE = 15; // seconds a bot has to answer a tap or an inline query
const LARGEST_FILE = 2 ** 21; // bytes; read as text, which is what OPML is
const CITIES = [
  ["Berlin", 52.52, 13.405], ["Lisbon", 38.7223, -9.1393], ["London", 51.5074, -0.1278], ["New York", 40.7128, -74.006],
  ["São Paulo", -23.5505, -46.6333], ["Nairobi", -1.2921, 36.8219], ["Delhi", 28.6139, 77.209], ["Tokyo", 35.6762, 139.6503],
];

const state = {
  world: null, revision: 0, chatId: null, writers: new Map(), messages: new Map(), seen: new Map(),
  drafts: new Map(), bubbles: new Map(), shown: PAGE,
};

// -- what is loaded ------------------------------------------------------------------------------------

async function loadWorld() {
  state.world = await call("world");
  if (!chats().some((chat) => chat.id === state.chatId)) state.chatId = chats()[0]?.id ?? null;
}

async function loadMessages(chatId) {
  const { messages } = await call(`messages?chat_id=${chatId}&after=0`);
  state.messages.set(chatId, messages);
  if (!state.seen.has(chatId)) state.seen.set(chatId, messages.at(-1)?.message_id ?? 0);
}

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

// -- the world as the page sees it ---------------------------------------------------------------

function chats() {
  return (state.world?.chats ?? []).filter((chat) => chat.type !== "channel" || state.messages.get(chat.id)?.length);
}

const chatNow = () => chats().find((chat) => chat.id === state.chatId);
const isGroup = (chat) => chat?.type === "group" || chat?.type === "supergroup";
const members = (chat) => state.world.members[chat.id] ?? {};
const userOf = (id) => state.world.users.find((user) => user.id === Number(id));
const isIn = (status) => !["left", "kicked"].includes(status);
const people = (chat) => Object.keys(members(chat)).filter((id) => isIn(members(chat)[id])).map(userOf).filter((user) => user && !user.is_bot);

function me(chat = chatNow()) {
  if (!chat) return null;
  if (chat.type === "private") return chat.id;
  const known = state.writers.get(chat.id);
  const there = people(chat);
  return (there.find((user) => user.id === known) ?? there[0])?.id ?? null;
}

function nameOf(chat) {
  return chat.type === "private" ? state.world.bot.first_name : chat.title ?? String(chat.id);
}

const room = {
  get bot() { return state.world?.bot; },
  get commands() { return state.world?.commands ?? []; },
  get isGroup() { return isGroup(chatNow()); },
  get me() { return me(); },
  refresh: loadWorld,
};

const composer = new Composer(
  { input: $("input"), send: $("send"), commands: $("commands"), toggle: $("toggle-keys"), panel: $("panel"), keys: $("keys") },
  room,
  (query, offset) => call("inline", { user_id: me(), query, offset, chat_type: chatNow().type === "private" ? "sender" : chatNow().type, answer_within: PATIENCE }),
);

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
  drawMessages(entering);
  composer.setKeys(keyboardInForce());
  drawChats();
}

function drawAvatar(node, chat) {
  node.textContent = nameOf(chat).trim().slice(0, 1).toUpperCase();
  node.className = `avatar hue${Math.abs(chat.id) % 6}`;
}

function drawChats() {
  const held = document.activeElement?.closest?.("#chats button")?.dataset.chat;
  $("chats").replaceChildren(...chats().map((chat) => {
    const messages = state.messages.get(chat.id) ?? [];
    const last = messages.at(-1);
    const unread = messages.filter((m) => m.message_id > (state.seen.get(chat.id) ?? 0) && m.from?.id !== me(chat)).length;
    const avatar = el("span", { "aria-hidden": "true" });
    drawAvatar(avatar, chat);
    const who = chat.type === "private" ? ` · ${userOf(chat.id)?.first_name ?? ""}` : "";
    return el("li", {}, el("button", { class: "chat", type: "button", data: { chat: chat.id }, "aria-current": chat.id === state.chatId ? "true" : null, on: { click: () => enter(chat.id) } },
      avatar,
      el("span", { class: "chat-words" },
        el("span", { class: "row" }, el("b", {}, nameOf(chat), el("span", { class: "quiet" }, who)), unread ? el("span", { class: "badge", "aria-label": `${unread} new` }, unread) : null),
        el("span", { class: "row" }, el("span", { class: "gist" }, gist(last) || "No messages yet"), last ? el("time", {}, time(last.date)) : null))));
  }));
  if (held) document.querySelector(`#chats [data-chat="${held}"]`)?.focus();
  const news = document.querySelectorAll("#chats .badge").length;
  document.title = `${news ? `(${news}) ` : ""}${nameOf(chatNow())}`;
}

function drawMessages(entering) {
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
  const forced = fresh.at(-1)?.message;
  if (!entering && forced?.reply_markup?.force_reply) replyTo(forced);
  const unread = fresh.filter((bubble) => bubble.message.from?.id !== room.me);
  if (!entering && unread.length) announce(unread.map((b) => `${sender(b.message)}: ${gist(b.message)}`).join(". "));
  markEnd();
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
  $("empty-text").textContent = chat?.type === "private" ? "Nothing here yet. Press Start, as you would in Telegram." : `Nothing here yet. Write to @${room.bot.username} with a command.`;
}

/** A Message of the sandbox carries the reply keyboard it came with; the newest word on it holds. */
function keyboardInForce() {
  for (const { reply_markup: markup } of [...(state.messages.get(state.chatId) ?? [])].reverse()) {
    if (markup?.keyboard) return markup;
    if (markup?.remove_keyboard) return null;
  }
  return null;
}

function markEnd() {
  const scroll = $("scroll");
  const away = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
  const all = state.messages.get(state.chatId) ?? [];
  const unread = all.filter((m) => m.message_id > (state.seen.get(state.chatId) ?? 0) && m.from?.id !== room.me).length;
  $("to-end").hidden = away < 160;
  $("to-end").replaceChildren(icon("down"), unread ? el("span", { class: "badge" }, unread) : "");
}

// -- questions -------------------------------------------------------------------------------

function askPlace() {
  const send = (latitude, longitude) => act("say", { ...where(), location: { latitude, longitude } });
  const field = (name, limit) => el("input", { type: "number", step: "any", min: -limit, max: limit, "aria-label": name, placeholder: name });
  const [latitude, longitude] = [field("Latitude", 90), field("Longitude", 180)];
  const own = el("div", { class: "own" }, latitude, longitude, el("button", { class: "primary", type: "button", on: { click: () => {
    if (!latitude.value || !longitude.value || !latitude.checkValidity() || !longitude.checkValidity()) { toast("Latitude is -90 to 90, longitude -180 to 180."); return; }
    $("dialog").close();
    send(Number(latitude.value), Number(longitude.value));
  } } }, "Send"));
  const cities = el("div", { class: "grid" }, ...CITIES.map(([name, lat, long]) => choice(name, () => send(lat, long))));
  dialog("Which location shall be sent?", cities, own);
}

function askMenu() {
  const chat = chatNow();
  const rows = [];
  if (chat.type === "private") {
    rows.push(choice(chat.blocked ? "Unblock the bot" : "Block the bot", () => block(!chat.blocked)));
  }
  rows.push(choice(`Ask inline: @${room.bot.username} …`, () => composer.fill(`@${room.bot.username} `)));
  dialog(nameOf(chat), el("div", { class: "list" }, ...rows));
}

async function block(blocked) {
  if (!(await act("block", { chat_id: state.chatId, blocked }))) return;
  await loadWorld();
  drawRoom();
  toast(blocked ? "The bot is blocked." : "The bot is unblocked.");
}

function askAttachment() {
  dialog("What shall be sent?", el("div", { class: "list" }, choice("A file", sendFile), choice("A location", askPlace)));
}

function sendFile() {
  const picker = el("input", { type: "file" });
  picker.addEventListener("change", async () => {
    const [file] = picker.files;
    if (file.size > LARGEST_FILE) { toast("The sandbox takes files of up to 2 MB."); return; }
    const document = { file_name: file.name, mime_type: file.type || "application/octet-stream", content: await file.text() };
    await act("say", { ...where(), document });
  });
  picker.click();
}

function askChat(text, then) {
  dialog(text, el("div", { class: "list" }, ...chats().map((chat) => choice(
    chat.type === "private" ? `${nameOf(chat)} · ${userOf(chat.id)?.first_name ?? ""}` : nameOf(chat), () => { enter(chat.id); then(); }))));
}

function openSide(open) {
  $("side").classList.toggle("open", open);
  $("veil").hidden = !open;
  $("open-side").setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#chats [aria-current]")?.focus();
}

// -- what the reader does ------------------------------------------------------------------------

const where = () => ({ chat_id: state.chatId, user_id: me() });

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
  if (!name || name.toLowerCase() !== room.bot?.username.toLowerCase()) return null;
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
