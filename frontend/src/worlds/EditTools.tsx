import { asApiError } from "@loresmith/jobs";
import { useLibraryApi, type KeptWorld } from "@loresmith/jobs/library";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { RewritePanel, useLocks, VersionsDialog, type EditableDocument, type Rewrite } from "../editing";
import { useRegistry } from "../registry/registry";
import { TagsField } from "./TagsField";

interface EditToolsProps {
  document: EditableDocument<"worlds">;
  world: KeptWorld;
  rewrite: Rewrite<"worlds">;
}

/** Tags, rewriting, versions, and the way into the trash. */
export function EditTools({ document, world, rewrite }: EditToolsProps) {
  const [areVersionsShown, showVersions] = useState(false);
  return (
    <div className="world__edit-tools no-print">
      <TagsField tags={world.tags} onChange={(tags) => document.change(["tags"], tags)} />
      <div className="world__tools">
        <Rewriting document={document} rewrite={rewrite} />
        <button type="button" className="button" onClick={() => showVersions(true)}>
          Versions
        </button>
        <Discard document={document} world={world} />
      </div>
      {areVersionsShown && <VersionsDialog document={document} onClose={() => showVersions(false)} />}
    </div>
  );
}

/** Has the title, the story or the quest written again. */
function Rewriting({ document, rewrite }: Omit<EditToolsProps, "world">) {
  const { fieldsOf } = useRegistry();
  const locks = useLocks(document.editor.place);
  const [isWanted, setWanted] = useState(false);
  const { isPolling, isFailed, isCancelled } = rewrite.polling;
  const fields = fieldsOf("world").map(({ field }) => field);
  const isShown = isWanted || isPolling || isFailed || isCancelled || rewrite.result !== null;
  const close = () => {
    if (!isPolling) rewrite.polling.reset();
    rewrite.dismiss();
    setWanted(false);
  };
  if (fields.length === 0) return null;
  return (
    <>
      <button type="button" className="button" aria-expanded={isShown} onClick={isShown ? close : () => setWanted(true)}>
        Rewrite...
      </button>
      {isShown && <RewritePanel document={document} rewrite={rewrite} fields={fields} locks={locks} onClose={close} />}
    </>
  );
}

function Discard({ document, world }: Omit<EditToolsProps, "rewrite">) {
  const api = useLibraryApi();
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
