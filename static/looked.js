// When this browser last showed a run to whoever is signed in, and what it told then: the server reads it from a cookie when they come back.

/* global htmx */

/** As in src/web/looked.ts. */
const awayMs = 20_000;
const keptSeconds = 30 * 24 * 3600;

const ahead = Number(document.documentElement.dataset.now ?? Date.now()) - Date.now();
let lookedAt = Date.now();

/** Milepost may stand below a path. */
const path = () => location.pathname.match(/^.*\/runs\/[^/]+/)?.[0];

/** While it is seen, each answer of the server is looked at. */
const keep = () => {
  const name = document.getElementById("run-looked")?.dataset.cookie;
  const wholeMs = document.getElementById("freshness")?.dataset.whole;
  if (name === undefined || wholeMs === undefined || document.visibilityState !== "visible") return;
  lookedAt = Date.now();
  const there = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  const [at, toldMs] = there?.slice(name.length + 1).split(".") ?? ["0", "0"];
  const visit = [at, toldMs, lookedAt + ahead, wholeMs].join(".");
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser that the pages are for.
  document.cookie = `${name}=${visit}; Path=${path()}; Max-Age=${keptSeconds}; SameSite=Lax`;
};

/** Who comes back to a page that was left open is told what one that is opened would tell. */
const comeBack = () => {
  const line = document.getElementById("run-looked");
  if (line === null || document.visibilityState !== "visible") return;
  if (Date.now() - lookedAt > awayMs)
    htmx.ajax("GET", `${path()}/progress?looked=1`, { target: line, swap: "outerHTML" });
  lookedAt = Date.now();
};

document.addEventListener("htmx:after:swap", keep);
document.addEventListener("visibilitychange", comeBack);
addEventListener("pageshow", (what) => what.persisted && comeBack());
