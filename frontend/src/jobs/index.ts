/** Jobs in React: hooks that submit and follow jobs, and a component that shows their progress. */

export { createApi, type Api } from "../api/client";
export { ApiError, Refused, Unreachable } from "../api/error";
export type * from "../api/wire";
export { browserStorage } from "./browserStorage";
export { createJobsClient, JOBS_KEY, type JobsClient, type JobsClientOptions } from "./client";
export type { Connection } from "./connection";
export { default as JobProgressSpinner, type JobProgressSpinnerProps } from "./JobProgressSpinner";
export { JobsProvider, useJobsClient } from "./JobsProvider";
export { canRetry, isFinal, isPartial } from "./jobState";
export { pollJob, type PollEnvironment, type PollOptions, type JobUpdate } from "./pollJob";
export { useEstimate } from "./useEstimate";
export { useJobPolling, type JobPolling, type JobPollingOptions, type JobView } from "./useJobPolling";
export { useJobStatus } from "./useJobStatus";
export { estimateText, usageText } from "./costText";
export { missingText, notesOf, warningText } from "./warning";
export { useSubmitJob } from "./useSubmitJob";
