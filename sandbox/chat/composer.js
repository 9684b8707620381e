// The field at the foot: text, the command menu, inline results, the reply keyboard.

import { ask, el, icon } from "./dom.js";

const PAUSE = 250; // milliseconds of rest in typing before an inline query is asked

/** `room` is world.js's view: {bot, commands, isGroup}; `inline(query, offset)` asks the bot. */
export class Composer {
  constructor(parts, room, inline) {
    Object.assign(this, parts, { room, inline });
    this.options = [];
    this.chosen = -1;
    this.turn = 0; // an answer to an older question is not shown
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => this.keydown(event));
    this.send.addEventListener("click", () => this.submit());
    this.commands.addEventListener("click", () => this.toggleCommands());
    this.toggle.addEventListener("click", () => this.showKeys(this.keys.hidden));
    this.panel.addEventListener("scroll", () => {
      if (this.panel.scrollTop + this.panel.clientHeight > this.panel.scrollHeight - 60) this.loadMore?.();
    });
    this.changed();
  }

  fill(text) {
    this.input.value = text;
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
    this.changed();
  }

  submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.fill("");
    ask(this.input, "say", { text });
  }

  changed() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 160)}px`;
    const text = this.input.value;
    this.send.classList.toggle("ready", Boolean(text.trim()));
    clearTimeout(this.timer);
    this.turn += 1;
    const handle = `@${this.room.bot?.username ?? ""}`.toLowerCase();
    if (this.room.bot && text.toLowerCase().startsWith(`${handle} `)) {
      const turn = this.turn;
      this.timer = setTimeout(() => this.askInline(text.slice(handle.length + 1), turn), PAUSE);
    } else if (/^\/\w*$/.test(text)) this.showCommands(text.slice(1).toLowerCase());
    else this.close();
  }

  // -- the command menu --------------------------------------------------------------------------

  toggleCommands() {
    if (this.panel.hidden && !this.input.value) this.fill("/");
    else if (this.input.value === "/") this.fill("");
    else this.close();
  }

  async showCommands(start) {
    const turn = this.turn;
    await this.room.refresh();
    if (turn !== this.turn) return;
    const found = this.room.commands.filter(({ command }) => command.startsWith(start));
    const suffix = this.room.isGroup ? `@${this.room.bot.username}` : "";
    this.open(found.map(({ command, description }) => this.option(
      "command", () => { this.fill(""); ask(this.input, "say", { text: `/${command}${suffix}` }); },
      el("b", {}, `/${command}`), el("span", {}, description))));
  }

  // -- inline results ----------------------------------------------------------------------------

  async askInline(query, turn) {
    this.loadMore = null;
    this.panel.setAttribute("aria-busy", "true");
    if (this.panel.hidden) this.open([], el("p", { class: "note" }, el("span", { class: "spinner" }), "Searching…"));
    const answer = await this.inline(query, "").catch(() => null);
    if (turn !== this.turn) return;
    this.panel.removeAttribute("aria-busy");
    if (!answer?.results) return this.open([], el("p", { class: "note" }, "The bot has not answered."));
    const head = answer.button ? el("button", { class: "switch", type: "button", on: { click: (event) => ask(event.currentTarget, "start", { parameter: answer.button.start_parameter ?? "" }) } }, answer.button.text) : null;
    const empty = answer.results.length ? null : el("p", { class: "note" }, "No results");
    this.open(this.cards(answer), head, empty);
    this.later(query, answer.next_offset, turn);
    return undefined;
  }

  later(query, offset, turn) {
    if (!offset) return;
    const more = el("button", { class: "switch", type: "button", on: { click: () => this.loadMore?.() } }, "More results");
    this.panel.append(more);
    this.loadMore = async () => {
      this.loadMore = null;
      more.replaceChildren(el("span", { class: "spinner" }), "More results");
      const answer = await this.inline(query, offset).catch(() => null);
      if (turn !== this.turn) return;
      more.remove();
      const cards = answer?.results ? this.cards(answer) : [];
      this.options.push(...cards);
      this.panel.append(...cards);
      this.later(query, answer?.next_offset, turn);
    };
  }

  cards(answer) {
    return answer.results.map((result) => {
      const title = result.title ?? result.type;
      return this.option("card", () => {
        this.fill("");
        ask(this.input, "choose", { query: answer.inline_query_id, result: result.id });
      }, el("span", { class: "thumb", "aria-hidden": "true" }, title.trim().slice(0, 1).toUpperCase()),
      el("span", { class: "card-words" }, el("b", { dir: "auto" }, title), result.description ? el("span", { dir: "auto" }, result.description) : null));
    });
  }

  // -- the panel over the field ------------------------------------------------------------------

  option(kind, act, ...children) {
    const node = el("div", { class: `option ${kind}`, role: "option", "aria-selected": "false", id: `option-${(this.made = (this.made ?? 0) + 1)}` }, ...children);
    node.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    node.addEventListener("click", act);
    return node;
  }

  open(options, ...others) {
    this.options = options;
    this.panel.replaceChildren(...others.filter(Boolean), ...options);
    this.panel.hidden = this.panel.childElementCount === 0;
    this.panel.scrollTop = 0;
    this.choose(options.length && options[0].classList.contains("command") ? 0 : -1);
  }

  close() {
    this.open([]);
    this.loadMore = null;
  }

  choose(index) {
    this.options[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = index;
    const node = this.options[index];
    node?.setAttribute("aria-selected", "true");
    node?.scrollIntoView({ block: "nearest" });
    if (node) this.input.setAttribute("aria-activedescendant", node.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  keydown(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.options.length) {
      event.preventDefault();
      const length = this.options.length;
      this.choose(this.chosen < 0 ? (step > 0 ? 0 : length - 1) : (this.chosen + step + length) % length);
    } else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (this.chosen >= 0) this.options[this.chosen].click();
      else this.submit();
    }
  }

  // -- the reply keyboard ------------------------------------------------------------------------

  /** `markup`: the ReplyKeyboardMarkup in force, or null. */
  setKeys(markup) {
    const drawn = JSON.stringify(markup ?? null);
    if (drawn === this.drawnKeys) return;
    this.drawnKeys = drawn;
    this.input.placeholder = markup?.input_field_placeholder ?? "Message";
    const rows = markup?.keyboard ?? [];
    this.keys.replaceChildren(...rows.map((row) => el("div", { class: "keyrow" }, ...row.map((button) => this.key(button, markup)))));
    this.toggle.hidden = rows.length === 0;
    this.showKeys(rows.length > 0);
  }

  key(spec, markup) {
    const button = typeof spec === "string" ? { text: spec } : spec;
    const act = (event) => {
      if (button.request_location) ask(event.currentTarget, "place");
      else if (["request_contact", "request_poll", "request_users", "request_chat", "web_app"].some((name) => button[name])) {
        ask(event.currentTarget, "toast", { text: "This button needs the real Telegram." });
      } else ask(event.currentTarget, "say", { text: button.text });
      if (markup.one_time_keyboard) this.showKeys(false);
    };
    return el("button", { class: "key", type: "button", on: { click: act } }, button.request_location ? icon("pin") : null, el("span", { dir: "auto" }, button.text));
  }

  showKeys(open) {
    this.keys.hidden = !open || this.keys.childElementCount === 0;
    this.toggle.setAttribute("aria-expanded", String(!this.keys.hidden));
    this.toggle.classList.toggle("on", !this.keys.hidden);
  }
}
