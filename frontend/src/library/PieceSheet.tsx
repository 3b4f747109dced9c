import type { KeptPiece } from "@loresmith/jobs/library";
import type { ReactNode } from "react";
import {
  DocumentProvider,
  EditableText,
  EditableValue,
  LockButton,
  SaveStatus,
  ShownValue,
  useLocks,
  type EditableDocument,
  type Locks,
} from "../editing";
import { Emblem } from "../emblem/Emblem";
import { wordsOf } from "../lore/detail";
import { attributesOf } from "../lore/language";
import { useKindLabel, useRegistry } from "../registry/registry";
import { AddDetail } from "./AddDetail";
import { DESCRIPTION_MAX, NAME_MAX } from "./limit";
import { Languages } from "./Languages";
import { CanonSwitch, FavouriteButton } from "./Marks";
import { useDraftFollows } from "./useDraftFollows";
import { SheetTools } from "./SheetTools";
import { Origin } from "./Origin";

/** The level of the piece's heading. Those of its fields are one level below. */
type Level = 1 | 2;

interface PieceSheetProps {
  document: EditableDocument<"pieces">;
  level: Level;
}

/** A piece in full. Each of its texts can be edited in place, locked, and rewritten. */
export function PieceSheet({ document, level }: PieceSheetProps) {
  const { editor, shown } = document;
  const locks = useLocks(editor.place);
  useDraftFollows(document.saved);
  const labelOf = useKindLabel();
  if (shown === null) return null;
  return (
    <DocumentProvider document={document}>
      <div className="sheet">
        <div className="kept__head">
          <Emblem kind={shown.kind} name={shown.name} />
          <p className="kept__kind">{labelOf(shown.kind)}</p>
          <FavouriteButton document={document} piece={shown} />
        </div>
        <Name piece={shown} level={level} locks={locks} />
        <SaveStatus document={document} />
        <SheetTools document={document} piece={shown} locks={locks} />
        <Description piece={shown} level={level} locks={locks} />
        <DetailFields piece={shown} level={level} locks={locks} document={document} />
        <Extras piece={shown} level={level} document={document} />
      </div>
    </DocumentProvider>
  );
}

function Name({ piece, level, locks }: { piece: KeptPiece; level: Level; locks: Locks }) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <EditableText
      path={["name"]}
      label="Name"
      language={piece.language}
      lengthMax={NAME_MAX}
      isRequired
      heading={<span className="members__label">Name</span>}
      tools={<Lock piece={piece} locks={locks} field="name" label="Name" />}
    >
      <Heading className="sheet__name" {...attributesOf(piece.language)}>
        {piece.name}
      </Heading>
    </EditableText>
  );
}

function Description({ piece, level, locks }: { piece: KeptPiece; level: Level; locks: Locks }) {
  return (
    <div className="sheet__entry">
      <EditableText
        heading={<FieldHeading level={level}>Description</FieldHeading>}
        path={["description"]}
        label="Description"
        language={piece.language}
        lengthMax={DESCRIPTION_MAX}
        isLong
        tools={<Lock piece={piece} locks={locks} field="description" label="Description" />}
      >
        <ShownValue value={piece.description} language={piece.language} />
      </EditableText>
    </div>
  );
}

interface DetailFieldsProps {
  piece: KeptPiece;
  level: Level;
  locks: Locks;
  document: EditableDocument<"pieces">;
}

function DetailFields({ piece, level, locks, document }: DetailFieldsProps) {
  const own = useOwnDetails(piece);
  return Object.keys(piece.details).map((key) => (
    <div key={key} className="sheet__entry">
      <EditableValue
        heading={<FieldHeading level={level}>{wordsOf(key)}</FieldHeading>}
        path={["details", key]}
        label={wordsOf(key)}
        language={piece.language}
        tools={<Lock piece={piece} locks={locks} field={key} label={wordsOf(key)} />}
      />
      {own.includes(key) && (
        <button type="button" className="link" onClick={() => document.change(["details", key], undefined)}>
          Remove <span className="visually-hidden">{wordsOf(key)}</span>
        </button>
      )}
    </div>
  ));
}

function FieldHeading({ level, children }: { level: Level; children: ReactNode }) {
  const Heading = level === 1 ? "h2" : "h3";
  return <Heading className="sheet__field">{children}</Heading>;
}

/** The details that a job of the piece's kind does not write. Only these can be removed. */
function useOwnDetails(piece: KeptPiece): string[] {
  const fields = useRegistry().fieldsOf(piece.kind).map(({ field }) => field);
  return Object.keys(piece.details).filter((key) => !fields.includes(key));
}

/** Only what can be rewritten can be locked. */
function Lock({ piece, locks, field, label }: { piece: KeptPiece; locks: Locks; field: string; label: string }) {
  const fields = useRegistry().fieldsOf(piece.kind);
  return fields.some((each) => each.field === field) && <LockButton locks={locks} field={field} label={label} />;
}

function Extras({ piece, level, document }: PieceSheetProps & { piece: KeptPiece }) {
  return (
    <>
      <AddDetail piece={piece} document={document} />
      <div className="sheet__entry">
        <EditableText path={["tags"]} label="Tags" heading={<FieldHeading level={level}>Tags</FieldHeading>}>
          {piece.tags.length === 0 ? <p className="quiet">None</p> : <p>{piece.tags.join(", ")}</p>}
        </EditableText>
      </div>
      <div className="sheet__marks">
        <CanonSwitch document={document} piece={piece} />
        <Languages value={piece.language} onChange={(language) => document.change(["language"], language)} />
      </div>
      <Origin piece={piece} />
    </>
  );
}
