// "Frontend Error Handling" and "Adding New Job Types" of the job system guide, in a component.
import { useState } from "react";
import { useJobPolling } from "@/lib/queries/jobs";

export default function Failure() {
  const [result, setResult] = useState<unknown>(null);
  const [refusal, setError] = useState("");
  const handleSuccess = setResult;
  const { submit, job, isFailed } = useJobPolling(
    (result) => handleSuccess(result),
    (error) => setError(error)
  );

  // isFailed = true when job.status === "failed"
  // job.error contains error message from backend
  if (isFailed) {
    return (
      <div id="failure">
        <p>Error: {job?.error}</p>
        <p>Refusal: {refusal}</p>
        <button onClick={() => submit({ type: "generate_relics", payload: { theme: "fantasy", count: 1 } })}>Retry</button>
      </div>
    );
  }
  return (
    <div id="failure">
      <button onClick={() => submit({ type: "generate_relics", payload: { theme: "fantasy", count: 1 } })}>Relics</button>
      <output>{JSON.stringify(result)}</output>
      <Quests onSuccess={setResult} onError={setError} />
      <p>Refusal: {refusal}</p>
    </div>
  );
}

function Quests({ onSuccess, onError }: { onSuccess: (result: unknown) => void; onError: (error: string) => void }) {
  const { submit, job } = useJobPolling(onSuccess, onError);
  const start = async () => {
    await submit({
      type: "generate_quests",
      payload: { theme: "fantasy", difficulty: "hard" },
    });
  };
  return <button onClick={start}>Quests {job?.status}</button>;
}
