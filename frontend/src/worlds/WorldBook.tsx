import { useEffect, useMemo, useRef, useState } from "react";
import type { KeptWorld } from "../api/libraryWire";
import { Contents } from "../book/Contents";
import { highlight } from "../book/highlight";
import { sectionsOf } from "../book/readable";
import { openAtFirst, useReading } from "../book/useReading";
import { type EditableDocument, SaveStatus } from "../editing";
import { useKinds } from "../registry/registry";
import { forPlayers } from "../shared/players";
import { PlayersView } from "../shared/PlayersView";
import type { Mode } from "./mode";
import { PlayersPanel } from "./PlayersPanel";
import { TIES, TiesPart } from "./TiesPart";
import { TrashNotice } from "./TrashNotice";
import { WorldHead } from "./WorldHead";
import { WorldPart } from "./WorldPart";
import "../book/book.css";
import "../book/print.css";
import "./world.css";

interface WorldBookProps {
  document: EditableDocument<"worlds">;
  world: KeptWorld;
}

/** A world with its contents, its parts and its tools. */
export function WorldBook({ document, world }: WorldBookProps) {
  const [mode, setMode] = useState<Mode>("read");
  const [isPreview, setPreview] = useState(false);
  if (isPreview) return <Preview world={world} onClose={() => setPreview(false)} />;
  return <OwnersView document={document} world={world} mode={mode} onMode={setMode} onPreview={() => setPreview(true)} />;
}

/** Exactly what players see. */
function Preview({ world, onClose }: { world: KeptWorld; onClose: () => void }) {
  const kinds = useKinds();
  const shown = useMemo(() => forPlayers(world, world.for_players), [world]);
  const end = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    window.scrollTo({ top: 0 });
    end.current?.focus();
  }, []);
  return (
    <>
      <p className="preview no-print">
        This is exactly what players see.{" "}
        <button type="button" className="button" ref={end} onClick={onClose}>
          End the preview
        </button>
      </p>
      <PlayersView world={shown} kinds={kinds} />
    </>
  );
}

interface OwnersViewProps extends WorldBookProps {
  mode: Mode;
  onMode: (mode: Mode) => void;
  onPreview: () => void;
}

function OwnersView({ document, world, mode, onMode, onPreview }: OwnersViewProps) {
  const kinds = useKinds();
  const sections = useMemo(() => sectionsOf(world, kinds), [world, kinds]);
  const listed = useMemo(() => (sections.some(({ piece }) => piece) ? [...sections, TIES] : sections), [sections]);
  const ids = useMemo(() => listed.map(({ id }) => id), [listed]);
  const reading = useReading(ids, openAtFirst());
  const [wanted, setWanted] = useState("");
  const text = useRef<HTMLElement>(null);
  useEffect(() => {
    if (text.current) highlight(text.current, mode === "edit" ? "" : wanted);
  });
  return (
    <div className="book">
      <Contents sections={listed} reading={reading} wanted={wanted} onWant={setWanted} />
      <article className="book__text" ref={text}>
        <TrashNotice document={document} world={world} />
        <WorldHead document={document} world={world} mode={mode} onMode={onMode} reading={reading} />
        {mode === "players" && <PlayersPanel document={document} world={world} onPreview={onPreview} />}
        {sections.map((section) => (
          <WorldPart key={section.id} section={section} document={document} world={world} mode={mode} reading={reading} />
        ))}
        {listed.includes(TIES) && mode === "read" && <TiesPart sections={sections} reading={reading} />}
        <div className="world__save no-print">
          <SaveStatus document={document} />
        </div>
      </article>
    </div>
  );
}
