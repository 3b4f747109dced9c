/** Whether the page is visible and the browser is online. */

export type PresenceState = "active" | "hidden" | "offline";

export interface Presence {
  readonly state: PresenceState;
  /** Call `listener` at each change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

const EVENTS = ["online", "offline"] as const;

export function browserPresence(page: Window): Presence {
  return {
    get state() {
      if (page.document.hidden) return "hidden";
      return page.navigator.onLine ? "active" : "offline";
    },
    subscribe(listener) {
      page.document.addEventListener("visibilitychange", listener);
      for (const event of EVENTS) page.addEventListener(event, listener);
      return () => {
        page.document.removeEventListener("visibilitychange", listener);
        for (const event of EVENTS) page.removeEventListener(event, listener);
      };
    },
  };
}
