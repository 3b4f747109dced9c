import { usageText } from "@loresmith/jobs";
import type { JobRecord } from "@loresmith/jobs/library";
import { pieceAddress, worldAddress } from "../kit/route";
import { themeLabel } from "../lore/theme";
import { useRegistry } from "../registry/registry";
import { dateText } from "../style/dateText";
import { failureText } from "./failureText";

const STATUSES: Record<JobRecord["status"], string> = { completed: "Done", failed: "Failed", cancelled: "Cancelled" };

/** One ended job: what was asked for, what it made, and what it cost. */
export function RecordRow({ record }: { record: JobRecord }) {
  const { labelOf } = useRegistry();
  const { type, status, ended_at, usage, error_code } = record;
  const cost = usageText(usage);
  return (
    <li className="record" data-status={status}>
      <div className="record__what">
        <h3>{labelOf(type)}</h3>
        <time dateTime={ended_at}>{dateText(ended_at)}</time>
      </div>
      <div className="record__made">
        <p>
          <strong className="record__status">{STATUSES[status]}</strong> <span className="quiet">{summaryText(record)}</span>
        </p>
        {error_code !== null && <p className="record__error">{failureText(error_code)}</p>}
        <Made record={record} />
      </div>
      <p className="record__cost">{[cost, record.model].filter(Boolean).join(" · ")}</p>
    </li>
  );
}

function Made({ record: { type, made, names } }: { record: JobRecord }) {
  const { isWorldType } = useRegistry();
  const addressOf = isWorldType(type) ? worldAddress : pieceAddress;
  if (made.length === 0) return null;
  return (
    <ul className="record__links">
      {made.map((id, index) => (
        <li key={id}>
          <a href={addressOf(id)} dir="auto">
            {names[index] ?? "Open"}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** "Fantasy, 3 pieces, pt-BR": what the record says was asked for. */
function summaryText({ summary }: JobRecord): string {
  const { theme, count, language } = summary;
  const parts = [
    typeof theme === "string" ? themeLabel(theme) : "",
    typeof count === "number" && count > 1 ? `${count} pieces` : "",
    typeof language === "string" ? language : "",
  ];
  return parts.filter(Boolean).join(", ");
}
