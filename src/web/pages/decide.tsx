import { type Context, Hono } from "hono";
import { approvalIn } from "#core/approval.ts";
import { textOf } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import { ended, together } from "#core/sentence.ts";
import type { Decidable, Pressed } from "#notify/decisions.ts";
import { decidedSentence } from "#notify/decisions.ts";
import { DecidePage, type DecidePageProps } from "#views/decide.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import { sentForm } from "./sent-form.ts";

type DecideDeps = Pick<WebDeps, "engine" | "store" | "notify" | "staticFiles">;

const unknown = "This link is not known here any more. Open the run on Milepost's own page.";

/** Decisions by link, for whoever has no session: a GET asks once more and never acts, however many programs open it. */
export const decidePages = (deps: DecideDeps) => {
  const { notify, store } = deps;
  const { decisions } = notify;
  const personOf = async ({ delivery }: Decidable) =>
    (await store.accounts.people()).find(({ id }) => id === delivery.personId) ?? null;
  const press = async (token: string, found: Decidable, comment: string): Promise<Pressed> => {
    const person = await personOf(found);
    const channel = await store.notify.channel(found.delivery.channelId);
    const from = notify.channels.kinds.find(({ kind }) => kind === channel?.kind)?.from;
    if (person === null || from === undefined) return { was: "refused", sentence: unknown };
    return decisions.press(token, "act", { person, channel: from, comment });
  };
  const page = (
    c: Context<WebEnv>,
    props: Omit<DecidePageProps, "user" | "version">,
    status: 200 | 404 = 200,
  ) => {
    // The address is the key: nobody keeps it or looks for it, and no other site is told it.
    c.header("Cache-Control", "no-store");
    c.header("X-Robots-Tag", "noindex, nofollow");
    return c.html(<DecidePage {...pageProps(c, deps)} {...props} />, status);
  };
  const notKnown = (c: Context<WebEnv>) =>
    page(c, { title: "Not known any more", sentence: unknown, facts: [], form: null, run: null }, 404);

  return (
    new Hono<WebEnv>()
      .get(routes.decide.pattern, async (c) => {
        const token = c.req.param("token");
        const found = await decisions.read(token, "page");
        const asked = found === null ? null : await questionOf(deps, found);
        const person = found === null ? null : await personOf(found);
        if (found === null || asked === null || person === null) return notKnown(c);
        const { step, picture, isOpen } = asked;
        const title = picture.subject === "" ? picture.title : `${picture.title}: ${picture.subject}`;
        const run = routes.run.href({ id: picture.id });
        if (!isOpen)
          return page(c, {
            title,
            sentence: ended(decidedSentence(step)),
            facts: [],
            form: null,
            run,
          });
        const approval = approvalIn(step);
        const label = found.verb === "approve" ? "Approve" : "Reject";
        return page(c, {
          title: `${label}: ${title}`,
          sentence: `${ended(`Step ${step.number} of ${picture.total}: ${step.title}`)} ${approval?.what ?? ""}`,
          facts:
            approval === null
              ? []
              : [
                  { label: "Risk", value: approval.risk },
                  { label: "Touches", value: together(approval.impact) },
                ],
          form: {
            action: routes.decide.href({ token }),
            label,
            drawn: decisions.tokenFor(found.delivery.id, found.verb, "act"),
            who: person.name,
          },
          run,
        });
      })
      .post(routes.decide.pattern, async (c) => {
        const { values } = await sentForm(c);
        const found = await decisions.read(c.req.param("token"), "page");
        const drawn = textOf(values, "drawn");
        const same = await decisions.read(drawn, "act");
        if (found === null || same?.delivery.id !== found.delivery.id || same.verb !== found.verb)
          return notKnown(c);
        const { was, sentence } = await press(drawn, found, textOf(values, "comment"));
        const tone = was === "decided" ? "good" : was === "late" ? "waiting" : "bad";
        const { runId } = found.delivery;
        const run = runId === null ? null : routes.run.href({ id: runId });
        return page(c, {
          title: was === "decided" ? "Done" : "Nothing was done",
          sentence,
          facts: [],
          form: null,
          tone,
          run,
        });
      })
      // Looks at the token only, and answers with nothing but what became of it, which the page of another site may read.
      .post(routes.decideNow.pattern, async (c) => {
        c.header("Access-Control-Allow-Origin", "*");
        const token = c.req.param("token");
        const found = await decisions.read(token, "act");
        const { was, sentence } =
          found === null ? ({ was: "refused", sentence: unknown } as const) : await press(token, found, "");
        return c.json({ was, sentence }, was === "decided" ? 200 : was === "late" ? 409 : 403);
      })
  );
};

const questionOf = async (
  { engine, store }: Pick<DecideDeps, "engine" | "store">,
  { delivery: { runId, stepId, asked } }: Decidable,
) => {
  const at = runId === null ? null : await store.run(runId);
  if (runId === null || at === null) return null;
  const picture = await engine.picture(runId);
  const step = picture.steps.find(({ id }) => id === stepId);
  if (step === undefined) return null;
  const isOpen = at.steps.some(
    (one) => one.id === stepId && one.state === "asking" && one.attemptAt === asked,
  );
  return { picture, step, isOpen };
};
