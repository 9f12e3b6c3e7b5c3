import type { ServerResponse } from "node:http";
import { type Context, Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { everything, hiddenFrom, isHidden } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { sharedRun, withTexts } from "#core/shared-run.ts";
import type { Share } from "#core/shares.ts";
import { SharedPage, SharedRun } from "#views/shared.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { findExport } from "#web/find-export.ts";
import { alreadySent } from "#web/live/already-sent.ts";
import type { Counters } from "#web/live/counters.ts";
import { createEventChannels } from "#web/live/event-channels.ts";
import { answerFragment } from "#web/live/fragment.ts";
import { lastSeen } from "#web/live/last-seen.ts";
import type { Renderings } from "#web/live/renderings.ts";
import { eventFrame, type Frame, streamFrames } from "#web/live/stream-frames.ts";
import { privacyOf } from "#web/privacy-of.ts";
import { sendExport } from "./file.ts";

/** So many who have the same link follow its events at once. */
const mostStreams = 50;

type SharedDeps = Pick<
  WebDeps,
  | "publicUrls"
  | "engine"
  | "store"
  | "shares"
  | "people"
  | "access"
  | "endings"
  | "files"
  | "clock"
  | "beats"
  | "log"
  | "staticFiles"
>;

/** A run for whoever has its link: the page, what it polls, its events, and its file where that is shared. Nobody is signed in by it. */
export const sharedPages = (deps: SharedDeps, renderings: Renderings, counters: Counters) => {
  const { engine, shares, clock } = deps;
  const channels = createEventChannels<Frame>({
    ...deps,
    read: async (runId, after, limit) => {
      const { mask } = await privacyOf(deps, runId);
      return (await deps.store.events(runId, after, limit)).map((event) =>
        eventFrame(withTexts(event, mask)),
      );
    },
  });
  const streams = new Map<string, number>();
  const opened = async (c: Context<WebEnv>): Promise<Share> => {
    const share = await shares.open(c.req.param("secret") ?? "", c.get("place"));
    if (share === null || !(await makerSees(deps, share)))
      throw new AppError(
        "not-found",
        "This link leads to nothing: it has ended, was taken back, or never was.",
      );
    return share;
  };
  const shown = async (c: Context<WebEnv>, share: Share) => {
    const secret = c.req.param("secret") ?? "";
    const [whole, { values, mask }] = await Promise.all([
      engine.picture(share.runId),
      privacyOf(deps, share.runId),
    ]);
    const picture = sharedRun(whole, mask);
    const hasFile = share.files && whole.export?.status === "ready";
    return {
      picture,
      input: Object.entries(values).map(([label, value]) => ({
        label,
        value: mask([value].flat().join(", ")),
      })),
      live: routes.sharedLive.href({ secret }, { v: picture.version }),
      file: hasFile ? routes.sharedFile.href({ secret }) : null,
      expiresAt: share.expiresAt,
    };
  };
  return new Hono<WebEnv>()
    .get(routes.shared.pattern, async (c) => {
      const now = clock.now();
      const view = await shown(c, await opened(c));
      return c.html(<SharedPage {...view} version={deps.staticFiles.version} now={now} />);
    })
    .get(routes.sharedLive.pattern, async (c) => {
      const share = await opened(c);
      const version = (await engine.version(share.runId)) ?? 0;
      if (c.req.query("v") === String(version)) return c.body(null, 204);
      // Whoever has the same link is sent the same.
      const fragment = await renderings.once(`shared ${share.id}`, version, async () =>
        String(<SharedRun {...(await shown(c, share))} now={null} />),
      );
      return answerFragment(c, fragment);
    })
    .get(routes.sharedEvents.pattern, async (c) => {
      const share = await opened(c);
      const last = lastSeen(c);
      const open = streams.get(share.id) ?? 0;
      if (open >= mostStreams)
        throw new AppError(
          "too-many",
          "Too many follow this run by this link already. Look at its page instead.",
        );
      const response = c.env.outgoing as ServerResponse;
      streams.set(share.id, open + 1);
      const close = () => response.destroy();
      const letGo = [
        deps.endings.hold({ sessionId: share.id, tokenId: null, person: { id: share.personId } }, close),
        clock.after(Math.min(share.expiresAt - clock.now(), longestTimerMs), close),
        // Another process may have taken it back.
        deps.beats.join({ beat: () => void opened(c).catch(close), end: () => {} }),
      ];
      response.once("close", () => {
        for (const let1 of letGo) let1();
        const left = (streams.get(share.id) ?? 1) - 1;
        if (left > 0) streams.set(share.id, left);
        else streams.delete(share.id);
      });
      streamFrames(c, deps, counters, channels, { runId: share.runId, last });
      return alreadySent();
    })
    .get(routes.sharedFile.pattern, async (c) => {
      const { files, runId } = await opened(c);
      const { export: row } = await engine.picture(runId);
      if (!files || row === null) throw new AppError("not-found", "There is no file behind this link.");
      return sendExport(deps, c, await findExport(deps.store, row.id));
    });
};

/** Node's timers know no later time; a stream ends long before. */
const longestTimerMs = 2 ** 31 - 1;

/** A link shows no more than whoever made it may see. */
const makerSees = async (
  { store, people, access }: Pick<SharedDeps, "store" | "people" | "access">,
  { runId, personId }: Share,
): Promise<boolean> => {
  const [at, all] = await Promise.all([store.run(runId), people.list()]);
  const person = all.find(({ id }) => id === personId);
  if (at === null || person === undefined) return false;
  return !isHidden(hiddenFrom({ person, scope: everything, access }), at.run.workflowId);
};
