import { JobProgressSpinner, useJobStatus, type Job, type JobItem, type Piece } from "@loresmith/jobs";
import { useEffect } from "react";
import { useDraft, useDraftJobs } from "../draft/DraftProvider";
import { Loading } from "../kit/Loading";
import { ADDRESS, jobAddress, navigate } from "../kit/route";
import { conceptOf, detailsOf } from "../lore/detail";
import { DetailList } from "../lore/DetailList";
import { attributesOf } from "../lore/language";
import { paragraphsOf } from "../lore/paragraphs";
import { useRegistry } from "../registry/registry";
import { dateText } from "../style/dateText";
import { useTitle } from "../style/useTitle";
import { JobActions } from "./JobActions";
import "./jobList.css";

/** One job, and everything that it has written, even if it is still running, has failed or was cancelled. */
export function JobPage({ jobId, place }: { jobId: string; place?: string }) {
  const { job, error, connection } = useJobStatus(jobId);
  const label = useRegistry().labelOf(job?.type ?? "");
  useTitle(label || "Job");
  if (job === undefined && error === null) return <Loading what="the job" />;
  return (
    <div className="job-page">
      <p>
        <a href={ADDRESS.jobs}>All jobs</a>
      </p>
      <h1 className="page-title">{label || "Job"}</h1>
      {job && <time dateTime={job.created_at}>{dateText(job.created_at)}</time>}
      <JobProgressSpinner job={job} error={error} connection={connection} />
      {job && <JobActions job={job} onRetried={({ id }) => navigate(jobAddress(id))} />}
      {job && <BackToDraft jobId={job.id} />}
      {job && <Pieces job={job} shown={place} />}
    </div>
  );
}

/** The way back to the cards that this job has written for the world that is being made. */
function BackToDraft({ jobId }: { jobId: string }) {
  const { draft, dispatch } = useDraft();
  const task = useDraftJobs().taskOf(jobId);
  if (task?.draftId !== draft.id) return null;
  const step = "key" in task ? task.key : "world";
  return (
    <p>
      <a href={ADDRESS.wizard} onClick={() => dispatch({ do: "go", step })}>
        Back to your world
      </a>
    </p>
  );
}

function Pieces({ job, shown }: { job: Job; shown: string | undefined }) {
  useEffect(() => {
    if (shown !== undefined) document.getElementById(`piece-${shown}`)?.scrollIntoView();
  }, [shown]);
  return piecesOf(job).map((piece, index) => <PieceSection key={index} id={`piece-${index}`} piece={piece} />);
}

/** The result, or the pieces so far. A world has its own page. */
function piecesOf(job: Job): (Piece | JobItem)[] {
  if (job.status !== "completed") return job.items.filter(({ name }) => name !== null);
  return Array.isArray(job.result) ? job.result : [];
}

function PieceSection({ id, piece }: { id: string; piece: Piece | JobItem }) {
  const written = attributesOf(piece.language);
  return (
    <section className="job-page__piece" id={id}>
      <h2 {...written}>{piece.name}</h2>
      <p className="job-page__concept" {...written}>
        {conceptOf(piece.details)}
      </p>
      {paragraphsOf(piece.description ?? "").map((paragraph) => (
        <p key={paragraph} {...written}>
          {paragraph}
        </p>
      ))}
      <DetailList details={detailsOf(piece.details)} language={piece.language} />
    </section>
  );
}
