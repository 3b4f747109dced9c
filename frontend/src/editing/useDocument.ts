import { useLibraryApi, type Shelf } from "@loresmith/jobs/library";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";
import type { Path } from "./change";
import type { Editor } from "./editor";
import type { EditorState } from "./editorState";
import { useDesk } from "./EditingProvider";

export interface EditableDocument<S extends Shelf = Shelf> extends EditorState<S> {
  editor: Editor<S>;
  /** Why the document could not be read; null if it could. */
  error: unknown;
  /** Read it again. */
  reload: () => void;
  /** Change any part of the document, marks included, and save it. undefined removes it. */
  change: (path: Path, value: unknown) => void;
}

interface DocumentOptions {
  /** Whether to read the document. False if a list has already read it (`desk.learn`). */
  isRead?: boolean;
}

/** A piece or a world, with the user's edits, which are saved in the background. All components share one state. */
export function useDocument<S extends Shelf>(shelf: S, id: string, { isRead = true }: DocumentOptions = {}): EditableDocument<S> {
  const api = useLibraryApi();
  const desk = useDesk();
  const editor = desk.editor(shelf, id);
  const { error, refetch } = useQuery({
    queryKey: ["document", shelf, id],
    queryFn: async ({ signal }) => {
      const document = await api.readDocument(shelf, id, signal);
      editor.learn(document);
      return document.version;
    },
    enabled: isRead,
  });
  const state = useSyncExternalStore(editor.view.subscribe, () => editor.view.current);
  const actions = useMemo(
    () => ({ reload: () => void refetch(), change: (path: Path, value: unknown) => editor.change(path, value) }),
    [editor, refetch],
  );
  return { ...state, ...actions, editor, error };
}
