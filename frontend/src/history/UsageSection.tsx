import { usageText } from "@loresmith/jobs";
import type { Period, UsageOfPeriod } from "@loresmith/jobs/library";
import { Notice } from "../kit/Notice";
import { useRegistry } from "../registry/registry";
import { DayChart } from "./DayChart";
import { byDay, byType, type Bar } from "./usage";
import { useUsage } from "./useHistory";

/** What the jobs of a period have used: in total, by day, and by type. */
export function UsageSection({ period, type }: { period: Required<Period>; type: string }) {
  const { data, error, refetch } = useUsage(period);
  return (
    <section aria-labelledby="usage">
      <h2 id="usage" className="history-title">
        Usage
      </h2>
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <p className="empty">Adding up your usage...</p>}
      {data && <Usage usage={data} type={type} />}
    </section>
  );
}

function Usage({ usage, type }: { usage: UsageOfPeriod; type: string }) {
  const { labelOf } = useRegistry();
  const days = usage.days.filter((day) => type === "" || day.type === type);
  const types = byType(days);
  const bars = byDay(days, usage);
  if (types.length === 0) return <p className="empty">{type === "" ? "No jobs ended" : "No jobs of this type ended"} in this period.</p>;
  return (
    <>
      <DayChart bars={bars} />
      <div className="table-box">
        <table className="usage">
          <caption className="visually-hidden">Usage by job type</caption>
          <thead>
            <tr>
              <th scope="col">Job type</th>
              <th scope="col">Jobs</th>
              <th scope="col">Used</th>
            </tr>
          </thead>
          <tbody>
            {types.map(({ name, sums }) => (
              <tr key={name}>
                <th scope="row">{labelOf(name)}</th>
                <td>{jobsText(sums)}</td>
                <td>{usageText(sums)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <DayTable bars={bars} />
    </>
  );
}

/** The numbers of the chart. */
function DayTable({ bars }: { bars: Bar[] }) {
  return (
    <details className="day-table">
      <summary>Show the days as a table</summary>
      <div className="table-box">
        <table className="usage">
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Jobs</th>
              <th scope="col">Used</th>
            </tr>
          </thead>
          <tbody>
            {bars.filter(({ sums }) => sums.jobs > 0).map(({ name, sums }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{jobsText(sums)}</td>
                <td>{usageText(sums)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** "12, 2 failed". */
function jobsText({ jobs, failed, cancelled }: Bar["sums"]): string {
  return [`${jobs}`, failed > 0 ? `${failed} failed` : "", cancelled > 0 ? `${cancelled} cancelled` : ""].filter(Boolean).join(", ");
}
