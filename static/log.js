// The log of an open page: it follows its end, shows what is searched for, and gets its lines by a stream of its own while something works.
// What the stream brings, the poll would bring as well, only later.

/** What scrolls; the list of lines stands in it. */
const log = () => document.querySelector("[data-follow]");
const list = () => document.getElementById("log");
const lines = () => [...(log()?.querySelectorAll("li[id]") ?? [])];
/** @param {Element | undefined} line */
const numberOf = (line) => Number(line?.id.slice("log-".length) ?? 0);

// ---- The end of the list.

/** @param {HTMLElement | null} box */
const isAtEnd = (box) =>
  box === null || box.scrollHeight - box.scrollTop - box.clientHeight < 24 || box.clientHeight === 0;

/** Whether the log stood at its end before something was added. */
let following = true;

const follow = () => {
  const box = log();
  if (box === null) return;
  box.scrollTop = box.scrollHeight;
  offerNewest();
  // In a frame of its own: together with lines that come it would move what is read.
  requestAnimationFrame(() => setTimeout(trim));
};

/**
 * A list that is only added to keeps as many lines as the server would show. Whoever reads further up keeps the old ones, and for all others
 * what they see stays where it is.
 */
const trim = () => {
  const box = log();
  if (box === null || !following) return;
  const all = lines();
  const most = Number(list()?.dataset.most ?? Number.POSITIVE_INFINITY);
  for (const line of all.slice(0, Math.max(0, all.length - most))) {
    const group = line.closest(".log-group");
    line.remove();
    if (group?.querySelector("li") === null) group.remove();
  }
  box.scrollTop = box.scrollHeight;
};

/** Whoever scrolled up is offered the way back to the newest line. */
const offerNewest = () => {
  const button = document.querySelector("[data-log-newest]");
  if (button !== null) button.hidden = isAtEnd(log());
};

// ---- What is shown of it.

/** Shows the lines that have the text and are of the step that the filter says, those that arrive too. */
const filter = () => {
  const form = document.querySelector("#log-filter");
  if (form === null) return;
  const wanted = form.elements.search.value.trim().toLowerCase();
  const step = form.elements.step.value;
  for (const line of lines())
    line.hidden =
      (step !== "" && line.dataset.step !== step) ||
      (wanted !== "" && !line.lastElementChild.textContent.toLowerCase().includes(wanted));
  for (const group of document.querySelectorAll(".log-group"))
    group.hidden = group.querySelector("li:not([hidden])") === null;
};

const clocks = new Intl.DateTimeFormat(undefined, { timeStyle: "medium", hourCycle: "h23" });
const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Times in the reader's own zone. @param {ParentNode} within */
const localize = (within) => {
  for (const time of within.querySelectorAll("time[data-clock]")) {
    time.textContent = clocks.format(Number(time.dataset.clock));
    time.title = moments.format(Number(time.dataset.clock));
  }
  for (const day of within.querySelectorAll("[data-day-of]"))
    day.textContent = days.format(Number(day.dataset.dayOf));
};
for (const zone of document.querySelectorAll("[data-zone]"))
  zone.textContent = `times in ${Intl.DateTimeFormat().resolvedOptions().timeZone}`;

/** What a step said at a stretch stands together, however it came; and what came both ways stands there once. */
const tidy = () => {
  let last = 0;
  /** @type {Element | null} */
  let before = null;
  for (const group of [...(list()?.children ?? [])]) {
    const inner = group.querySelector("ol");
    for (const line of [...inner.children]) {
      if (numberOf(line) <= last) line.remove();
      else last = numberOf(line);
    }
    const goesOn = before?.dataset.step === group.dataset.step && before?.dataset.day === group.dataset.day;
    if (inner.children.length === 0) group.remove();
    else if (before !== null && goesOn) {
      before.querySelector("ol").append(...inner.children);
      group.remove();
    } else before = group;
  }
};

const arrived = () => {
  const box = log();
  if (box === null) return;
  localize(box);
  filter();
  if (following) follow();
  else offerNewest();
};

// ---- The stream.

/** @type {EventSource | null} */
let stream = null;
/** @type {{ n: number, step: string, html: string }[]} */
let came = [];

/** @param {HTMLElement} to @param {{ step: string, html: string }} line */
const add = (to, { step, html }) => {
  const line = document.createRange().createContextualFragment(html);
  const day = line.querySelector("time").dateTime.slice(0, 10);
  let group = to.lastElementChild;
  if (group?.dataset.step !== step || group.dataset.day !== day) {
    const title = document.querySelector(`#log-filter option[value="${CSS.escape(step)}"]`)?.textContent;
    group = document
      .createRange()
      .createContextualFragment(
        '<li class="log-group"><details open><summary> <small></small></summary><ol></ol></details></li>',
      ).firstElementChild;
    group.dataset.step = step;
    group.dataset.day = day;
    group.querySelector("summary").prepend(title ?? step);
    group.querySelector("small").dataset.dayOf = line.querySelector("time").dataset.clock;
    to.append(group);
  }
  group.querySelector("ol").append(line);
};

const showCame = () => {
  const to = list();
  const all = came;
  came = [];
  if (to === null || all.length === 0) return;
  following = isAtEnd(log());
  let last = numberOf(lines().at(-1));
  for (const line of all) {
    if (line.n <= last) continue;
    last = line.n;
    add(to, line);
  }
  arrived();
};

/** @param {string} html */
const showUnended = (html) => {
  const unended = document.getElementById("log-open");
  if (unended === null || unended.innerHTML === html) return;
  const wasAtEnd = isAtEnd(log());
  unended.innerHTML = html;
  if (wasAtEnd) follow();
};

const atWork = new Set(["running", "waiting", "undoing"]);

/** Streams while something works and somebody looks: browsers allow few connections to a server, over all their windows. */
const watch = () => {
  const streamed = document.querySelector("[data-stream]");
  const state = document.getElementById("freshness")?.dataset.state ?? "";
  if (streamed === null || document.hidden || !atWork.has(state)) {
    stream?.close();
    stream = null;
    showUnended("");
    return;
  }
  if (stream !== null && stream.readyState !== EventSource.CLOSED) return;
  stream = new EventSource(`${streamed.dataset.stream}?after=${numberOf(lines().at(-1))}`);
  stream.addEventListener("message", ({ data }) => {
    if (came.push(JSON.parse(data)) === 1) requestAnimationFrame(showCame);
  });
  stream.addEventListener("unended", ({ data }) => showUnended(JSON.parse(data)));
};

document.addEventListener("htmx:before:swap", () => {
  following = isAtEnd(log());
});
document.addEventListener("htmx:after:swap", () => {
  tidy();
  arrived();
  watch();
});
document.addEventListener("visibilitychange", watch);
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", watch);
document.addEventListener("input", (event) => event.target.closest?.("#log-filter") && filter());
// Scrolling does not bubble.
document.addEventListener("scroll", offerNewest, { capture: true, passive: true });
document.addEventListener("click", (event) => event.target.closest?.("[data-log-newest]") && follow());
localize(document);
if (log()?.dataset.follow !== "false") follow();
watch();
