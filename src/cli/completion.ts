import type { Command } from "commander";
import { AppError } from "#core/errors.ts";

export const completionShells = ["bash", "zsh", "fish"] as const;

/** What a shell has to read so that it completes `milepost`: its verbs, their options, and what can be started. */
export const completion = (program: Command, shell: string): string => {
  switch (shell) {
    case "bash":
      return forBash(program);
    case "zsh":
      return `autoload -Uz bashcompinit && bashcompinit\n${forBash(program)}`;
    case "fish":
      return forFish(program);
    default:
      throw new AppError("bad-input", `There is completion for ${completionShells.join(", ")}.`);
  }
};

const optionsOf = (verb: Command): string[] =>
  verb.options.flatMap(({ short, long }) => [short, long].filter((one) => one !== undefined));

/** Listed by the first word of each line. */
const workflows = "milepost workflows 2>/dev/null | cut -d' ' -f1";

const forBash = ({ commands }: Command): string => `_milepost() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map((verb) => verb.name()).join(" ")}"
  else
    case "\${COMP_WORDS[1]}" in
${commands.map((verb) => `      ${verb.name()}) words="${optionsOf(verb).join(" ")}" ;;`).join("\n")}
    esac
    if [ "\${COMP_WORDS[1]}" = start ] && [ "$COMP_CWORD" -eq 2 ]; then
      words="$words $(${workflows})"
    fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _milepost milepost
`;

const forFish = ({ commands }: Command): string =>
  [
    ...commands.map(
      (verb) =>
        `complete -c milepost -n __fish_use_subcommand -f -a ${verb.name()} -d ${quoted(verb.description())}`,
    ),
    ...commands.flatMap((verb) =>
      verb.options.map(({ short, long, description }) =>
        [
          `complete -c milepost -n "__fish_seen_subcommand_from ${verb.name()}"`,
          ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
          ...(long === undefined ? [] : [`-l ${long.slice(2)}`]),
          `-d ${quoted(description)}`,
        ].join(" "),
      ),
    ),
    `complete -c milepost -n "__fish_seen_subcommand_from start" -f -a "(${workflows})"`,
    "",
  ].join("\n");

const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
