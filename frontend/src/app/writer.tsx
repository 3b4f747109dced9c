import { createContext, use } from "react";

/** Whether the text comes from the offline writer. */
export const OfflineWriterContext = createContext(false);

/** A note if the text does not come from a model. */
export function WriterNote() {
  if (!use(OfflineWriterContext)) return null;
  return (
    <p className="writer-note">
      Text comes from the offline writer, which writes only English. Set <code>OPENAI_API_KEY</code> or <code>OPENAI_BASE_URL</code> to use a model.
    </p>
  );
}
