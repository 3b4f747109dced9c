import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";

/** Strict mode, as on the page. It also starts each effect twice. */
configure({ reactStrictMode: true });

// A server has no storage.
beforeEach(() => typeof window === "undefined" || localStorage.clear());
afterEach(cleanup);
