import { createContext, use, type ReactNode } from "react";
import type { EditableDocument } from "./useDocument";

const DocumentContext = createContext<EditableDocument | null>(null);

/** Provides the document to the fields below it. */
export function DocumentProvider({ document, children }: { document: EditableDocument; children: ReactNode }) {
  return <DocumentContext value={document}>{children}</DocumentContext>;
}

export function useEditedDocument(): EditableDocument {
  const document = use(DocumentContext);
  if (document === null) throw new Error("A field needs a <DocumentProvider> above it.");
  return document;
}
