import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useJobsClient } from "../jobs";
import { Dialog } from "../kit/Dialog";
import { Notice } from "../kit/Notice";
import { PIECES_KEY } from "./useLibrary";

/** The top of the trash: how long things stay, the way back, and the button that deletes everything for good. */
export function TrashHead({ onLeave }: { onLeave: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const { mutate, data: deleted, error, reset } = useEmptyTrash(() => setAsking(false));
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
          {error && <Notice error={error} onRetry={reset} />}
          <button type="button" className="button button--main" onClick={() => mutate()}>
            Delete for good
          </button>
        </Dialog>
      )}
    </>
  );
}

function useEmptyTrash(onEmptied: () => void) {
  const { api } = useJobsClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.emptyTrash(),
    onSuccess: () => {
      onEmptied();
      return queryClient.invalidateQueries({ queryKey: PIECES_KEY });
    },
  });
}

function deletedText(count: number): string {
  if (count === 0) return "Nothing was left to delete.";
  return count === 1 ? "One entry was deleted for good." : `${count} entries were deleted for good.`;
}
