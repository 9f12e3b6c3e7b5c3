/** Keeps short texts so that nobody who reads the store can read them. `owner` is bound in: what was sealed for one cannot be opened for another. */
export interface Secrets {
  seal(text: string, owner: string): string;
  /** Throws AppError("conflict") when it was changed or sealed for another owner. */
  open(sealed: string, owner: string): string;
}

/** The owner that a run's secrets are sealed for. */
export const secretOwner = (runId: string): string => `run/${runId}`;
