import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { asApiError } from "../api/error";
import type { KeptWorld } from "../api/libraryWire";
import { RewritePanel, useLocks, useRewrite, VersionsDialog, type EditableDocument } from "../editing";
import { useJobsClient } from "../jobs";
import { useRegistry } from "../registry/registry";
import { TagsField } from "./TagsField";

interface EditToolsProps {
  document: EditableDocument<"worlds">;
  world: KeptWorld;
}

/** Tags, rewriting, versions, and the way into the trash. */
export function EditTools({ document, world }: EditToolsProps) {
  const [areVersionsShown, showVersions] = useState(false);
  return (
    <div className="world__edit-tools no-print">
      <TagsField tags={world.tags} onChange={(tags) => document.change(["tags"], tags)} />
      <div className="world__tools">
        <Rewriting document={document} />
        <button type="button" className="button" onClick={() => showVersions(true)}>
          Versions
        </button>
        {world.deleted_at === null && <Discard document={document} world={world} />}
      </div>
      {areVersionsShown && <VersionsDialog document={document} onClose={() => showVersions(false)} />}
    </div>
  );
}

/** Has the title, the story or the quest written again. */
function Rewriting({ document }: Pick<EditToolsProps, "document">) {
  const { fieldsOf } = useRegistry();
  const rewrite = useRewrite(document);
  const locks = useLocks(document.editor.place);
  const [isWanted, setWanted] = useState(false);
  const { isPolling, isFailed } = rewrite.polling;
  const fields = fieldsOf("world").map(({ field }) => field);
  const isShown = isWanted || isPolling || isFailed || rewrite.result !== null;
  if (fields.length === 0) return null;
  return (
    <>
      <button type="button" className="button" aria-expanded={isShown} onClick={() => setWanted(!isShown)}>
        Rewrite...
      </button>
      {isShown && <RewritePanel document={document} rewrite={rewrite} fields={fields} locks={locks} onClose={() => setWanted(false)} />}
    </>
  );
}

function Discard({ document, world }: EditToolsProps) {
  const { api } = useJobsClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => api.discardDocument("worlds", world.id),
    onSuccess: (discarded) => document.editor.learn(discarded),
  });
  return (
    <>
      <button type="button" className="button" aria-disabled={isPending} onClick={() => !isPending && mutate()}>
        Move to the trash
      </button>
      {error && <p role="alert">{asApiError(error).message}</p>}
    </>
  );
}
