import { isFinal, usageText, warningText, type Job } from "@loresmith/jobs";
import { jobAddress } from "../kit/route";
import { useRegistry } from "../registry/registry";
import { dateText } from "../style/dateText";
import { JobActions } from "./JobActions";

const STATUSES: Record<Job["status"], string> = {
  pending: "Waiting",
  processing: "Running",
  completed: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

export function JobRow({ job }: { job: Job }) {
  const label = useRegistry().labelOf(job.type);
  return (
    <li className="job" data-status={job.status}>
      <div className="job__what">
        <h2>
          <a href={jobAddress(job.id)}>{label}</a>
        </h2>
        <time dateTime={job.created_at}>{dateText(job.created_at)}</time>
        <p className="job__usage">{usageText(job.usage)}</p>
      </div>
      <p className="job__status">
        <span className="job__badge">{STATUSES[job.status]}</span>{" "}
        <span className="job__message">
          <Summary job={job} />
        </span>
        {job.status === "completed" && <span className="job__warning">{warningText(job)}</span>}
      </p>
      {job.status !== "completed" && (
        <progress className="job__bar" max={100} value={job.progress} aria-label={`Progress of ${label}`} />
      )}
      <JobActions job={job} />
    </li>
  );
}

/** The names of the result with links to the pieces, the error, or the progress message. */
function Summary({ job }: { job: Job }) {
  if (job.status !== "completed") return <Unfinished job={job} />;
  if (!Array.isArray(job.result)) return "title" in job.result ? job.result.title : "";
  return job.result.map(({ name }, index) => (
    <span key={name}>
      {index > 0 && ", "}
      <a href={jobAddress(job.id, index)}>{name}</a>
    </span>
  ));
}

/** The list has no items, so whether there are pieces to see is known from the calls that were paid. */
function Unfinished({ job }: { job: Exclude<Job, { status: "completed" }> }) {
  const message = job.status === "cancelled" ? "" : (job.error ?? job.message);
  const hasPieces = isFinal(job) && job.usage.llm_calls > 0;
  return (
    <>
      {message} {hasPieces && <a href={jobAddress(job.id)}>See what was written</a>}
    </>
  );
}
