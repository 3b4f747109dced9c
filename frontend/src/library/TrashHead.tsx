import { readAgain } from "@loresmith/jobs/core";
import { useLibraryApi, type LibraryApi } from "@loresmith/jobs/library";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "../kit/Dialog";
import { Notice } from "../kit/Notice";
import { PIECES_KEY } from "./useLibrary";

/** The top of the trash: how long pieces stay, a way back, and the button that deletes everything for good. */
export function TrashHead({ onLeave }: { onLeave: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const { mutate, isPending, data: deleted, error } = useEmptyTrash(() => setAsking(false));
  return (
    <>
      <p className="trash-head">
        <span>Deleted pieces stay here for 30 days.</span>
        <button type="button" className="button" onClick={onLeave}>
          Back to the library
        </button>
        <button type="button" className="button" onClick={() => setAsking(true)}>
          Empty trash
        </button>
      </p>
      {deleted !== undefined && <p role="status">{deletedText(deleted)}</p>}
      {isAsking && (
        <Dialog title="Empty the trash?" closeLabel="Keep it" onClose={() => setAsking(false)}>
          <p>This deletes all pieces and worlds in the trash for good, with all their versions.</p>
          {error && <Notice error={error} onRetry={() => mutate()} />}
          <button type="button" className="button button--main" aria-disabled={isPending} onClick={() => isPending || mutate()}>
            {isPending ? "Deleting..." : "Delete for good"}
          </button>
        </Dialog>
      )}
    </>
  );
}

function useEmptyTrash(onEmptied: () => void) {
  const api = useLibraryApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => emptied(api),
    onSuccess: () => {
      onEmptied();
      return readAgain(queryClient, PIECES_KEY);
    },
  });
}

/** How many documents were deleted. One call deletes only a limited number. */
async function emptied(api: LibraryApi): Promise<number> {
  let total = 0;
  for (let deleted = 1; deleted > 0; total += deleted) deleted = await api.emptyTrash();
  return total;
}

function deletedText(count: number): string {
  if (count === 0) return "The trash was already empty.";
  return count === 1 ? "One item was deleted for good." : `${count} items were deleted for good.`;
}
