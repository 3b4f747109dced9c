import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";

/** Strict mode, as on the page. It also starts each effect twice. */
configure({ reactStrictMode: true });

beforeEach(() => localStorage.clear());
afterEach(cleanup);
