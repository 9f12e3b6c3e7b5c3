// What the server rendered stays alive here: clocks tick, polls that fail are told, steps that arrive are shown.
// Everything works without this file; nothing here decides what is true.

/* global htmx */

import { agoText, durationText, untilText } from "../views/clock-words.js";

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const live = () => document.querySelector("#freshness, [data-live-list]");

// ---- Clocks. The server's clock counts; ours may be wrong, but it runs as fast.

const ahead = Number(document.documentElement.dataset.now ?? Date.now()) - Date.now();
const now = () => Date.now() + ahead;

/** @param {string} name @param {(element: HTMLElement, at: number) => string} say */
const each = (name, say) => {
  for (const element of document.querySelectorAll(`[data-${name}]`)) {
    const text = say(element, Number(element.dataset[name]));
    if (element.textContent !== text) element.textContent = text;
  }
};

const tick = () => {
  each("ago", (_, at) => agoText(now() - at));
  each("since", (_, at) => durationText(now() - at));
  each("until", (_, at) => untilText(at - now()));
  each("changed", freshness);
  each("lost", lost);
  sayLater();
};

/** What the server said beforehand for the case that nothing happens. */
const sayLater = () => {
  for (const element of document.querySelectorAll("[data-later]")) {
    const words = JSON.parse(element.dataset.later).findLast(([at]) => at <= now())?.[1];
    if (words === undefined) continue;
    if (element instanceof HTMLProgressElement) {
      element.value = Number.parseInt(words, 10);
      element.ariaLabel = element.ariaLabel.replace(/^\d+ %/, words);
    } else if (element.textContent !== words) {
      element.textContent = words;
      if (element.matches(".run-percent-number")) document.title = document.title.replace(/^\d+ %/, words);
    }
  }
};

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const clocks = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23" });
const localize = () => {
  each("date", (_, at) => dates.format(at));
  for (const name of ["ago", "since", "until"])
    for (const time of document.querySelectorAll(`[data-${name}]`))
      time.title = `${name === "since" ? "since " : ""}${dates.format(Number(time.dataset[name]))}`;
  each("clock", (_, at) => clocks.format(at));
};

// ---- Freshness. A poll that fails is told at once, with since when; the next one that works takes it back.

/** When the first of the polls failed that have failed since; null while they work. @type {number | null} */
let lostSince = null;
let lostBecause = "";

/** @param {HTMLElement} element @param {number} changedAt */
const freshness = (element, changedAt) => {
  const last = `last event ${durationText(now() - changedAt)} ago`;
  element.dataset.link = lostSince === null ? "up" : "down";
  if (!("live" in element.dataset)) return last;
  if (lostSince === null) return `live · ${last}`;
  return `${lostBecause} for ${durationText(Date.now() - lostSince)} – trying again`;
};

/** Of a list that polls only the bad news is told. @param {HTMLElement} element */
const lost = (element) => {
  element.dataset.link = lostSince === null ? "up" : "down";
  return lostSince === null
    ? ""
    : `${lostBecause} for ${durationText(Date.now() - lostSince)} – trying again`;
};

const reached = () => {
  lostSince = null;
  document.getElementById("signed-out")?.remove();
  tick();
};

/** Who was signed out, by themselves or by somebody else, sees nothing new from then on. */
const sayOut = () => {
  if (document.getElementById("signed-out") !== null) return;
  const note = document.createElement("p");
  note.id = "signed-out";
  note.className = "note tone-bad";
  note.role = "alert";
  const link = document.createElement("a");
  // This very page, to which one comes back from signing in.
  link.href = "";
  link.textContent = "Sign in";
  note.append("You are signed out here, so this page shows nothing new. ", link);
  document.getElementById("page-note").after(note);
};

/** @param {string} because */
const missed = (because) => {
  lostSince ??= Date.now();
  lostBecause = because;
  tick();
};

/** A form's answer brings what this page has not seen yet, so it tells what that is. @param {CustomEvent} event */
const tellSeen = ({ detail: { ctx } }) => {
  if (!ctx.sourceElement.matches("form")) return;
  const seen = document.getElementById("freshness")?.dataset.fresh;
  if (seen !== undefined) ctx.request.headers["Milepost-Seen"] = seen;
};

/** After sleep, a tab switch or a dead network, look at once and not at the next beat. */
const lookNow = () => {
  const element = live();
  if (element === null) return;
  if (element.hasAttribute("hx-trigger")) htmx.trigger(element, "every", {}, false);
  else if (element.dataset.fresh) htmx.ajax("GET", element.dataset.fresh, { source: element });
};

// ---- Before and after a swap: what was seen, what arrived.

/** What the page showed just before: states by key, whether the active step was in view. */
let before = { states: new Map(), activeId: "", activeInView: false };

const states = () =>
  new Map([...document.querySelectorAll("[data-key]")].map((one) => [one.dataset.key, one.dataset.state]));
const activeStep = () => document.querySelector(".step[data-active]");

/** @param {Element | null} element */
const inView = (element) => {
  if (element === null) return false;
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};

const remember = () => {
  before = {
    states: states(),
    activeId: activeStep()?.id ?? "",
    activeInView: inView(activeStep()),
  };
};

const arrive = () => {
  trim(document.getElementById("history"));
  // CSS lets those that arrived together appear 120 ms after each other; those of an earlier answer are no longer among them.
  for (const one of document.querySelectorAll(".arrived")) one.classList.remove("arrived");
  for (const [key, state] of states())
    if (before.states.get(key) !== state)
      document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.classList.add("arrived");
  const step = activeStep();
  // Whoever was looking at the active step goes along to the next one; whoever scrolled away is left alone.
  // Not before what came has its place: a scroll of ours would keep the browser from holding the others in theirs.
  if (step !== null && step.id !== before.activeId && before.activeInView)
    requestAnimationFrame(() =>
      setTimeout(() => step.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" })),
    );
  showState();
  localize();
  tick();
};

/** The window's icon tells how the run stands, also in a row of tabs. */
const showState = () => {
  const tone = document.getElementById("freshness")?.dataset.tone;
  const icon = document.querySelector('link[rel="icon"]');
  const href = icon.getAttribute("href").replace(/icon(-\w+)?\./, `icon-${tone}.`);
  if (tone !== undefined && icon.getAttribute("href") !== href) icon.setAttribute("href", href);
};

/** A list that is only added to keeps as many as the server would show. @param {Element | null} list */
const trim = (list) => {
  const most = Number(list?.dataset.most ?? Number.POSITIVE_INFINITY);
  while (list !== null && list.children.length > most) list.lastElementChild.remove();
};

/** @param {(ctx: any) => void} act */
const ofPoll = (act) => (event) => {
  if (event.detail?.ctx?.sourceElement === live()) act(event.detail.ctx);
};

document.addEventListener("htmx:before:request", tellSeen);
document.addEventListener(
  "htmx:after:request",
  ofPoll((ctx) => ctx.response.status < 400 && reached()),
);
document.addEventListener(
  "htmx:response:error",
  ofPoll((ctx) => {
    const isOut = ctx.response.status === 401;
    if (isOut) sayOut();
    missed(isOut ? "signed out" : "server in trouble");
  }),
);
document.addEventListener(
  "htmx:error",
  ofPoll(() => missed("not reached")),
);
document.addEventListener("htmx:before:swap", remember);
document.addEventListener("htmx:after:swap", arrive);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && lookNow());
for (const event of ["online", "pageshow"])
  addEventListener(event, (what) => what.persisted !== false && lookNow());
localize();
tick();
setInterval(tick, 500);
