import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { download } from "./download";

let open: Map<string, Blob>;
let clicked: { href: string; name: string }[];

beforeEach(() => {
  open = new Map();
  clicked = [];
  vi.useFakeTimers();
  // jsdom has no object URLs and does not follow links.
  URL.createObjectURL = (content) => {
    const address = `blob:test/${open.size}`;
    open.set(address, content as Blob);
    return address;
  };
  URL.revokeObjectURL = (address) => open.delete(address);
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    clicked.push({ href: this.href, name: this.download });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("has the given content and name", () => {
  const file = new Blob(["# Noël"], { type: "text/markdown" });
  download("noël.md", file);
  const [link] = clicked;
  expect(link?.name).toBe("noël.md");
  expect(open.get(link?.href ?? "")).toBe(file);
});

it("can be read for a while after the click, and is then released", () => {
  download("a.md", new Blob(["a"]));
  vi.advanceTimersByTime(10_000);
  expect(open.size).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(open.size).toBe(0);
});
