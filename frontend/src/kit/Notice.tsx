import { asApiError } from "@loresmith/jobs";

/** An error as a sentence, and a way to try again. */
export function Notice({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div className="notice" role="alert">
      <p>{asApiError(error).message}</p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
