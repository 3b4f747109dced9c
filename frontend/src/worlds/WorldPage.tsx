import { useEffect } from "react";
import { DocumentProvider, useDocument } from "../editing";
import { Notice } from "../kit/Notice";
import { ADDRESS } from "../kit/route";
import { useLook } from "../kit/useLook";
import { useTitle } from "../style/useTitle";
import { Another } from "./Another";
import { WorldBook } from "./WorldBook";

/** A saved world: to read, to change, to show to players, to print and to export. */
export function WorldPage({ worldId }: { worldId: string }) {
  const document = useDocument("worlds", worldId);
  const { shown, error, reload } = document;
  useLook(shown?.theme ?? "");
  useTitle(shown?.title ?? "World");
  useEffect(() => {
    window.scrollTo({ top: 0 });
  }, []);
  if (shown) {
    return (
      <DocumentProvider document={document}>
        <WorldBook document={document} world={shown} />
        <Another worldId={worldId} />
      </DocumentProvider>
    );
  }
  if (!error) return <p className="empty">Loading the world...</p>;
  return (
    <>
      <Notice error={error} onRetry={reload} />
      <p className="empty">
        <a href={ADDRESS.worlds}>All worlds</a>
      </p>
    </>
  );
}
