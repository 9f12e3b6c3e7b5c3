import { workflow } from "#core/workflow.ts";
import { checkConnection } from "#openclaw/check-connection.ts";
import { nodeDeps } from "#openclaw/deps.ts";
import { gatewayRetry } from "#openclaw/openclaw.ts";
import { atGateway } from "#openclaw/start-fields.ts";
import type { Host } from "#workflows/host.ts";
import type { BotDeps } from "./deps.ts";
import { outcome } from "./outcome.ts";
import { startBot } from "./start.ts";
import { askAdmit } from "./steps/admit.ts";
import { writeAgentConfig } from "./steps/agent-config.ts";
import { linkAuth } from "./steps/auth.ts";
import { writeConfig } from "./steps/config.ts";
import { makeDev } from "./steps/dev.ts";
import { makeHome } from "./steps/home.ts";
import { checkLinks } from "./steps/links.ts";
import { checkName } from "./steps/name.ts";
import { notifyDone } from "./steps/notify.ts";
import { registerAgent } from "./steps/register.ts";
import { restartAfterChanges } from "./steps/restart.ts";
import { waitSettled } from "./steps/settle.ts";
import { verifyStartup } from "./steps/startup.ts";
import { bindTelegram } from "./steps/telegram.ts";
import { copyTemplate } from "./steps/template.ts";
import { writeTools } from "./steps/tools.ts";

const place = ["connectionId", "name"] as const;
const identity = [...place, "displayName", "emoji"] as const;
const token = [...place, "token"] as const;

export default (host: Pick<Host, "connections" | "machines">) => createBot(nodeDeps(host));

/** Creates an OpenClaw bot on a node over SSH: sixteen steps, each with a proof that is read back. */
export const createBot = (deps: BotDeps) =>
  workflow(
    "create-bot",
    "Create a bot",
    "Sets up an OpenClaw bot with its Telegram account on one of your servers, in sixteen steps. Each is read back, and at the end the bot is asked something, so that done means that it answers.",
    startBot(deps),
  )
    .do("ssh", "SSH connection check", checkConnection(deps))
    .do("name", "Bot name collision check", {
      ...checkName(deps),
      retry: gatewayRetry,
      uses: [...token, "model"],
    })
    .do("home", "Home directory creation", { ...makeHome(deps), uses: place })
    .do("template", "Template file copy", { ...copyTemplate(deps), uses: [...identity, "purpose"] })
    .do("register", "Register in agents.list", { ...registerAgent(deps), ...atGateway, uses: place })
    .do("telegram", "Telegram Bot binding", {
      ...bindTelegram(deps),
      ...atGateway,
      uses: [...token, "ownerId"],
    })
    .do("auth", "auth-profiles.json symlink creation", { ...linkAuth(deps), ...atGateway, uses: place })
    .do("config", "OpenClaw config file write", {
      ...writeConfig(deps),
      ...atGateway,
      uses: [...place, "model"],
    })
    .do("agent-config", "Agent config file (openclaw.json) creation", {
      ...writeAgentConfig(deps),
      ...atGateway,
      uses: identity,
      skippable: "The bot then goes by its id, without a name and an emoji of its own.",
    })
    .wait("restart", "Gateway restart", { ...restartAfterChanges(deps), ...atGateway, uses: token })
    .wait("startup", "Startup verification (log monitoring)", {
      ...verifyStartup(deps),
      ...atGateway,
      uses: token,
    })
    .do("dev", "Dev directory creation", {
      ...makeDev(deps),
      ...atGateway,
      uses: place,
      skippable: "The bot then has no folder of its own for work.",
    })
    .do("tools", "TOOLS.md generation", {
      ...writeTools(deps),
      ...atGateway,
      uses: place,
      skippable: "The bot is then not told what it has to work with.",
    })
    .do("links", "Symlink final verification", { ...checkLinks(deps), ...atGateway, uses: token })
    .wait("settle", "Gateway restart wait (5 seconds)", { ...waitSettled(deps), ...atGateway, uses: token })
    .do("notify", "Completion notification", {
      ...notifyDone(deps),
      uses: [...place, "displayName", "chatId"],
      skippable: "Nobody is told by Telegram; the bot works all the same.",
    })
    .ask("admit", "Who may write to it?", askAdmit(deps))
    .hands(outcome);
