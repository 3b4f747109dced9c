/** Sends the edits of one document to the API, one request at a time, and tries again until they are saved. */

import { asApiError, Refused, type ApiError } from "@loresmith/jobs";
import { backoffMs, type Presence, type Timers } from "@loresmith/jobs/core";
import type { LibraryApi, Shelf, Shelves } from "@loresmith/jobs/library";
import { patchOf } from "./change";
import type { EditList } from "./editList";
import { faultsOf } from "./fault";
import type { HeldEdit, Place } from "./heldEdit";

export interface SaverEnvironment {
  api: Pick<LibraryApi, "readDocument" | "changeDocument">;
  timers: Timers;
  presence: Presence;
  random: () => number;
}

export interface SaverListener<S extends Shelf> {
  /** Something has changed that the page shows. */
  stepped(): void;
  /** The API has saved these edits. */
  settled(sent: readonly HeldEdit[], answer: Shelves[S]): void;
}

/** The error code that says that there is a newer version. */
const STALE = "stale_version";

export class Saver<S extends Shelf> {
  /** The document as the API last returned it; null if it is not known yet. */
  saved: Shelves[S] | null = null;
  isSending = false;
  /** Why the last call failed. It is repeated after a pause, or when the browser is online again. */
  trouble: ApiError | null = null;
  private failures = 0;
  private cancelRetry: () => void = () => undefined;

  constructor(
    private readonly place: Place & { shelf: S },
    private readonly environment: SaverEnvironment,
    private readonly edits: EditList,
    private readonly listener: SaverListener<S>,
  ) {}

  /** Takes over a document from the API, unless a newer version is known. */
  learn(document: Shelves[S]): void {
    if (this.saved !== null && document.version <= this.saved.version) return;
    this.saved = document;
    this.edits.learn(document);
  }

  /** Try again now. */
  async wake(): Promise<void> {
    this.cancelRetry();
    this.trouble = null;
    await this.send();
  }

  async send(): Promise<void> {
    this.listener.stepped();
    if (this.isSending || this.trouble !== null) return;
    const { saved } = this;
    if (saved === null) {
      if (this.edits.held.length > 0) await this.exchange([], () => this.read());
      return;
    }
    const sent = this.edits.sendable(saved);
    if (sent.length > 0) await this.exchange(sent, () => this.save(sent, saved.version));
  }

  private async exchange(sent: readonly HeldEdit[], call: () => Promise<void>): Promise<void> {
    this.isSending = true;
    this.listener.stepped();
    try {
      await call();
      this.failures = 0;
    } catch (thrown) {
      this.fail(asApiError(thrown), sent);
    }
    this.isSending = false;
    await this.send();
  }

  private async read(): Promise<void> {
    this.learn(await this.environment.api.readDocument(this.place.shelf, this.place.id));
  }

  private async save(sent: readonly HeldEdit[], version: number): Promise<void> {
    const { shelf, id } = this.place;
    this.edits.sent.add(sent);
    const answer = await this.environment.api.changeDocument(shelf, id, patchOf(sent), version);
    this.edits.settle(sent, answer);
    this.learn(answer);
    this.listener.settled(sent, answer);
  }

  private fail(error: ApiError, sent: readonly HeldEdit[]): void {
    const current = error instanceof Refused && error.code === STALE ? error.problem.current : undefined;
    if (current !== undefined) {
      this.learn(current as Shelves[S]);
      this.edits.reject(sent);
    } else if (error.isTransient || sent.length === 0) this.wait(error);
    else this.edits.refuse(sent, faultsOf(error, sent));
  }

  /** A permanent failure is not repeated: the document cannot be read. */
  private wait(error: ApiError): void {
    const { timers, random } = this.environment;
    this.trouble = error;
    this.failures += 1;
    const retryAfterS = error instanceof Refused ? error.retryAfterS : null;
    if (error.isTransient) this.cancelRetry = timers.after(backoffMs(this.failures, random(), retryAfterS), () => void this.wake());
  }
}
