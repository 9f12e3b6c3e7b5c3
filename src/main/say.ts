/** Tells the person at the terminal. The server's log goes to standard error, so that the sign-in link stands alone here. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);
