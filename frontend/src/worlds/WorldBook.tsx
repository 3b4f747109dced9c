import type { KeptWorld } from "@loresmith/jobs/library";
import { useEffect, useMemo, useRef, useState } from "react";
import { Contents } from "../book/Contents";
import { highlight } from "../book/highlight";
import { sectionsOf } from "../book/readable";
import { openAtFirst, useReading } from "../book/useReading";
import { type EditableDocument, type Rewrite, SaveStatus, useRewrite } from "../editing";
import { useKinds } from "../registry/registry";
import { forPlayers } from "../shared/players";
import { PlayersView } from "../shared/PlayersView";
import { useKeptFocus } from "../kit/useKeptFocus";
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
  const [chosen, setMode] = useState<Mode>("read");
  const [preview, setPreview] = useState<PreviewState>("unused");
  // In every mode, so that the page has the new text as soon as it is written.
  const rewrite = useRewrite(document);
  if (preview === "shown") return <Preview world={world} onClose={() => setPreview("ended")} />;
  const mode = world.deleted_at === null ? chosen : "read";
  const change = (next: Mode) => {
    setMode(next);
    setPreview("unused");
  };
  const actions = { onMode: change, onPreview: () => setPreview("shown") };
  return <OwnersView {...{ document, world, mode, rewrite, ...actions }} isPreviewEnded={preview === "ended"} />;
}

type PreviewState = "unused" | "shown" | "ended";

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
  rewrite: Rewrite<"worlds">;
  onMode: (mode: Mode) => void;
  onPreview: () => void;
  isPreviewEnded: boolean;
}

function OwnersView({ document, world, mode, rewrite, onMode, onPreview, isPreviewEnded }: OwnersViewProps) {
  const kinds = useKinds();
  const sections = useMemo(() => sectionsOf(world, kinds), [world, kinds]);
  const hasTies = mode === "read" && sections.some(({ piece }) => piece);
  const listed = useMemo(() => (hasTies ? [...sections, TIES] : sections), [sections, hasTies]);
  const ids = useMemo(() => listed.map(({ id }) => id), [listed]);
  const reading = useReading(ids, openAtFirst());
  const [wanted, setWanted] = useState("");
  const text = useKeptFocus(world.deleted_at);
  useEffect(() => {
    if (text.current) highlight(text.current, mode === "edit" ? "" : wanted);
  });
  return (
    <div className="book">
      <Contents sections={listed} reading={reading} wanted={wanted} onWant={setWanted} />
      <article className="book__text" ref={text} tabIndex={-1}>
        <TrashNotice document={document} world={world} />
        <WorldHead document={document} world={world} mode={mode} onMode={onMode} reading={reading} rewrite={rewrite} />
        {mode === "players" && <PlayersPanel document={document} world={world} onPreview={onPreview} isPreviewEnded={isPreviewEnded} />}
        {sections.map((section) => (
          <WorldPart key={section.id} section={section} document={document} world={world} mode={mode} reading={reading} />
        ))}
        {hasTies && <TiesPart sections={sections} reading={reading} />}
        <div className="world__save no-print">
          <SaveStatus document={document} />
        </div>
      </article>
    </div>
  );
}
