/** All documents that are being edited, and those with edits that an earlier visit could not save. */

import type { Shelf, Shelves } from "@loresmith/jobs/library";
import { Editor, type EditorEnvironment } from "./editor";
import type { HeldEdit } from "./heldEdit";

/**
 * How long to wait before saving an edit whose page ended while the user was typing, milliseconds. Until then, the user
 * may still be typing in another tab.
 */
const ABANDONED_MS = 60_000;

export class Desk {
  private readonly editors = new Map<string, Editor>();

  constructor(private readonly environment: EditorEnvironment) {
    for (const { place, edits } of environment.storage.found()) {
      const left = edits.filter((edit) => this.isLeft(edit)).map((edit) => ({ ...edit, isOpen: false }));
      if (left.length > 0) this.editors.set(nameOf(place.shelf, place.id), new Editor(place, environment, left));
    }
  }

  /** Saves what earlier pages have left, now and whenever the browser comes online, until the returned function is called. */
  start(page: Window): () => void {
    const { presence, storage } = this.environment;
    const finish = () => this.each((editor) => editor.finish());
    const finishIfHidden = () => page.document.hidden && finish();
    const stops = [presence.subscribe(() => this.retry()), storage.subscribe(({ shelf, id }) => void this.refresh(shelf, id))];
    page.addEventListener("pagehide", finish);
    page.document.addEventListener("visibilitychange", finishIfHidden);
    this.retry();
    return () => {
      for (const stop of stops) stop();
      page.removeEventListener("pagehide", finish);
      page.document.removeEventListener("visibilitychange", finishIfHidden);
    };
  }

  editor<S extends Shelf>(shelf: S, id: string): Editor<S> {
    const name = nameOf(shelf, id);
    const found = (this.editors.get(name) as Editor<S> | undefined) ?? new Editor({ shelf, id }, this.environment);
    this.editors.set(name, found);
    return found;
  }

  /** Takes over documents that the API has returned. */
  learn<S extends Shelf>(shelf: S, documents: readonly Shelves[S][]): void {
    for (const document of documents) this.editor(shelf, document.id).learn(document);
  }

  /** Undoes the last change to any document. Returns its editor; null if there is nothing to undo. */
  undo(): Editor | null {
    const changed = [...this.editors.values()].map((editor) => ({ editor, at: editor.view.current.changedAt ?? 0 }));
    const [last] = changed.filter(({ at }) => at > 0).sort((one, other) => other.at - one.at);
    last?.editor.undo();
    return last?.editor ?? null;
  }

  private retry(): void {
    this.each((editor) => editor.retry());
  }

  /** Another tab has saved an edit of this document. */
  private async refresh(shelf: Shelf, id: string): Promise<void> {
    const editor = this.editors.get(nameOf(shelf, id));
    if (editor?.view.current.saved == null) return;
    const document = await this.environment.api.readDocument(shelf, id).catch(() => null);
    if (document) editor.learn(document);
  }

  private isLeft({ isOpen, at }: HeldEdit): boolean {
    return !isOpen || this.environment.timers.now() - at >= ABANDONED_MS;
  }

  private each(action: (editor: Editor) => void): void {
    for (const editor of [...this.editors.values()]) action(editor);
  }
}

function nameOf(shelf: Shelf, id: string): string {
  return `${shelf}/${id}`;
}
