import { agentsAdd, agentsDelete, agentsList, agentsSetIdentity } from "./agents.ts";
import { type Answer, Refusal, refusalAnswer } from "./answer.ts";
import type { Args } from "./args.ts";
import { agentsBind, agentsBindings, agentsUnbind } from "./bindings.ts";
import { channelsAdd, channelsList, channelsRemove, channelsStatus } from "./channels.ts";
import { configFile, configGet, configPatch, configSet, configUnset, configValidate } from "./config.ts";
import { runGateway } from "./gateway.ts";
import { gatewayCall, gatewayRestart, gatewayStatus, health } from "./gateway-commands.ts";
import { agentTurn, modelsAuthList, modelsAuthPaste, modelsStatus } from "./models.ts";
import { pairingApprove, pairingList } from "./pairing.ts";
import { channelsLogs, doctor, logs, messageSend, pluginsEnable, setup, version } from "./rest.ts";

const commands: Readonly<Record<string, (args: Args) => Answer | Promise<Answer>>> = {
  "agents list": agentsList,
  "agents add": agentsAdd,
  "agents delete": agentsDelete,
  "agents set-identity": agentsSetIdentity,
  "agents bind": agentsBind,
  "agents unbind": agentsUnbind,
  "agents bindings": agentsBindings,
  "channels add": channelsAdd,
  "channels remove": channelsRemove,
  "channels list": channelsList,
  "channels status": channelsStatus,
  "channels logs": channelsLogs,
  "config file": configFile,
  "config validate": configValidate,
  "config get": configGet,
  "config set": configSet,
  "config unset": configUnset,
  "config patch": configPatch,
  "models auth list": modelsAuthList,
  "models auth paste-token": modelsAuthPaste,
  "models auth paste-api-key": modelsAuthPaste,
  "models status": modelsStatus,
  agent: agentTurn,
  "pairing list": pairingList,
  "pairing approve": pairingApprove,
  "gateway run": runGateway,
  "gateway restart": gatewayRestart,
  "gateway status": gatewayStatus,
  "gateway call": gatewayCall,
  "message send": messageSend,
  "plugins enable": pluginsEnable,
  health,
  logs,
  doctor,
  setup,
  onboard: setup,
};

const commandOf = ({ words }: Args) =>
  [3, 2, 1].map((count) => commands[words.slice(0, count).join(" ")]).find((one) => one !== undefined);

/** What a command line is answered with, refusals included. */
export const answerTo = async (args: Args): Promise<Answer> => {
  try {
    if (args.has("version")) return version();
    const command = commandOf(args);
    if (command === undefined) throw new Refusal(`error: unknown command '${args.words.join(" ")}'`);
    return await command(args);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return refusalAnswer(thrown, args.has("json"));
  }
};

/** What it prints. */
export const printed = ({ json, text, note }: Answer): { stdout: string; stderr: string } => ({
  stdout: json !== undefined ? `${JSON.stringify(json, null, 2)}\n` : text !== undefined ? `${text}\n` : "",
  stderr: note === undefined ? "" : `${note}\n`,
});
