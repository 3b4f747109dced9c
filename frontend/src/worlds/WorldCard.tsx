import type { KeptWorld } from "@loresmith/jobs/library";
import { Emblem } from "../emblem/Emblem";
import { worldAddress } from "../kit/route";
import { labelledPieces } from "../lore/kind";
import { attributesOf } from "../lore/language";
import { paragraphsOf } from "../lore/paragraphs";
import { lookOf, themeLabel } from "../lore/theme";
import { useKinds } from "../registry/registry";
import { dateText } from "../style/dateText";

interface WorldCardProps {
  world: KeptWorld;
  onTag: (tag: string) => void;
}

/** A world in the list: its title, the emblems of its pieces, and its start. */
export function WorldCard({ world, onTag }: WorldCardProps) {
  const written = attributesOf(world.language);
  return (
    <article className="world-card" data-theme={lookOf(world.theme)}>
      <p className="world-card__theme">
        {themeLabel(world.theme)}
        {world.favourite && (
          <span>
            <span aria-hidden="true">★</span>
            <span className="visually-hidden">Favourite</span>
          </span>
        )}
        {world.share && <span>Shared</span>}
      </p>
      <h2 className="world-card__title">
        <a href={worldAddress(world.id)} {...written}>
          {world.title}
        </a>
      </h2>
      <Emblems world={world} />
      <p className="world-card__start" {...written}>
        {paragraphsOf(world.story)[0]}
      </p>
      {world.tags.length > 0 && (
        <ul className="chips world-card__tags" aria-label="Tags">
          {world.tags.map((tag) => (
            <li key={tag}>
              <button type="button" className="chip chip--button" onClick={() => onTag(tag)}>
                <bdi>{tag}</bdi>
              </button>
            </li>
          ))}
        </ul>
      )}
      <time dateTime={world.created_at}>{dateText(world.created_at)}</time>
    </article>
  );
}

function Emblems({ world }: { world: KeptWorld }) {
  const kinds = useKinds();
  return (
    <p className="world-card__emblems">
      {labelledPieces(world.pieces, kinds).map(({ role, kind, piece }) => (
        <Emblem key={role} kind={kind} name={piece.name} />
      ))}
    </p>
  );
}
