import { workflow } from "#core/workflow.ts";
import { checkConnection } from "#openclaw/check-connection.ts";
import { type NodeDeps, nodeDeps } from "#openclaw/deps.ts";
import { gatewayRetry } from "#openclaw/openclaw.ts";
import { atGateway } from "#openclaw/start-fields.ts";
import type { Host } from "#workflows/host.ts";
import { outcome } from "./outcome.ts";
import { startChange } from "./start.ts";
import { awaitAccount } from "./steps/account.ts";
import { askIt } from "./steps/answer.ts";
import { readBefore } from "./steps/before.ts";
import { changeIdentity } from "./steps/identity.ts";
import { changeModel } from "./steps/model.ts";
import { takeUp } from "./steps/take-up.ts";
import { changeToken } from "./steps/token.ts";

/** It changes what that one makes. */
export const offeredAfter = "create-bot";

export default (host: Pick<Host, "connections" | "machines">) => changeBot(nodeDeps(host));

/** Gives a bot that is there, whoever made it, another name, model or token, with a proof of each and a way back. */
export const changeBot = (deps: NodeDeps) =>
  workflow(
    "change-bot",
    "Change a bot",
    "Gives a bot on one of your servers another name, emoji, model or Telegram token. What was there before is kept, so that the change can be undone.",
    startChange(deps),
  )
    .do("ssh", "SSH connection check", checkConnection(deps))
    .do("before", "What it is now", { ...readBefore(deps), retry: gatewayRetry })
    .do("identity", "Name and emoji", { ...changeIdentity(deps), ...atGateway })
    .do("model", "Model", { ...changeModel(deps), ...atGateway })
    .do("token", "Telegram token", { ...changeToken(deps), ...atGateway })
    .wait("take-up", "The gateway takes it up", { ...takeUp(deps), ...atGateway })
    .wait("account", "Its account connects", { ...awaitAccount(deps), ...atGateway })
    .do("answer", "It answers", { ...askIt(deps), ...atGateway })
    .hands(outcome);
