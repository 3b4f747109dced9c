import type { Piece, World } from "../api/wire";
import { conceptOf, detailsOf } from "../lore/detail";
import { DetailList } from "../lore/DetailList";
import { capitalized, KINDS } from "../lore/kind";
import { worldMarkdown } from "../lore/markdown";
import { paragraphsOf } from "../lore/paragraphs";
import { themeLabel } from "../lore/theme";
import { download } from "./download";
import { fileNameOf } from "./fileName";
import "./world.css";

/** The story, the quest, and the five pieces. */
export function WorldView({ world }: { world: World }) {
  return (
    <article className="world">
      <header className="world__head">
        <p className="world__theme">{themeLabel(world.theme)}</p>
        <h1>{world.title}</h1>
        <Downloads world={world} />
      </header>
      <div className="world__story">
        {paragraphsOf(world.story).map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </div>
      <section className="world__quest" aria-labelledby="quest">
        <p className="world__kind">Quest</p>
        <h2 id="quest">{world.quest.title}</h2>
        {paragraphsOf(world.quest.description).map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </section>
      {KINDS.map(({ key, one }) => {
        const piece = world.pieces[key];
        return piece && <PieceSection key={key} kind={one} piece={piece} />;
      })}
    </article>
  );
}

function PieceSection({ kind, piece }: { kind: string; piece: Piece }) {
  const concept = conceptOf(piece.details);
  return (
    <section className="world__piece" aria-labelledby={`piece-${kind}`}>
      <p className="world__kind">{capitalized(kind)}</p>
      <h2 id={`piece-${kind}`}>{piece.name}</h2>
      {concept && <p className="world__concept">{concept}</p>}
      {paragraphsOf(piece.description).map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <DetailList details={detailsOf(piece.details)} />
    </section>
  );
}

function Downloads({ world }: { world: World }) {
  const name = fileNameOf(world.title);
  return (
    <p className="world__downloads">
      <button type="button" className="button" onClick={() => download(`${name}.md`, "text/markdown", worldMarkdown(world))}>
        Download as Markdown
      </button>
      <button
        type="button"
        className="button"
        onClick={() => download(`${name}.json`, "application/json", JSON.stringify(world, null, 2))}
      >
        Download as JSON
      </button>
    </p>
  );
}
