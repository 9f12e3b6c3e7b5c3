/**
 * Statements, each prepared when it is first used and then kept: to write all of them down takes longer than anything else that opening a
 * store does, and a process needs few of them at first.
 */
export const preparedWhenUsed = <T extends Record<string, () => unknown>>(
  make: T,
): { readonly [K in keyof T]: ReturnType<T[K]> } => {
  const prepared = {};
  for (const [name, prepare] of Object.entries(make))
    Object.defineProperty(prepared, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = prepare();
        Object.defineProperty(prepared, name, { value, enumerable: true });
        return value;
      },
    });
  return prepared as { readonly [K in keyof T]: ReturnType<T[K]> };
};
