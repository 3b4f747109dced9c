import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";

/** As the page runs: around everything, where it also starts each effect twice. */
configure({ reactStrictMode: true });

beforeEach(() => localStorage.clear());
afterEach(cleanup);
