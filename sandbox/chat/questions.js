// What the reader is asked before something is sent.

import { ask, el } from "./dom.js";
import { choice, dialog, toast } from "./windows.js";
import { act } from "./wire.js";
import { chatNow, chats, me, members, nameOf, room, userOf, where } from "./world.js";

const $ = (id) => document.getElementById(id);
const LARGEST_FILE = 2 ** 21; // bytes; read as text, which is what OPML is
const CITIES = [
  ["Berlin", 52.52, 13.405], ["Lisbon", 38.7223, -9.1393], ["London", 51.5074, -0.1278], ["New York", 40.7128, -74.006],
  ["São Paulo", -23.5505, -46.6333], ["Nairobi", -1.2921, 36.8219], ["Delhi", 28.6139, 77.209], ["Tokyo", 35.6762, 139.6503],
];

export function askPlace() {
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

export function askMenu() {
  const chat = chatNow();
  const rows = [];
  if (chat.type === "private") {
    rows.push(choice(chat.blocked ? "Unblock the bot" : "Block the bot", () => ask(document, "block", { blocked: !chat.blocked })));
  }
  if (chat.type === "channel") rows.push(botRow(chat));
  rows.push(choice(`Ask inline: @${room.bot.username} …`, () => ask(document, "inline", { query: "" })));
  dialog(nameOf(chat), el("div", { class: "list" }, ...rows));
}

function botRow(chat, text) {
  const { id } = room.bot;
  const status = members(chat)[id] === "administrator" ? "left" : "administrator";
  return choice(text ?? (status === "left" ? "Remove the bot" : "Make the bot an administrator"),
    () => act("members", { chat_id: chat.id, user_id: id, status, by: me(chat) }).then(room.refresh));
}

/** As Telegram asks after a link to add a bot to a channel. */
export function askChannel() {
  const open = chats().filter((chat) => chat.type === "channel" && members(chat)[room.bot.id] !== "administrator");
  if (!open.length) toast("The bot is an administrator of every channel here.");
  else dialog("Of which channel shall the bot be an administrator?", el("div", { class: "list" }, ...open.map((chat) => botRow(chat, nameOf(chat)))));
}

export function askAttachment() {
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

export function askChat(text, then) {
  dialog(text, el("div", { class: "list" }, ...chats().map((chat) => choice(
    chat.type === "private" ? `${nameOf(chat)} · ${userOf(chat.id)?.first_name ?? ""}` : nameOf(chat), () => { ask(document, "enter", { chat: chat.id }); then(); }))));
}
