import { asApiError } from "@loresmith/jobs";
import { useLibraryApi, type KeptWorld } from "@loresmith/jobs/library";
import { useMutation } from "@tanstack/react-query";
import type { EditableDocument } from "../editing";
import { ADDRESS } from "../kit/route";
import { KEPT_DAYS } from "./trash";

interface TrashNoticeProps {
  document: EditableDocument<"worlds">;
  world: KeptWorld;
}

/** Says that the world is in the trash, with the way out of it. */
export function TrashNotice({ document, world }: TrashNoticeProps) {
  const api = useLibraryApi();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => api.restoreDocument("worlds", world.id),
    onSuccess: (restored) => document.editor.learn(restored),
  });
  if (world.deleted_at === null) return null;
  return (
    <div className="notice no-print" role="status">
      <p>This world is in the trash. After {KEPT_DAYS} days there, it is deleted for good. Its link for players shows nothing.</p>
      <button type="button" className="button" aria-disabled={isPending} onClick={() => !isPending && mutate()}>
        Restore it
      </button>
      <a href={ADDRESS.worlds}>All worlds</a>
      {error && <p role="alert">{asApiError(error).message}</p>}
    </div>
  );
}
