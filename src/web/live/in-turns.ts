/** Lets those who come go on, each in a turn of the event loop; whatever else waits in the process gets its turn in between. */
export type Turns = (who: string, goOn: () => void) => void;

interface Line {
  left: number;
  waiting: (() => void)[];
}

/** So many of one who comes again and again go on in the same turn, in the order in which they came, whoever else comes. */
export const createTurns = (perTurn: number): Turns => {
  const lines = new Map<string, Line>();
  const turn = () => {
    const going: (() => void)[] = [];
    for (const [who, line] of lines) {
      const next = line.waiting.splice(0, perTurn);
      line.left = perTurn - next.length;
      if (next.length === 0) lines.delete(who);
      going.push(...next);
    }
    if (lines.size > 0) setImmediate(turn);
    for (const goOn of going) goOn();
  };
  return (who, goOn) => {
    if (lines.size === 0) setImmediate(turn);
    const line = lines.get(who) ?? { left: perTurn, waiting: [] };
    lines.set(who, line);
    if (line.left === 0) return void line.waiting.push(goOn);
    line.left -= 1;
    goOn();
  };
};

/** The same for all as one, to wait for. */
export const createInTurns = (perTurn: number): (() => Promise<void>) => {
  const turns = createTurns(perTurn);
  return () => new Promise((resolve) => turns("", resolve));
};
