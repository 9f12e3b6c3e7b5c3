import { say } from "#main/say.ts";
import { version } from "#main/version.ts";

export const run = async (): Promise<void> => say(version);
