import { configureJobs, JobProgressSpinner, useJobPolling } from "@loresmith/jobs";

configureJobs({ baseUrl: "http://127.0.0.1:18212" });

/**
 * Submits a job and shows its pieces while they are written.
 *
 * The slot remembers the job: after a reload, or in another tab, the component follows the same job again.
 */
export default function Characters({ theme }: { theme: string }) {
  const { job, submit, cancel, retry, isPolling, isFailed, isPartial, error, connection } = useJobPolling(undefined, undefined, {
    type: "generate_characters",
    slot: "example-characters",
  });
  const write = () => submit({ type: "generate_characters", payload: { theme, count: 3 } });
  return (
    <section>
      <button onClick={() => void write()} disabled={isPolling}>
        Write three characters
      </button>
      {(isPolling || isFailed) && (
        <JobProgressSpinner job={job} isPolling={isPolling} error={error} connection={connection} onCancel={cancel} onRetry={retry} />
      )}
      {isPartial && <button onClick={() => void retry()}>Write what is missing</button>}
      <ul>
        {job?.items.map((piece) => (
          <li key={piece.index}>
            <strong>{piece.name ?? "..."}</strong> {piece.description}
          </li>
        ))}
      </ul>
    </section>
  );
}
