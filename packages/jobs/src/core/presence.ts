/** Whether the page is visible and the browser is online. */

export type PresenceState = "active" | "hidden" | "offline";

export interface Presence {
  readonly state: PresenceState;
  /** Call `listener` at each change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/** The presence of the browser's page. It must not be used on a server. */
export const browserPresence: Presence = {
  get state() {
    if (document.hidden) return "hidden";
    return navigator.onLine ? "active" : "offline";
  },
  subscribe(listener) {
    const end = new AbortController();
    document.addEventListener("visibilitychange", listener, end);
    window.addEventListener("online", listener, end);
    window.addEventListener("offline", listener, end);
    return () => end.abort();
  },
};
