/** The browser's local storage. If it is forbidden, or on a server, storage in memory, which ends with the page. */
export function browserStorage(page = pageOf(globalThis)): Storage {
  try {
    return page ? page.localStorage : memoryStorage();
  } catch {
    return memoryStorage();
  }
}

function pageOf({ window }: { window?: Pick<Window, "localStorage"> }): Pick<Window, "localStorage"> | null {
  return window ?? null;
}

function memoryStorage(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}
