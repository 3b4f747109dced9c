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

it("has the given text, type and name", () => {
  download("noël.md", "text/markdown", "# Noël");
  const [link] = clicked;
  expect(link?.name).toBe("noël.md");
  const content = open.get(link?.href ?? "");
  expect(content?.type).toBe("text/markdown;charset=utf-8");
  expect(content?.size).toBe(new TextEncoder().encode("# Noël").length);
});

it("can be read for a while after the click, and is then released", () => {
  download("a.md", "text/markdown", "a");
  vi.advanceTimersByTime(10_000);
  expect(open.size).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(open.size).toBe(0);
});
