import { createApi, createJobsClient, JobProgressSpinner, JobsProvider, useJobPolling } from "@/jobs";

/** One client for the whole page. */
const client = createJobsClient({
  api: createApi({ baseUrl: "http://127.0.0.1:18212", fetch: window.fetch.bind(window) }),
});

export default function App() {
  return (
    <JobsProvider client={client}>
      <Characters theme="steampunk" />
    </JobsProvider>
  );
}

/**
 * Submits a job and shows its pieces while they are written.
 *
 * The slot remembers the job: after a reload, or in another tab, the component follows the same job again.
 */
export function Characters({ theme }: { theme: string }) {
  const { job, submit, cancel, retry, isPolling, isFailed, isPartial, error, connection } =
    useJobPolling<"pieces">(undefined, undefined, { slot: "example-characters" });
  const write = () => submit({ type: "generate_characters", payload: { theme, count: 3 } });
  return (
    <section>
      <button onClick={() => void write()} disabled={isPolling}>
        Write three characters
      </button>
      {(isPolling || isFailed) && (
        <JobProgressSpinner job={job} error={error} connection={connection} onCancel={cancel} onRetry={retry} />
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
