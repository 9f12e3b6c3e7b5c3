// The stand-in for OpenClaw's command line: started by the wrapper that sandbox.ts puts into PATH. Plain Node, so that it starts at once.
import { agentsAdd, agentsDelete, agentsList, agentsSetIdentity } from "./agents.ts";
import { type Answer, Refusal, refusalAnswer } from "./answer.ts";
import { type Args, readArgs } from "./args.ts";
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

const args = readArgs(process.argv.slice(2));

const commandOf = ({ words }: Args) =>
  [3, 2, 1].map((count) => commands[words.slice(0, count).join(" ")]).find((one) => one !== undefined);

const run = async (): Promise<Answer> => {
  if (args.has("version")) return version();
  const command = commandOf(args);
  if (command === undefined) throw new Refusal(`error: unknown command '${args.words.join(" ")}'`);
  return command(args);
};

const print = ({ code, json, text, note }: Answer): void => {
  if (note !== undefined) process.stderr.write(`${note}\n`);
  if (json !== undefined) process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  else if (text !== undefined) process.stdout.write(`${text}\n`);
  process.exitCode = code;
};

try {
  print(await run());
} catch (thrown) {
  if (!(thrown instanceof Refusal)) throw thrown;
  print(refusalAnswer(thrown, args.has("json")));
}
