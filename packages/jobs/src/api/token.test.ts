import { expect, it, vi } from "vitest";
import { createApi } from "./api.js";
import type { Fetch } from "./transport.js";

/** An API that accepts only this token. */
function accepting(valid: string) {
  return vi.fn<Fetch>((_, init) => {
    const isValid = new Headers(init?.headers).get("Authorization") === `Bearer ${valid}`;
    return Promise.resolve(new Response("{}", { status: isValid ? 200 : 401 }));
  });
}

const sentTokens = (fetch: ReturnType<typeof accepting>) =>
  fetch.mock.calls.map(([, init]) => new Headers(init?.headers).get("Authorization"));

it("a function is asked for the token before each call", async () => {
  const fetch = accepting("new");
  const api = createApi({ fetch, token: vi.fn().mockReturnValueOnce("new").mockResolvedValueOnce("old") });
  await api.call("/jobs");
  await expect(api.call("/jobs")).rejects.toMatchObject({ status: 401 });
});

it("a refused token is replaced once, and the call is sent again", async () => {
  const fetch = accepting("new");
  const token = vi.fn().mockResolvedValueOnce("old").mockResolvedValueOnce("new");
  await createApi({ fetch, token }).call("/jobs", { method: "POST", body: { type: "generate_relics" } });
  expect(sentTokens(fetch)).toEqual(["Bearer old", "Bearer new"]);
  expect(token.mock.calls).toEqual([[{ refused: undefined }], [{ refused: "old" }]]);
  expect(fetch.mock.calls[1]?.[1]?.body).toBe('{"type":"generate_relics"}');
});

it("if the new token is refused too, the call fails", async () => {
  let tokens = 0;
  const fetch = accepting("other");
  await expect(createApi({ fetch, token: () => `t${(tokens += 1)}` }).call("/jobs")).rejects.toMatchObject({ status: 401 });
  expect(fetch).toHaveBeenCalledTimes(2);
});

it.each(["fixed", () => "fixed"])("the same token is not sent twice", async (token) => {
  const fetch = accepting("other");
  await expect(createApi({ fetch, token }).call("/jobs")).rejects.toMatchObject({ status: 401 });
  expect(fetch).toHaveBeenCalledTimes(1);
});

it("an error of the function is a transient error that says what to do", async () => {
  const cause = new Error("The login page is down.");
  const fetch = accepting("new");
  const call = createApi({ fetch, token: () => Promise.reject(cause) }).call("/jobs");
  await expect(call).rejects.toMatchObject({ code: "token", isTransient: true, cause });
  expect(fetch).not.toHaveBeenCalled();
});

it("a function that hangs does not hang the call for ever", async () => {
  vi.useFakeTimers();
  const call = createApi({ fetch: accepting("new"), token: () => new Promise<string>(() => undefined) }).call("/jobs");
  const failure = expect(call).rejects.toMatchObject({ code: "timeout" });
  await vi.advanceTimersByTimeAsync(15_000);
  await failure;
  vi.useRealTimers();
});

it("an anonymous call asks for no token", async () => {
  const token = vi.fn();
  await expect(createApi({ fetch: accepting("new"), token }).call("/shared/x", { isAnonymous: true })).rejects.toMatchObject({ status: 401 });
  expect(token).not.toHaveBeenCalled();
});
