// The snippets of the job system guide ("Frontend API"), word for word, in a component.
import { useState } from "react";
import { useJobPolling } from "@/lib/queries/jobs";
import JobProgressSpinner from "@/components/jobs/JobProgressSpinner";

export default function Guide() {
  const [generatedData, setGeneratedData] = useState<unknown>(null);
  const [error, setError] = useState<string | null>(null);

  const { submit, job, isPolling, isCompleted, isFailed } = useJobPolling(
    (result) => {
      // Success callback - result contains generated data
      setGeneratedData(result);
    },
    (error) => {
      // Error callback - error is string message
      setError(error);
    }
  );

  async function start() {
    // Submit job
    await submit({
      type: "generate_characters",
      payload: { theme: "fantasy", count: 3 },
    });
  }

  return (
    <section id="guide">
      <button onClick={() => void start()}>Start</button>
      <JobProgressSpinner
        job={job} // Job from useJobPolling
        showProgress={true} // Show progress bar (0-100%)
        showMessage={true} // Show status message
      />
      <output>{JSON.stringify({ generatedData, error, isPolling, isCompleted, isFailed })}</output>
    </section>
  );
}
