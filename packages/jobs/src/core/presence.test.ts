import { afterEach, expect, it, vi } from "vitest";
import { browserPresence } from "./presence.js";

afterEach(() => {
  vi.restoreAllMocks();
});

it("is hidden in a hidden tab, with or without a network", () => {
  const presence = browserPresence;
  expect(presence.state).toBe("active");
  vi.spyOn(window.navigator, "onLine", "get").mockReturnValue(false);
  expect(presence.state).toBe("offline");
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  expect(presence.state).toBe("hidden");
});

it("reports each change until it is unsubscribed", () => {
  const listener = vi.fn();
  const end = browserPresence.subscribe(listener);
  const change = () => {
    document.dispatchEvent(new Event("visibilitychange"));
    window.dispatchEvent(new Event("offline"));
    window.dispatchEvent(new Event("online"));
  };
  change();
  expect(listener).toHaveBeenCalledTimes(3);
  end();
  change();
  expect(listener).toHaveBeenCalledTimes(3);
});
