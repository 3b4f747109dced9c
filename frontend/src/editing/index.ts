/** Editing of pieces and worlds in their place: saved in the background, kept while offline, undone, merged, rewritten. */

export { keyOf, valueAt, type Path } from "./change";
export { Comparison } from "./Comparison";
export { ConflictDialog } from "./ConflictDialog";
export { contentPaths, fieldPath } from "./content";
export { DocumentProvider, useEditedDocument } from "./DocumentContext";
export { EditableText, type EditableTextProps } from "./EditableText";
export { EditableValue, ShownValue } from "./EditableValue";
export { createDesk, EditingProvider, useDesk } from "./EditingProvider";
export { LockButton } from "./LockButton";
export { RewritePanel } from "./RewritePanel";
export { SaveStatus } from "./SaveStatus";
export { useDocument, type EditableDocument } from "./useDocument";
export { useLocks, type Locks } from "./useLocks";
export { useRewrite, type Rewrite } from "./useRewrite";
export { useUndoKey } from "./useUndoKey";
export { VersionsDialog, writerText } from "./Versions";
