import { expect, it } from "vitest";
import { browserStorage } from "./browserStorage.js";

it("keeps values in memory if the browser forbids storage", () => {
  const page = {
    get localStorage(): Storage {
      throw new DOMException("forbidden", "SecurityError");
    },
  };
  const storage = browserStorage(page);
  storage.setItem("key", "value");
  expect([storage.getItem("key"), storage.length, storage.key(0)]).toEqual(["value", 1, "key"]);
  storage.removeItem("key");
  expect(storage.getItem("key")).toBeNull();
});

it("keeps values in memory on a server", () => {
  const storage = browserStorage(null);
  storage.setItem("key", "value");
  expect(storage.getItem("key")).toBe("value");
});
