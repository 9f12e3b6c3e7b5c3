import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { approvalIn } from "#core/approval.ts";
import { AppError } from "#core/errors.ts";
import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { together } from "#core/sentence.ts";
import { createRouter, json, jsonBody, refusals } from "#web/api/router.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";

/** Approvals in the words of the task API: what is asked for right now, and the answer to it. None is ever made up. */
export const approvalsApi = ({ engine, clock }: Pick<WebDeps, "engine" | "clock">): OpenAPIHono<WebEnv> =>
  createRouter()
    .openapi(listRoute, async (c) => {
      const picture = await engine.picture(c.req.valid("param").id);
      return c.json({ approvals: approvalsOf(picture, clock.now()) }, 200);
    })
    .openapi(approveRoute, async (c) => {
      const { id } = c.req.valid("param");
      const { approval_id: stepId, action, comment = "" } = c.req.valid("json");
      const step = (await engine.picture(id)).steps.find((one) => one.id === stepId);
      if (step === undefined || approvalIn(step) === null) {
        throw new AppError("not-allowed-now", "This run asks for no such approval at the moment.");
      }
      const identity = c.get("identity");
      const channel = identity.kind === "token" ? ("token" as const) : ("API" as const);
      const how = { press: action, channel, person: identity.person };
      await engine.answer(id, stepId, comment === "" ? {} : { comment }, identity.by, how);
      return c.json({ success: true as const, message: messages[action] }, 200);
    });

/** The approvals that a run waits for: none or one, since steps follow each other. */
export const approvalsOf = (picture: RunPicture, now: number): z.infer<typeof approvalSchema>[] =>
  picture.steps.flatMap((step) => {
    const asked = picture.state === "asking" ? approvalIn(step) : null;
    if (asked === null) return [];
    const until = step.waiting?.for === "answer" ? step.waiting.nextAt : null;
    return [
      {
        id: step.id,
        title: step.title,
        description: asked.what,
        risk_level: riskLevels[asked.risk],
        impact_summary: together(asked.impact),
        timeout_seconds: until === null ? null : Math.max(0, Math.round((until - now) / 1000)),
      },
    ];
  });

const riskLevels = { low: "LOW", medium: "MEDIUM", high: "HIGH" } as const;
const actions = ["approve", "reject", "skip", "modify"] as const;
const messages = {
  approve: "Action approved",
  reject: "Action rejected",
  skip: "Action left out",
  modify: "Back to the question before",
} as const satisfies Record<(typeof actions)[number], string>;

const params = z.object({ id: z.string() });

const approvalSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    risk_level: z.enum(["LOW", "MEDIUM", "HIGH"]),
    impact_summary: z.string(),
    timeout_seconds: z.number().int().nullable().openapi({ description: "Null: it waits for ever." }),
  })
  .openapi("Approval");

const listRoute = createRoute({
  method: "get",
  path: routes.compat.approvals.template,
  summary: "Show what a run waits to be approved",
  request: { params },
  responses: { 200: json(z.object({ approvals: z.array(approvalSchema) }), "None or one."), ...refusals },
});

const approveRoute = createRoute({
  method: "post",
  path: routes.compat.approve.template,
  summary: "Approve, reject, leave out or modify",
  request: {
    params,
    body: jsonBody(
      z.object({
        approval_id: z.string(),
        action: z.enum(actions),
        comment: z.string().optional(),
      }),
    ),
  },
  responses: {
    200: json(z.object({ success: z.literal(true), message: z.string() }), "It is answered."),
    ...refusals,
  },
});
