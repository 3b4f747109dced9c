import type { HistorySearch } from "@loresmith/jobs/library";
import { useState } from "react";
import { Notice } from "../kit/Notice";
import { ADDRESS } from "../kit/route";
import { useRegistry } from "../registry/registry";
import { useTitle } from "../style/useTitle";
import "./history.css";
import { periodOf, PERIODS, type PeriodName } from "./period";
import { RecordRow } from "./RecordRow";
import { SelectField } from "./SelectField";
import { UsageSection } from "./UsageSection";
import { useHistory } from "./useHistory";

const STATUSES = { completed: "Done", failed: "Failed", cancelled: "Cancelled" };

/** What the user's jobs have made and cost. Unlike the list of jobs, it goes back a year. */
export function HistoryPage() {
  useTitle("History");
  const { jobTypes, labelOf } = useRegistry();
  const [period, setPeriod] = useState<PeriodName>("month");
  const [type, setType] = useState("");
  const [status, setStatus] = useState("");
  const [today] = useState(() => new Date());
  const days = periodOf(period, today);
  return (
    <>
      <h1 className="page-title">History</h1>
      <div className="history-filters">
        <SelectField label="Period" value={period} options={PERIODS} onChange={(name) => setPeriod(name as PeriodName)} />
        <SelectField
          label="Job type"
          value={type}
          options={{ "": "All jobs", ...Object.fromEntries(jobTypes.map((name) => [name, labelOf(name)] as const)) }}
          onChange={setType}
        />
        <SelectField label="Outcome" value={status} options={{ "": "All outcomes", ...STATUSES }} onChange={setStatus} />
      </div>
      <UsageSection period={days} type={type} />
      <h2 className="history-title">Jobs</h2>
      <Records search={{ ...days, ...(type ? { type } : {}), ...(status ? { status } : {}) }} />
    </>
  );
}

function Records({ search }: { search: HistorySearch }) {
  const { records, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useHistory(search);
  return (
    <>
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      {!records && !error && <p className="empty">Loading your history...</p>}
      {records?.length === 0 && <NoRecords isNarrowed={search.type !== undefined || search.status !== undefined} />}
      <ul className="records">
        {records?.map((record) => (
          <RecordRow key={record.id} record={record} />
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="button" aria-disabled={isFetchingNextPage} onClick={() => !isFetchingNextPage && void fetchNextPage()}>
          Show older jobs
        </button>
      )}
    </>
  );
}

function NoRecords({ isNarrowed }: { isNarrowed: boolean }) {
  if (isNarrowed) return <p className="empty">No job of this period matches. Change the filters above.</p>;
  return (
    <p className="empty">
      No jobs ended in this period. <a href={ADDRESS.jobs}>Running jobs</a> have their own page.
    </p>
  );
}
