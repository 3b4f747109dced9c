/** The parts that the hooks are made of. They do not depend on React, so other frameworks can use them. */

export { createApi, type Api, type Caller, type JobReading, type ReadOptions } from "../api/api.js";
export { ApiError, asApiError, Refused, Unreachable, type UnreachableReason } from "../api/error.js";
export type { Token } from "../api/token.js";
export type { Answer, ApiOptions, Call, Fetch } from "../api/transport.js";
export type * from "../api/wire.js";
export { backoffMs } from "./backoff.js";
export { browserStorage } from "./browserStorage.js";
export type { Connection } from "./connection.js";
export { connect } from "./connect.js";
export { newIdempotencyKey } from "./idempotencyKey.js";
export { createJobsClient, shareJob, type ConnectedClient, type JobsClient, type JobsClientOptions } from "./jobsClient.js";
export { JobSession, openSession } from "./jobSession.js";
export { canRetry, isFinal, isPartial } from "./jobState.js";
export { viewOf, type JobView } from "./jobView.js";
export { JobWatch, watchOf, type WatchOptions } from "./jobWatch.js";
export { Observable } from "./observable.js";
export { pollJob, type JobUpdate, type Poll, type PollEnvironment, type PollOptions } from "./pollJob.js";
export { browserPresence, type Presence, type PresenceState } from "./presence.js";
export type { QueryKeys } from "./queryKeys.js";
export { readAgain } from "./readAgain.js";
export { isBusy, type End, type SessionEnvironment, type SessionState } from "./sessionState.js";
export { slotOf, type Slot, type SlotPlace, type SlotRecord } from "./slot.js";
export { browserTimers, sleep, type Timers } from "./timers.js";
export { missingPlaces, missingText, notesOf, warningText } from "./warning.js";
