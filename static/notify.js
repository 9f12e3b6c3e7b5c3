// Tells a person who looks elsewhere that a run needs them, failed or is done: only where they asked for it, only while the page is open.

const kept = "notify";
const telling = new Set(["asking", "completed", "failed", "cancelled", "undone"]);

const button = () => document.querySelector("[data-notify]");
const run = () => document.getElementById("freshness");

const wanted = () => {
  try {
    return Notification.permission === "granted" && localStorage.getItem(kept) === "on";
  } catch {
    return false;
  }
};

/** A poll brings the button as the server knows it, which is not what this browser chose. */
const show = () => {
  const element = button();
  if (element === null) return;
  element.hidden = !("Notification" in globalThis) || Notification.permission === "denied";
  element.setAttribute("aria-pressed", String(wanted()));
};

/** @param {MouseEvent} event */
const choose = async (event) => {
  if (event.target.closest?.("[data-notify]") === null) return;
  const on = !wanted();
  if (on && Notification.permission !== "granted") await Notification.requestPermission();
  try {
    localStorage.setItem(kept, on ? "on" : "off");
  } catch {
    // No storage: nothing is chosen.
  }
  show();
};

let state = run()?.dataset.state;

const tell = () => {
  show();
  const is = run()?.dataset.state;
  if (is === state) return;
  state = is;
  if (!document.hidden || !telling.has(is) || !wanted()) return;
  const title = document.getElementById("run-title")?.textContent.trim() ?? document.title;
  const body = document.getElementById("run-said")?.textContent.trim() ?? "";
  const notice = new Notification(title, { body, tag: location.pathname });
  notice.addEventListener("click", () => {
    focus();
    notice.close();
  });
};

document.addEventListener("click", choose);
document.addEventListener("htmx:after:swap", tell);
show();
