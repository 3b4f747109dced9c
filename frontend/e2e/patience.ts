/** How long a step may take. It only stops a test that hangs: the machine may be very busy. */
export const PATIENCE_MS = 120_000;
