import { isFinal, useJobsClient, type Job } from "@loresmith/jobs";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Loading } from "../kit/Loading";
import { Notice } from "../kit/Notice";
import { ADDRESS } from "../kit/route";
import { useTitle } from "../style/useTitle";
import { JobRow } from "./JobRow";
import "./jobList.css";

/** The time between two reads of the list while one of its jobs is unfinished. */
const REFRESH_MS = 3_000;

/** The caller's jobs with their progress, newest first. */
export function JobsPage() {
  useTitle("Jobs");
  const { jobs, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useJobs();
  return (
    <>
      <h1 className="page-title">Jobs</h1>
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      {!jobs && !error && <Loading what="your jobs" />}
      {jobs?.length === 0 && (
        <p className="empty">
          You have no jobs. <a href={ADDRESS.wizard}>Make a world</a> to start some.
        </p>
      )}
      <ul className="jobs">
        {jobs?.map((job) => (
          <JobRow key={job.id} job={job} />
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older jobs
        </button>
      )}
    </>
  );
}

function useJobs() {
  const { api, queryKeys } = useJobsClient();
  const query = useInfiniteQuery({
    queryKey: queryKeys.jobs,
    queryFn: ({ pageParam, signal }) => api.listJobs({ cursor: pageParam, limit: 20, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ jobs }) => jobs.some(isUnfinished)) ? REFRESH_MS : false),
  });
  return { ...query, jobs: query.data?.pages.flatMap((page) => page.jobs) };
}

function isUnfinished(job: Job): boolean {
  return !isFinal(job);
}
