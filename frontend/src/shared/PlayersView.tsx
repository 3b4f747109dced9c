import { useMemo, useState, useRef, useEffect } from "react";
import { Contents } from "../book/Contents";
import { highlight } from "../book/highlight";
import { Paragraphs } from "../book/Paragraphs";
import { Part } from "../book/Part";
import { PieceText } from "../book/PieceText";
import { briefOf, nameOf, sectionsOf, type Readable, type Section } from "../book/readable";
import { openAtFirst, useReading, type Reading } from "../book/useReading";
import { Emblem } from "../emblem/Emblem";
import { attributesOf } from "../lore/language";
import type { Kind } from "../lore/kind";
import "../book/book.css";
import "../book/print.css";

interface PlayersViewProps {
  world: Readable;
  /** For the names of the kinds and their order; empty if they are not known. */
  kinds: readonly Kind[];
}

/** A world as players read it: what `world` has, and no way to change it. */
export function PlayersView({ world, kinds }: PlayersViewProps) {
  const sections = useMemo(() => sectionsOf(world, kinds), [world, kinds]);
  const ids = useMemo(() => sections.map(({ id }) => id), [sections]);
  const reading = useReading(ids, openAtFirst());
  const [wanted, setWanted] = useState("");
  const text = useRef<HTMLElement>(null);
  useEffect(() => {
    if (text.current) highlight(text.current, wanted);
  });
  return (
    <div className="book">
      <Contents sections={sections} reading={reading} wanted={wanted} onWant={setWanted} />
      <article className="book__text" ref={text}>
        <header className="book__head">
          <h1 {...attributesOf(world.language)}>{world.title}</h1>
        </header>
        {sections.map((section) => (
          <ReadPart key={section.id} section={section} world={world} reading={reading} />
        ))}
      </article>
    </div>
  );
}

function ReadPart({ section, world, reading }: { section: Section; world: Readable; reading: Reading }) {
  const { id, label, title, language, piece } = section;
  const text = id === "story" ? world.story : world.quest?.description;
  return (
    <Part
      id={id}
      label={label}
      {...(title === null ? {} : { title })}
      language={language}
      brief={briefOf(section)}
      {...(piece ? { emblem: <Emblem kind={piece.kind} name={nameOf(section)} /> } : {})}
      reading={reading}
    >
      {piece ? <PieceText piece={piece.piece} language={world.language} /> : <Paragraphs text={text ?? ""} language={language} />}
    </Part>
  );
}
