/** jsdom, started once for all test files of a process: starting it takes longer than most files. */

import { builtinEnvironments, type Environment } from "vitest/runtime";

const started = globalThis as { jsdomStarted?: boolean };

export default {
  name: "jsdom-once",
  viteEnvironment: "client",
  async setup(global, options) {
    if (!started.jsdomStarted) await builtinEnvironments.jsdom.setup(global, options);
    started.jsdomStarted = true;
    return { teardown: () => undefined };
  },
} satisfies Environment;
