import type { Detail } from "./detail";
import { attributesOf } from "./language";
import "./detailList.css";

interface DetailListProps {
  details: Detail[];
  language: string | null | undefined;
}

/** A list of a piece's details. Each has the form that suits its shape. */
export function DetailList({ details, language }: DetailListProps) {
  return (
    <dl className="details">
      {details.map((detail) => (
        <div key={detail.key} className="details__entry" data-shape={detail.shape}>
          <dt>{detail.label}</dt>
          <dd {...(detail.shape === "scores" ? {} : attributesOf(language))}>
            <DetailBody detail={detail} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function DetailBody({ detail }: { detail: Detail }) {
  switch (detail.shape) {
    case "prose":
      return <p>{detail.text}</p>;
    case "titled":
      return (
        <p>
          <strong>{detail.title}:</strong> {detail.text}
        </p>
      );
    case "list":
      return (
        <ul>
          {detail.entries.map((entry) => (
            <li key={entry}>{entry}</li>
          ))}
        </ul>
      );
    case "scores":
      return (
        <ul className="scores">
          {detail.scores.map(({ name, value, share }) => (
            <li key={name}>
              <span>{name}</span>
              <span className="scores__bar" aria-hidden="true">
                <span style={{ inlineSize: `${share * 100}%` }} />
              </span>
              <span>{value}</span>
            </li>
          ))}
        </ul>
      );
  }
}
