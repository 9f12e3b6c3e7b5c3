import { describe, expect, it } from "vitest";
import { whyOf } from "#chat/told.ts";
import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { ExportsLive } from "#views/exports.tsx";
import { HistoryPage } from "#views/history.tsx";
import { RunList } from "#views/parts/run-list.tsx";
import { RunPage } from "#views/run.tsx";
import { tagsOf, textOf } from "./read-html.ts";
import { events } from "./samples/events.ts";
import { summary } from "./samples/lists.ts";
import { pictures } from "./samples/pictures.ts";
import { exportRow } from "./samples/run.ts";
import { now } from "./samples/steps.ts";
import { pausedWait } from "./samples/stopped.ts";

const page = (picture: RunPicture) =>
  String(
    <RunPage
      user={{ name: "admin", role: "admin" }}
      version="1"
      picture={picture}
      now={now}
      handOver={false}
      seen="s.1.2.3"
    />,
  );
/** The element with this id, or that stands in the way of another one's end, as far as its own class and words go. */
const partOf = (html: string, id: string): string => html.slice(html.indexOf(`id="${id}"`));
const classOf = (html: string, id: string) =>
  tagsOf(html).find(({ attributes }) => attributes.id === id)?.attributes.class;
const titleOf = (picture: RunPicture) => /<title>(.*?) ·/.exec(page(picture))?.[1];

describe("how a run ended, and what became of what it made", () => {
  it("are two facts: a failure that was rolled back is a failure, in red", () => {
    const html = page(pictures["rolled-back"]);
    expect(classOf(html, "run-state")).toBe("badge tone-bad");
    expect(textOf(html)).toContain("Failed · rolled back");
    const card = textOf(partOf(html, "error-card"));
    expect(card.indexOf("The gateway did not start")).toBeGreaterThan(-1);
    expect(card.indexOf("What this run made was removed again.")).toBeGreaterThan(
      card.indexOf("The gateway did not start"),
    );
  });

  it("tells while it is rolled back that and why it failed", () => {
    const html = page(pictures["rolling-back"]);
    expect(classOf(html, "run-state")).toBe("badge tone-bad");
    for (const words of [
      "Failed · rolling back",
      "it failed; what it made is being removed",
      "The gateway did not start",
    ])
      expect(textOf(html)).toContain(words);
    expect(titleOf(pictures["rolling-back"])).toBe("Failed");
    // A person asked for the undo: the run itself has no error then, but it had failed all the same.
    expect(textOf(page({ ...pictures["rolling-back"], error: null }))).toContain("The gateway did not start");
  });

  it("keeps undone for what had completed or was paused", () => {
    expect(textOf(page(pictures.undone))).not.toMatch(/Failed|rolled back/);
    const html = page({ ...pictures.undoing, ended: { state: "completed", error: null } });
    expect(textOf(html)).not.toContain("Failed");
    expect(classOf(html, "run-state")).toBe("badge tone-active");
  });

  it("tells a cancel that was rolled back, and the reason of a run whose undo failed", () => {
    expect(textOf(page(pictures["cancelled-rolled-back"]))).toContain("Cancelled · rolled back");
    const text = textOf(page(pictures["undo-failed"]));
    expect(text).toContain("The undo failed");
    expect(text).toContain("Before the undo the run had failed: The gateway did not start");
    expect(text).toContain("Undo again");
    // It had done all of its steps, and the first of them cannot be undone.
    const [first] = pictures["undo-failed"].steps;
    const steps = pictures["undo-failed"].steps.map((step) => ({ ...step, state: "completed" as const }));
    const gone = {
      ...{ ...pictures["undo-failed"], steps, ended: { state: "completed", error: null } as const },
      error: {
        code: "remote-failed",
        message: "It is locked.",
        detail: null,
        field: null,
        stepId: first?.id ?? "",
      },
    } as const;
    const said = textOf(page(gone));
    expect(said).toContain(`Completed · undo failed. Step 1 of ${gone.total}, ${first?.title}.`);
    expect(said).toContain(`Step 1 of ${gone.total}: ${first?.title}`);
    expect(whyOf(gone).lines[0]).toMatch(/: Completed · undo failed\. It is locked\.$/);
  });

  it("says the same in lists", () => {
    const list = (row: ReturnType<typeof summary>) => String(<RunList rows={[row]} now={now} id="runs" />);
    const rolledBack = list(summary("failed", { undoneAt: now }));
    expect(textOf(rolledBack)).toContain("Failed · rolled back");
    expect(rolledBack).toContain("badge tone-bad");
    expect(textOf(list(summary("undoing", { ended: { state: "failed" } })))).toContain(
      "Failed · rolling back",
    );
    expect(textOf(list(summary("undoing", { ended: { state: "completed" } })))).not.toContain("Failed");
  });
});

