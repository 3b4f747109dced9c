import type { KeptWorld } from "@loresmith/jobs/library";
import { CopyButton } from "../book/CopyButton";
import { Paragraphs } from "../book/Paragraphs";
import { Part } from "../book/Part";
import { PieceText } from "../book/PieceText";
import { briefOf, nameOf, type Section } from "../book/readable";
import type { Reading } from "../book/useReading";
import type { EditableDocument } from "../editing";
import { Emblem } from "../emblem/Emblem";
import { pieceMarkdown } from "../lore/markdown";
import { piecePath, shareOf, withField, withPart } from "../shared/players";
import { EditedPiece, EditedQuest, EditedStory } from "./EditedParts";
import { MarkedFields } from "./MarkedFields";
import { MarkToggle } from "./MarkToggle";
import type { Mode } from "./mode";

interface WorldPartProps {
  section: Section;
  document: EditableDocument<"worlds">;
  world: KeptWorld;
  mode: Mode;
  reading: Reading;
}

/** The story, the quest or a piece, as the mode shows it. */
export function WorldPart(props: WorldPartProps) {
  const { section, mode, reading } = props;
  const { id, label, title, language, piece } = section;
  // While the title is edited, it stands in the body.
  const isTitled = title !== null && mode !== "edit";
  return (
    <Part
      id={id}
      label={label}
      {...(isTitled ? { title } : {})}
      language={language}
      brief={isTitled ? briefOf(section) : (title ?? briefOf(section))}
      {...(piece ? { emblem: <Emblem kind={piece.kind} name={nameOf(section)} /> } : {})}
      reading={reading}
      marks={mode === "players" && <Marks {...props} />}
    >
      {mode === "edit" ? <EditedBody {...props} /> : <Body {...props} />}
    </Part>
  );
}

function Body({ section, document, world, mode }: WorldPartProps) {
  const { piece, label } = section;
  if (!piece) return <Paragraphs text={(section.id === "story" ? world.story : world.quest.description)} language={world.language} />;
  const { role } = piece;
  if (mode === "players") {
    const mark = (field: string, isShown: boolean) =>
      document.change(["for_players"], withField(world.for_players, role, piece.piece, field, isShown));
    return <MarkedFields role={role} piece={piece.piece} language={world.language} marked={world.for_players} onMark={mark} />;
  }
  const { name, description } = piece.piece;
  const markdown = () => pieceMarkdown(label, { ...piece.piece, name: name ?? "", description: description ?? "" });
  return (
    <>
      <PieceText piece={piece.piece} language={world.language} />
      <p className="part__tools">
        <CopyButton text={markdown}>
          Copy<span className="visually-hidden"> {nameOf(section)}</span> as Markdown
        </CopyButton>
      </p>
    </>
  );
}

function EditedBody({ section: { id, piece }, world }: WorldPartProps) {
  if (piece) return <EditedPiece role={piece.role} piece={piece.piece} language={piece.piece.language ?? world.language} />;
  return id === "story" ? <EditedStory world={world} /> : <EditedQuest world={world} />;
}

function Marks({ section, document, world }: WorldPartProps) {
  const { piece, id } = section;
  const { for_players: marked } = world;
  const path = piece ? piecePath(piece.role) : id;
  const state = piece ? shareOf(marked, piece.role, piece.piece) : marked.includes(id) ? "all" : "none";
  const toggle = () => document.change(["for_players"], withPart(marked, path, state !== "all"));
  return <MarkToggle part={nameOf(section)} state={state} onToggle={toggle} />;
}
