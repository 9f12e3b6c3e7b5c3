/** Every set of nodes of which each reaches each other, a node that reaches itself included (Tarjan 1972). */
export const circlesIn = (arrows: ReadonlyMap<string, readonly string[]>): string[][] => {
  const index = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  /** Gives the earliest node on the stack that can be reached from this one. */
  const walk = (node: string): number => {
    const mine = index.size;
    index.set(node, mine);
    stack.push(node);
    let earliest = mine;
    for (const next of arrows.get(node) ?? []) {
      if (!index.has(next)) earliest = Math.min(earliest, walk(next));
      else if (stack.includes(next)) earliest = Math.min(earliest, index.get(next) ?? mine);
    }
    if (earliest < mine) return earliest;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1 || arrows.get(node)?.includes(node)) found.push(circle);
    return earliest;
  };
  for (const node of arrows.keys()) if (!index.has(node)) walk(node);
  return found;
};
