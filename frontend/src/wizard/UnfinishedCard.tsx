import type { JobItem } from "@loresmith/jobs";
import { conceptOf, detailsOf } from "../lore/detail";
import { attributesOf } from "../lore/language";
import { Blank } from "./Blank";

/** A card that is being written: the text so far, and placeholders for the rest. */
export function UnfinishedCard({ item }: { item: JobItem | undefined }) {
  const concept = conceptOf(item?.details);
  const attributes = attributesOf(item?.language);
  const written = detailsOf(item?.details).map(({ label }) => label);
  return (
    <article className="card card--unfinished">
      {item?.name ? <h2 className="card__name arriving" {...attributes}>{item.name}</h2> : <Blank lines={1} isTitle />}
      {concept ? <p className="card__concept arriving" {...attributes}>{concept}</p> : <Blank lines={2} />}
      {item?.description ? (
        <p className="card__text card__text--short arriving" {...attributes}>{item.description}</p>
      ) : (
        <Blank lines={5} />
      )}
      <ul className="chips" aria-label="Written so far">
        {written.map((label) => (
          <li key={label} className="chip arriving">
            {label}
          </li>
        ))}
      </ul>
    </article>
  );
}
