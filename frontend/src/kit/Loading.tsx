import { useQuiet } from "@loresmith/jobs";
import type { ReactNode } from "react";

/** After this time, milliseconds, the page says that the service has not answered yet. */
const SLOW_MS = 4_000;

/** Says what is being loaded, or shows a placeholder for it. After a while, says that the service has not answered. */
export function Loading({ what, placeholder }: { what: string; placeholder?: ReactNode }) {
  const isSlow = useQuiet(what, SLOW_MS, true);
  return (
    <>
      {placeholder ?? <p className="empty">Loading {what}...</p>}
      {isSlow && <p className="empty">The service has not answered yet. Still waiting.</p>}
    </>
  );
}