describe("a paused run", () => {
  it("claims of a wait only what was claimed of its other side", () => {
    const text = textOf(page(pictures.paused));
    expect(text.split(pausedWait).length - 1).toBe(2);
    expect(text).not.toContain("nothing is being done");
    expect(text).not.toContain("next look");
    expect(textOf(page(pictures["paused-between"]))).toContain("paused, nothing is being done");
  });

  it("claims nothing of a wait that nobody said anything about", () => {
    const steps = pictures.paused.steps.map((step) =>
      step.waiting === null ? step : { ...step, waiting: { ...step.waiting, paused: undefined } },
    );
    const text = textOf(page({ ...pictures.paused, steps } as RunPicture));
    expect(text).not.toContain("nothing is being done");
    expect(text).toContain("Milepost does not look for now.");
  });
});

describe("a step", () => {
  it("that was cancelled is no failure", () => {
    const html = page(pictures.cancelled);
    expect(classOf(html, "step-step-6")).toBe("step tone-quiet");
    expect(html).not.toContain("step-error");
    expect(html).not.toContain("icon-failed");
    expect(textOf(partOf(html, "step-step-6"))).toContain(": Cancelled");
    expect(classOf(page(pictures.failed), "step-step-10")).toBe("step tone-bad");
  });

  it("that waits for its next look or try can be looked at or tried now, at the step and only there", () => {
    const button = (picture: RunPicture) => textOf(partOf(page(picture), "retry-step-6")).trim();
    expect(button(pictures["look-now"])).toMatch(/^[^\n]*Look now/);
    expect(button(pictures.retrying)).toMatch(/^[^\n]*Try now/);
    for (const picture of [pictures["look-now"], pictures.retrying])
      expect(tagsOf(page(picture)).filter(({ attributes }) => attributes.id === "retry")).toEqual([]);
  });

  it("tells the time between its tries beside the time that it worked", () => {
    expect(textOf(page(pictures.failed)).replaceAll(/[\s\0]+/g, " ")).toContain(
      "worked 4.1 s waited 30 s between tries",
    );
    expect(textOf(page(pictures.waiting))).not.toContain("between tries");
  });
});

it("says first of all when what happened could not be written down, since when and why", () => {
  const html = page(pictures.unrecorded);
  const cards = partOf(html, "run-cards");
  expect(cards.indexOf("<section")).toBe(
    cards.indexOf('<section class="notice tone-attention" id="unrecorded-card"'),
  );
  expect(textOf(cards)).toContain("The disk is full.");
  expect(textOf(cards)).toContain("nothing is done twice");
  expect(page(pictures.waiting)).not.toContain("unrecorded");
});

it("leaves out of the history what only repeats, and nothing else", () => {
  const html = String(
    <HistoryPage
      user={{ name: "admin", role: "admin" }}
      version="1"
      picture={pictures.waiting}
      events={events}
      now={now}
    />,
  );
  const shown = [...html.matchAll(/<td class="number">(\d+)<\/td>/g)].map(([, n]) => Number(n));
  const silent = events.filter(({ n }) => !shown.includes(n)).map(({ type }) => type);
  expect(silent).toEqual(["run.state", "step.state", "step.detail"]);
  expect(textOf(html)).not.toContain("is pending");
});

it("offers to export anew by repeating the run that had made the file, answers and all", () => {
  const row = exportRow({ status: "deleted", ownerRunId: "r7" });
  const list = (
    <ExportsLive
      rows={[{ row, may: { open: true, anew: true, delete: true } }]}
      next={null}
      filter={{ search: "", state: "" }}
      now={now}
      shown="1"
    />
  );
  const forms = tagsOf(String(list)).filter(({ attributes }) => attributes.method === "post");
  expect(forms.map(({ attributes }) => attributes.action)).toEqual([routes.clone.href({ id: "r7" })]);
});

describe("the headline of a failure", () => {
  const failing = (message: string, detail: string | null) => {
    const { failed } = pictures;
    const error = { ...(failed.error as NonNullable<RunPicture["error"]>), message, detail };
    return textOf(partOf(page({ ...failed, error }), "error-card-title")).split(message)[0] ?? "";
  };
  it("is what the sentence quotes of the answer, and not how every such answer ends", () => {
    const denied = "Error response from daemon: pull access denied";
    const said = failing(`It failed: “${denied}”`, `Pulling\n${denied}\nError occurred ❌, check the logs`);
    expect(said).toContain(denied);
    expect(said).not.toContain("check the logs");
  });
  it("is the last line of an answer that is not quoted", () => {
    expect(failing("It failed.", "mount\nno space left")).toContain("no space left");
  });
});
