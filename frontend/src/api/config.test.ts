import { expect, it, vi } from "vitest";
import { loadConfig } from "./config";

const PAGE = "http://web/lore/index.html";

function answering(status: number, body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return vi.fn<typeof fetch>(() => Promise.resolve(new Response(text, { status })));
}

it("the page's configuration comes from config.json beside it", async () => {
  const fetch = answering(200, { apiBaseUrl: "http://other", token: "abc" });
  const config = await loadConfig(fetch, { VITE_API_BASE_URL: "http://built" }, PAGE);
  expect(config).toEqual({ apiBaseUrl: "http://other", token: "abc" });
  expect(fetch.mock.calls[0]?.[0]).toBe("http://web/lore/config.json");
});

it.each([
  ["is missing", 404, "{}"],
  ["is an HTML page", 200, "<!doctype html>"],
  ["is not an object", 200, "null"],
])("the page's configuration comes from the build if config.json %s", async (_, status, body) => {
  const config = await loadConfig(answering(status, body), { VITE_API_BASE_URL: "http://built" }, PAGE);
  expect(config).toEqual({ apiBaseUrl: "http://built", token: undefined });
});

it.each([
  [{ writer: "offline" }, "offline"],
  [{ writer: "model" }, undefined],
  [{ writer: true }, undefined],
  [{}, undefined],
])("the configuration %o says that the writer is %s", async (body, writer) => {
  expect((await loadConfig(answering(200, body), {}, "http://web/")).writer).toBe(writer);
});
