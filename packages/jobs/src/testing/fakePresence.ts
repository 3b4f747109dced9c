import type { Presence, PresenceState } from "../core/presence.js";

/** A presence that a test controls. */
export class FakePresence implements Presence {
  private current: PresenceState = "active";
  private readonly listeners = new Set<() => void>();

  get state(): PresenceState {
    return this.current;
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  become(state: PresenceState): void {
    this.current = state;
    for (const listener of [...this.listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
