// @vitest-environment node
/** The hooks on a server, which has no `window`. */

import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { createJobsClient, JobProgressSpinner, JobsProvider, useEstimate, useJobPolling, useJobStatus, useSubmitJob } from "../index.js";

function Page() {
  const { job, isPolling } = useJobPolling(undefined, undefined, { slot: "page" });
  const status = useJobStatus("a");
  const estimate = useEstimate({ type: "generate_relics", payload: {} });
  const { isPending } = useSubmitJob();
  return (
    <>
      <JobProgressSpinner job={job} />
      <JobProgressSpinner job={status.job} isPolling={status.isPolling} />
      <output>{JSON.stringify({ isPolling, isPending, estimate })}</output>
    </>
  );
}

it("all hooks render on a server, with and without a provider", () => {
  expect(typeof window).toBe("undefined");
  const html = renderToString(<Page />);
  expect(html).toContain("Sending your request...");
  expect(html).toContain("{&quot;isPolling&quot;:false,&quot;isPending&quot;:false}");
  const provided = renderToString(
    <JobsProvider client={createJobsClient()}>
      <Page />
    </JobsProvider>,
  );
  expect(provided).toBe(html);
});
