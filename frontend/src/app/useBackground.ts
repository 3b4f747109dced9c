import { useJobsClient, type Job } from "@loresmith/jobs";
import { useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from "react";
import { useTitleNews } from "../style/useTitle";
import { progressOf, RunningJobs } from "./runningJobs";

export interface Background {
  /** The unfinished jobs, the oldest first. */
  running: readonly Job[];
  /** The jobs whose end the user did not see. */
  ended: readonly Job[];
  dismiss: () => void;
}

/**
 * The jobs that run while the user is elsewhere. The title of the window shows their progress, so that it can be seen from
 * another tab. `isSeen`: the current page itself shows that this job has ended.
 */
export function useBackground(isSeen: (job: Job) => boolean): Background {
  const client = useJobsClient();
  const jobs = useMemo(() => new RunningJobs(client), [client]);
  const running = useSyncExternalStore(jobs.jobs.subscribe, () => jobs.jobs.current);
  const [ended, setEnded] = useState<readonly Job[]>([]);
  const [isNews, setNews] = useState(false);
  const onEnd = useEffectEvent((job: Job) => {
    if (job.status === "cancelled") return;
    if (!isSeen(job)) setEnded((earlier) => [...earlier, job]);
    if (document.hidden) setNews(true);
  });
  useEffect(() => jobs.start((job) => onEnd(job)), [jobs]);
  useEffect(() => {
    const onVisible = () => document.hidden || setNews(false);
    document.addEventListener("visibilitychange", onVisible);
    return () => document.removeEventListener("visibilitychange", onVisible);
  }, []);
  useTitleNews(running.length > 0 ? `(${progressOf(running)}%)` : isNews ? "(Ready)" : "");
  const unseen = ended.filter((job) => !isSeen(job));
  if (unseen.length < ended.length) setEnded(unseen);
  return { running, ended, dismiss: () => setEnded([]) };
}
