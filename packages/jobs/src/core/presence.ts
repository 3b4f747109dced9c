/** Whether the page is visible and the browser is online. */

export type PresenceState = "active" | "hidden" | "offline";

export interface Presence {
  readonly state: PresenceState;
  /** Call `listener` at each change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

const EVENTS = ["online", "offline"] as const;

/** The presence of the browser's page. It must not be used on a server. */
export const browserPresence: Presence = {
  get state() {
    if (document.hidden) return "hidden";
    return navigator.onLine ? "active" : "offline";
  },
  subscribe(listener) {
    document.addEventListener("visibilitychange", listener);
    for (const event of EVENTS) window.addEventListener(event, listener);
    return () => {
      document.removeEventListener("visibilitychange", listener);
      for (const event of EVENTS) window.removeEventListener(event, listener);
    };
  },
};
