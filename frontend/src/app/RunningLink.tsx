import type { Job } from "@loresmith/jobs";
import { useDraftJobs } from "../draft/DraftProvider";
import { ADDRESS } from "../kit/route";
import { progressOf } from "./runningJobs";

interface RunningLinkProps {
  running: readonly Job[];
  isInWizard: boolean;
}

/** The progress of the running jobs, as a link: to the wizard if they are its jobs, else to the list of jobs. */
export function RunningLink({ running, isInWizard }: RunningLinkProps) {
  const draftJobs = useDraftJobs();
  if (running.length === 0) return null;
  const leadsToWizard = !isInWizard && running.some(({ id }) => draftJobs.taskOf(id) !== null);
  const jobs = running.length === 1 ? "1 job" : `${running.length} jobs`;
  return (
    <a className="header__running" href={leadsToWizard ? ADDRESS.wizard : ADDRESS.jobs}>
      <span className="header__running-mark" aria-hidden="true" />
      {running.length > 1 && (
        <span className="header__running-count" aria-hidden="true">
          {running.length} ×
        </span>
      )}
      <span className="visually-hidden">{jobs} running, </span>
      {progressOf(running)}%
      <span className="visually-hidden"> done. {leadsToWizard ? "Back to your world" : "Show the jobs"}</span>
    </a>
  );
}
