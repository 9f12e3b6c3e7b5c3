/** Whether what people write is heard, and why not. */
export interface Hears {
  ok: boolean;
  because: string | null;
}
