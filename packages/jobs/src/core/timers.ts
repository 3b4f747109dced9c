/** The clock. It is passed in, so that tests can control it. */

export interface Timers {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once after `delayMs`, unless the returned function is called before. */
  after(delayMs: number, task: () => void): () => void;
}

export const browserTimers: Timers = {
  now: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`, or as soon as `signal` is aborted. Never rejects. */
export function sleep(timers: Timers, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      cancel();
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = timers.after(delayMs, wake);
    signal.addEventListener("abort", wake);
    if (signal.aborted) wake();
  });
}
