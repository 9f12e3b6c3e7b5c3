import type { BotInput } from "./deps.ts";

/** The files that a new workspace begins with. OpenClaw adds its own and keeps what is there, but for 2026.8.2, which writes IDENTITY.md anew. */
export const templateFiles = ({
  displayName,
  emoji,
  purpose,
}: Pick<BotInput, "displayName" | "emoji" | "purpose">): { name: string; text: string }[] => [
  {
    name: "IDENTITY.md",
    text: `# Identity\n\n- **Name:** ${displayName}\n${emoji === "" ? "" : `- **Emoji:** ${emoji}\n`}`,
  },
  {
    name: "SOUL.md",
    text: `# Soul\n\n${purpose === "" ? `You are ${displayName}. Be helpful, brief and honest; say when you do not know.` : purpose}\n`,
  },
];
