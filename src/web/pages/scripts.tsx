import { type Context, Hono } from "hono";
import { AppError, httpStatus } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { type ScriptText, scriptCode } from "#core/saved-script.ts";
import { ScriptPage, ScriptsPage } from "#views/scripts.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import { sentTexts } from "./sent-form.ts";

type ScriptDeps = Pick<WebDeps, "scripts" | "store" | "clock" | "staticFiles">;

const blank: ScriptText = {
  ...{ name: "", about: "", script: "#!/bin/sh\nset -eu\n", inputs: "", check: "", undo: "", as: "" },
  minutes: 60,
};

/** Scripts that are saved under a name, each with its versions. */
export const scriptPages = (deps: ScriptDeps) => {
  const { scripts, store, clock } = deps;
  const page = async (
    c: Context<WebEnv>,
    id: string | null,
    filled?: { text: ScriptText; error: { message: string; field: string | null } },
  ) => {
    const versions = id === null ? [] : await scripts.versions(id);
    const [newest = null] = versions;
    const asked = versions.find(({ n }) => String(n) === c.req.query("version"));
    const shown = asked === undefined || asked.n === newest?.n ? null : asked;
    const used = versions.map(async (one) => ({
      ...one,
      underWay: (await store.codeUse(scriptCode(one))).underWay,
    }));
    return c.html(
      <ScriptPage
        {...pageProps(c, deps)}
        newest={newest}
        shown={shown}
        text={filled?.text ?? shown ?? newest ?? blank}
        versions={await Promise.all(used)}
        isOffered={scripts.offered().some((one) => one.id === id)}
        {...(filled === undefined ? {} : { error: filled.error })}
        now={clock.now()}
      />,
      filled === undefined ? 200 : httpStatus("bad-input"),
    );
  };
  const save = async (c: Context<WebEnv>, id: string | null) => {
    const sent = await sentTexts(c);
    const text = textIn(sent);
    try {
      const after = sent.after === undefined ? null : Number(sent.after);
      const saved = await scripts.save(id, text, after, c.get("identity").by);
      return c.redirect(routes.script.href({ id: saved.id }), 303);
    } catch (thrown) {
      const isMendable =
        thrown instanceof AppError && (thrown.code === "bad-input" || thrown.code === "conflict");
      if (!isMendable) throw thrown;
      return page(c, id, { text, error: { message: thrown.message, field: thrown.field ?? null } });
    }
  };
  return new Hono<WebEnv>()
    .get(routes.scripts.pattern, (c) =>
      c.html(<ScriptsPage {...pageProps(c, deps)} scripts={scripts.offered()} now={clock.now()} />),
    )
    .post(routes.scripts.pattern, (c) => save(c, null))
    .get(routes.newScript.pattern, (c) => page(c, null))
    .get(routes.script.pattern, (c) => page(c, c.req.param("id")))
    .post(routes.script.pattern, (c) => save(c, c.req.param("id")))
    .post(routes.removeScript.pattern, async (c) => {
      await scripts.remove(c.req.param("id"), c.get("identity").by);
      return c.redirect(routes.scripts.href(), 303);
    });
};

const textIn = (sent: Readonly<Record<string, string>>): ScriptText => {
  const { name = "", about = "", script = "", inputs = "", check = "", undo = "", as = "" } = sent;
  return { name, about, script, inputs, check, undo, as, minutes: Number(sent.minutes ?? blank.minutes) };
};
