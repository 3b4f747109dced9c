import type { Shelf, Shelves } from "@loresmith/jobs/library";
import { wordsOf } from "../lore/detail";
import { editsBetween, keyOf, valueAt } from "./change";
import "./comparison.css";
import { contentPaths } from "./content";
import { ShownValue } from "./EditableValue";

interface ComparisonProps<S extends Shelf> {
  shelf: S;
  before: Shelves[S];
  after: Shelves[S];
  labels: [before: string, after: string];
}

/** What differs between two versions, part by part. */
export function Comparison<S extends Shelf>({ shelf, before, after, labels }: ComparisonProps<S>) {
  const edits = contentPaths(shelf).flatMap((path) => editsBetween(path, valueAt(before, path), valueAt(after, path)));
  if (edits.length === 0) return <p className="empty">The texts are the same.</p>;
  return (
    <dl className="comparison">
      {edits.map(({ path, base, mine }) => (
        <div key={keyOf(path)}>
          <dt>{path.filter((name) => name !== "details").map(wordsOf).join(": ")}</dt>
          <dd>
            <span className="comparison__label">{labels[0]}</span>
            <ShownValue value={base} language={before.language} />
          </dd>
          <dd data-side="after">
            <span className="comparison__label">{labels[1]}</span>
            <ShownValue value={mine} language={after.language} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
