import type { KeptWorld } from "@loresmith/jobs/library";
import type { Reading } from "../book/useReading";
import { EditableText, type EditableDocument, type Rewrite } from "../editing";
import { Star } from "../kit/Star";
import { attributesOf } from "../lore/language";
import { themeLabel } from "../lore/theme";
import { NAME_MAX } from "./EditedParts";
import { EditTools } from "./EditTools";
import { ExportMenu } from "./ExportMenu";
import { MODES, type Mode } from "./mode";

interface WorldHeadProps {
  document: EditableDocument<"worlds">;
  world: KeptWorld;
  mode: Mode;
  onMode: (mode: Mode) => void;
  reading: Reading;
  rewrite: Rewrite<"worlds">;
}

/** The title, and what can be done with the whole world. */
export function WorldHead({ document, world, mode, onMode, reading, rewrite }: WorldHeadProps) {
  // The API refuses to change a world in the trash.
  const isInTrash = world.deleted_at !== null;
  return (
    <header className="book__head">
      <p className="book__theme">{themeLabel(world.theme)}</p>
      {mode === "edit" ? <EditedTitle world={world} /> : <h1 {...attributesOf(world.language)}>{world.title}</h1>}
      <div className="world__tools no-print">
        {!isInTrash && <ModeChoice mode={mode} onMode={onMode} />}
        {!isInTrash && <Star label="Favourite" isOn={world.favourite} onChange={(isOn) => document.change(["favourite"], isOn)} />}
        <ExportMenu world={world} />
        <button type="button" className="button" onClick={() => window.print()}>
          Print
        </button>
        <button type="button" className="button" onClick={() => reading.setAllOpen(!reading.areAllOpen)}>
          {reading.areAllOpen ? "Close all" : "Open all"}
        </button>
      </div>
      {mode === "edit" && <EditTools document={document} world={world} rewrite={rewrite} />}
    </header>
  );
}

function EditedTitle({ world }: { world: KeptWorld }) {
  return (
    <EditableText path={["title"]} label="Title" language={world.language} lengthMax={NAME_MAX} isRequired>
      <h1 {...attributesOf(world.language)}>{world.title}</h1>
    </EditableText>
  );
}

function ModeChoice({ mode, onMode }: { mode: Mode; onMode: (mode: Mode) => void }) {
  return (
    <div className="modes" role="group" aria-label="What to do">
      {MODES.map((each) => (
        <button key={each.mode} type="button" className="modes__mode" aria-pressed={each.mode === mode} onClick={() => onMode(each.mode)}>
          {each.label}
        </button>
      ))}
    </div>
  );
}
