/**
 * The longest that a form's answer is held back until the run asks or is over. The next question is often a moment away: better to wait
 * that moment than to show "queued" until the next poll.
 */
export const patienceMs = 1_000;
