// What becomes of a button that was pressed, told beside it: the server was not reached, is in trouble, or refused. It can be pressed again.

/** The control that sent each form which is under way. @type {WeakMap<Element, Element | null>} */
const pressed = new WeakMap();

document.addEventListener("submit", ({ target, submitter }) => pressed.set(target, submitter), true);

/** @param {HTMLElement} form @param {string} words */
const say = (form, words) => {
  quiet(form);
  const note = document.createElement("p");
  note.className = "verb-note";
  note.role = "alert";
  note.textContent = words;
  const button = pressed.get(form);
  if (button?.isConnected === true && form.contains(button)) button.after(note);
  else form.append(note);
  // While it was disabled, browsers took the focus from it.
  if (document.activeElement === document.body) button?.focus({ preventScroll: true });
};

/** @param {HTMLElement} form */
const quiet = (form) => {
  for (const note of form.querySelectorAll(".verb-note")) note.remove();
};

/** @param {(form: HTMLElement, ctx: any) => void} act @returns {(event: CustomEvent) => void} */
const ofForm = (act) => (event) => {
  const form = event.detail.ctx?.sourceElement;
  if (form?.matches?.("form") === true) act(form, event.detail.ctx);
};

document.addEventListener("htmx:before:request", ofForm(quiet));
document.addEventListener(
  "htmx:error",
  // Only once htmx has enabled the button again can it have the focus.
  ofForm((form) =>
    setTimeout(
      say,
      0,
      form,
      "The server could not be reached, so this was not done as far as is known. Press again.",
    ),
  ),
);
document.addEventListener(
  "htmx:response:error",
  ofForm((form, ctx) => {
    if (ctx.response.status === 422) return;
    // What a proxy says in the server's place is no part of this page.
    if (ctx.response.status < 502) return void setTimeout(sayRefusal, 0, form);
    ctx.text = "";
    setTimeout(say, 0, form, `The server is in trouble (${ctx.response.status}). Press again in a moment.`);
  }),
);

/** The refusal stands at the top of the page, which may be far from the button. @param {HTMLElement} form */
const sayRefusal = (form) => {
  const words = document.getElementById("page-note")?.textContent.trim() ?? "";
  if (words !== "" && form.isConnected) say(form, words);
};
