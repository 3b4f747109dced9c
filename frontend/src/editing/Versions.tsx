import { asApiError } from "@loresmith/jobs";
import { useLibraryApi, type Shelf, type Shelves, type Writer } from "@loresmith/jobs/library";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "../kit/Dialog";
import { Notice } from "../kit/Notice";
import { dateText } from "../style/dateText";
import { Comparison } from "./Comparison";
import type { EditableDocument } from "./useDocument";

/** The earlier versions of a document: who wrote each, when, and what it said. Any of them can be restored. */
export function VersionsDialog<S extends Shelf>({ document, onClose }: { document: EditableDocument<S>; onClose: () => void }) {
  const api = useLibraryApi();
  const { place } = document.editor;
  const { saved } = document;
  const { data: versions, error, refetch } = useQuery({
    queryKey: ["versions", place.shelf, place.id, saved?.version],
    queryFn: ({ signal }) => api.listVersions(place.shelf, place.id, signal),
  });
  return (
    <Dialog title="Versions" onClose={onClose}>
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      {!versions && !error && <p className="empty">Loading the versions...</p>}
      {saved && <p className="versions__now">Now: {writerText(saved.author)}, {dateText(saved.updated_at)}</p>}
      {versions?.length === 0 && <p className="empty">There is no earlier version yet.</p>}
      <ol className="versions">
        {saved && versions?.map((version) => <Version key={version.version} document={document} now={saved} version={version} onRestored={onClose} />)}
      </ol>
    </Dialog>
  );
}

interface VersionProps<S extends Shelf> {
  document: EditableDocument<S>;
  now: Shelves[S];
  version: Shelves[S];
  onRestored: () => void;
}

function Version<S extends Shelf>({ document, now, version, onRestored }: VersionProps<S>) {
  const { restore, isRestoring, failure } = useRestore(document, onRestored);
  const [isOpen, setOpen] = useState(false);
  const what = `${writerText(version.author)}, ${dateText(version.updated_at)}`;
  return (
    <li className="version">
      <span className="version__what">{what}</span>
      <button type="button" className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? "Hide" : "Compare"}{" "}
        <span className="visually-hidden">the version by {what}</span>
      </button>
      <button type="button" className="button" disabled={isRestoring} onClick={() => void restore(version.version)}>
        Restore <span className="visually-hidden">the version by {what}</span>
      </button>
      {failure && <p className="version__fault" role="alert">{failure}</p>}
      {isOpen && <Comparison shelf={document.editor.place.shelf} before={version} after={now} labels={["Then", "Now"]} />}
    </li>
  );
}

function useRestore<S extends Shelf>({ editor }: EditableDocument<S>, onRestored: () => void) {
  const api = useLibraryApi();
  const [isRestoring, setRestoring] = useState(false);
  const [failure, setFailure] = useState("");
  const restore = async (version: number) => {
    setRestoring(true);
    try {
      editor.replaced(await api.restoreDocument(editor.place.shelf, editor.place.id, version));
      onRestored();
    } catch (thrown) {
      setFailure(asApiError(thrown).message);
    }
    setRestoring(false);
  };
  return { restore, isRestoring, failure };
}

/** "You" or the model that wrote it. */
export function writerText(writer: Writer | null): string {
  return writer === null ? "You" : (writer.model ?? "A job");
}
