// Keys for those who like them: the palette and single letters. All that they do has a link or a button.

const palette = document.getElementById("palette");
const shortcuts = document.getElementById("shortcuts");
const singleKeys = document.getElementById("single-keys");

const openPalette = () => {
  if (palette.open) return;
  palette.showModal();
  const words = palette.querySelector("input");
  words.select();
  htmx.trigger(words.form, "opened");
};

const chat = document.getElementById("chat");

/** The panel; on the chat's own page, its line to type in. */
const openChat = () => {
  const line = document.getElementById("chat-says");
  if (line !== null && !chat.contains(line)) {
    line.focus();
    return;
  }
  if (chat.open) return;
  chat.showModal();
  htmx.trigger(chat.firstElementChild, "opened");
};

let atEnd = true;

/** What was said last is in sight, unless somebody reads further up. */
const followChat = () => {
  const lines = document.getElementById("chat-lines");
  if (lines !== null && atEnd) lines.scrollTop = lines.scrollHeight;
};

/** @param {Event} event */
const onScroll = ({ target }) => {
  if (target.id === "chat-lines") atEnd = target.scrollTop + target.clientHeight > target.scrollHeight - 40;
};

const found = () => [...palette.querySelectorAll("#found :is(a, button)")];

/** Down and up go through what was found; Enter takes the first once something was typed. @param {KeyboardEvent} event */
const inPalette = (event) => {
  const words = palette.querySelector("input");
  const all = [words, ...found()];
  const at = all.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) {
    event.preventDefault();
    all[(at + step + all.length) % all.length]?.focus();
  } else if (event.key === "Enter" && at === 0) {
    event.preventDefault();
    if (words.value.trim() !== "") all[1]?.click();
  }
};

/** The row that has the focus, or the one beside it. @param {number} step */
const goToRow = (step) => {
  const rows = [...document.querySelectorAll(".run-row")];
  const at = rows.indexOf(document.activeElement?.closest(".run-row"));
  const to = at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1);
  rows[to]?.querySelector("a")?.focus();
};

/** @param {string} key */
const press = (key) => {
  const place = document.activeElement?.closest(".run-row") ?? document.getElementById("run-controls");
  const control = place?.querySelector(`[data-key-press="${CSS.escape(key)}"]`);
  control?.click();
  return control !== null && control !== undefined;
};

/** @param {KeyboardEvent} event */
const onKey = (event) => {
  const { key, target } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (palette.open) return void inPalette(event);
  if (event.ctrlKey || event.metaKey || event.altKey || !singleKeys.checked || shortcuts.open || chat.open)
    return;
  if (target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"))
    return;
  const act = {
    "/": openPalette,
    "?": () => shortcuts.showModal(),
    c: openChat,
    j: () => goToRow(1),
    k: () => goToRow(-1),
  };
  if (key in act) act[key]();
  else if (key.length !== 1 || !press(key)) return;
  event.preventDefault();
};

if (palette !== null) {
  try {
    singleKeys.checked = localStorage.getItem("single-keys") !== "off";
  } catch {
    // No storage: they do something.
  }
  singleKeys.addEventListener("change", () => {
    try {
      localStorage.setItem("single-keys", singleKeys.checked ? "on" : "off");
    } catch {
      // No storage: the choice holds for this page.
    }
  });
  document.addEventListener("keydown", onKey);
  palette.addEventListener("htmx:after:swap", () => {
    palette.querySelector("[role=status]").textContent = `${found().length} found`;
  });
  document.getElementById("to-chat")?.addEventListener("click", (event) => {
    event.preventDefault();
    openChat();
  });
  document.addEventListener("scroll", onScroll, true);
  document.addEventListener("htmx:after:swap", (event) => {
    const form = event.detail.ctx?.sourceElement;
    if (form?.matches(".chat-form, .chat-buttons")) {
      atEnd = true;
      document.querySelector(".chat-form").reset();
    }
    followChat();
  });
  followChat();
  document.getElementById("find")?.addEventListener("click", (event) => {
    event.preventDefault();
    openPalette();
  });
}
for (const zone of document.querySelectorAll("[data-zone]")) zone.value = -new Date().getTimezoneOffset();
