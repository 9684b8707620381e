// The world as the page sees it: what the sandbox told last, and who looks at it.

import { call } from "./wire.js";

export const PAGE = 150; // messages drawn at first; older ones on request

export const state = {
  world: null, revision: 0, chatId: null, writers: new Map(), messages: new Map(), seen: new Map(),
  drafts: new Map(), bubbles: new Map(), shown: PAGE,
};

export async function loadWorld() {
  state.world = await call("world");
  if (!chats().some((chat) => chat.id === state.chatId)) state.chatId = chats()[0]?.id ?? null;
}

export async function loadMessages(chatId) {
  const { messages } = await call(`messages?chat_id=${chatId}&after=0`);
  state.messages.set(chatId, messages);
  if (!state.seen.has(chatId)) state.seen.set(chatId, messages.at(-1)?.message_id ?? 0);
}

export function chats() {
  return state.world?.chats ?? [];
}

export const chatNow = () => chats().find((chat) => chat.id === state.chatId);
export const isGroup = (chat) => chat?.type === "group" || chat?.type === "supergroup";
export const members = (chat) => state.world.members[chat.id] ?? {};
export const userOf = (id) => state.world.users.find((user) => user.id === Number(id));
export const isIn = (status) => !["left", "kicked"].includes(status);
export const people = (chat) => Object.keys(members(chat)).filter((id) => isIn(members(chat)[id])).map(userOf).filter((user) => user && !user.is_bot);

export function me(chat = chatNow()) {
  if (!chat) return null;
  if (chat.type === "private") return chat.id;
  const known = state.writers.get(chat.id);
  const there = people(chat);
  return (there.find((user) => user.id === known) ?? there[0])?.id ?? null;
}

export function nameOf(chat) {
  return chat.type === "private" ? state.world.bot.first_name : chat.title ?? String(chat.id);
}

export const room = {
  get bot() { return state.world?.bot; },
  get commands() { return state.world?.commands ?? []; },
  get isGroup() { return isGroup(chatNow()); },
  get me() { return me(); },
  refresh: loadWorld,
};

/** Where the reader is, and as whom. */
export const where = () => ({ chat_id: state.chatId, user_id: me() });
