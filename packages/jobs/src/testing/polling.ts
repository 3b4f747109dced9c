/** `useJobPolling` in a component, over a fake API. For tests. */

import { act } from "@testing-library/react";
import { vi } from "vitest";
import type { JobRequest } from "../api/wire.js";
import { useJobPolling } from "../react/useJobPolling.js";
import type { FakeApi } from "./fakeApi.js";
import { piece } from "./fakeJob.js";
import { pageWorld, pass } from "./world.js";

export const CHARACTERS = { type: "generate_characters", payload: { theme: "fantasy", count: 3 } } as const satisfies JobRequest;
export const FACTIONS = { type: "generate_factions", payload: { theme: "fantasy" } } as const satisfies JobRequest;
export const PIECES = [piece("Mara Quill")];

export function pollingWorld({ slot, storage }: { slot?: string; storage?: Storage } = {}) {
  const world = pageWorld(storage === undefined ? {} : { storage });
  const onSuccess = vi.fn();
  const onError = vi.fn();
  const useIt = () => useJobPolling(onSuccess, onError, slot === undefined ? {} : { slot });
  const { result, rerender, unmount } = world.render(useIt);
  const submit = async (request: JobRequest = CHARACTERS) => {
    act(() => void result.current.submit(request));
    await pass();
  };
  return { ...world, onSuccess, onError, useIt, result, rerender, unmount, submit };
}

/** The Idempotency-Keys of all submissions. */
export function keysOf(api: FakeApi): Set<string | null> {
  return new Set(api.posts.map(({ headers }) => headers.get("Idempotency-Key")));
}
