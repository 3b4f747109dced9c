/** Jobs in React: hooks that submit and follow jobs, and a component that shows their progress. */

export { ApiError, asApiError, Refused, Unreachable, type UnreachableReason } from "./api/error.js";
export type { Token } from "./api/token.js";
export type * from "./api/wire.js";
export type { Connection } from "./core/connection.js";
export { estimateText, usageText, type Amounts } from "./core/costText.js";
export { createJobsClient, type ConnectedClient, type JobsClient, type JobsClientOptions } from "./core/jobsClient.js";
export { canRetry, isFinal, isPartial } from "./core/jobState.js";
export type { JobView } from "./core/jobView.js";
export { missingPlaces, missingText, notesOf, warningText } from "./core/warning.js";
export { default as JobProgressSpinner, type JobProgressSpinnerProps } from "./react/JobProgressSpinner.js";
export { JobsProvider, type JobsProviderProps } from "./react/JobsProvider.js";
export { useEstimate } from "./react/useEstimate.js";
export { useJobPolling, type JobPolling, type JobPollingOptions } from "./react/useJobPolling.js";
export { configureJobs, useJobsClient } from "./react/useJobsClient.js";
export { useJobStatus } from "./react/useJobStatus.js";
export { useQuiet } from "./react/useQuiet.js";
export { useSubmitJob } from "./react/useSubmitJob.js";
