import type { Piece, World } from "../api/wire";
import { conceptOf, detailsOf } from "../lore/detail";
import { DetailList } from "../lore/DetailList";
import { labelledPieces } from "../lore/kind";
import { attributesOf } from "../lore/language";
import { worldMarkdown } from "../lore/markdown";
import { paragraphsOf } from "../lore/paragraphs";
import { themeLabel } from "../lore/theme";
import { useKinds } from "../registry/registry";
import { download } from "./download";
import { fileNameOf } from "./fileName";
import "./world.css";

/** The story, the quest and the pieces of a world. */
export function WorldView({ world }: { world: World }) {
  const kinds = useKinds();
  const written = attributesOf(world.language);
  return (
    <article className="world">
      <header className="world__head">
        <p className="world__theme">{themeLabel(world.theme)}</p>
        <h1 {...written}>{world.title}</h1>
        <Downloads world={world} />
      </header>
      <div className="world__story" {...written}>
        {paragraphsOf(world.story).map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </div>
      <section className="world__quest" aria-labelledby="quest">
        <p className="world__kind">Quest</p>
        <h2 id="quest" {...written}>
          {world.quest.title}
        </h2>
        {paragraphsOf(world.quest.description).map((paragraph) => (
          <p key={paragraph} {...written}>
            {paragraph}
          </p>
        ))}
      </section>
      {labelledPieces(world.pieces, kinds).map(({ key, label, piece }) => (
        <PieceSection key={key} id={`piece-${key}`} label={label} piece={piece} />
      ))}
    </article>
  );
}

function PieceSection({ id, label, piece }: { id: string; label: string; piece: Piece }) {
  const concept = conceptOf(piece.details);
  const written = attributesOf(piece.language);
  return (
    <section className="world__piece" aria-labelledby={id}>
      <p className="world__kind">{label}</p>
      <h2 id={id} {...written}>
        {piece.name}
      </h2>
      {concept && (
        <p className="world__concept" {...written}>
          {concept}
        </p>
      )}
      {paragraphsOf(piece.description).map((paragraph) => (
        <p key={paragraph} {...written}>
          {paragraph}
        </p>
      ))}
      <DetailList details={detailsOf(piece.details)} language={piece.language} />
    </section>
  );
}

function Downloads({ world }: { world: World }) {
  const kinds = useKinds();
  const name = fileNameOf(world.title);
  const markdown = () => download(`${name}.md`, "text/markdown", worldMarkdown(world, kinds));
  return (
    <p className="world__downloads">
      <button type="button" className="button" onClick={markdown}>
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
