import type { KeptWorld } from "@loresmith/jobs/library";
import { Paragraphs } from "../book/Paragraphs";
import type { ReadablePiece } from "../book/readable";
import { EditableText, EditableValue } from "../editing";
import { wordsOf } from "../lore/detail";
import { attributesOf } from "../lore/language";

/** The longest texts that the API takes, in characters. */
export const NAME_MAX = 120;
const PROSE_MAX = 4_000;
const STORY_MAX = 20_000;

/** The story, to change. */
export function EditedStory({ world }: { world: KeptWorld }) {
  const { story, language } = world;
  return (
    <EditableText path={["story"]} label="Story" language={language} isLong lengthMax={STORY_MAX} isRequired>
      <Paragraphs text={story} language={language} />
    </EditableText>
  );
}

/** The quest, to change. */
export function EditedQuest({ world }: { world: KeptWorld }) {
  const { quest, language } = world;
  return (
    <>
      <EditableText path={["quest", "title"]} label="Title of the quest" language={language} lengthMax={NAME_MAX} isRequired>
        <p className="editable__name" {...attributesOf(language)}>
          {quest.title}
        </p>
      </EditableText>
      <EditableText path={["quest", "description"]} label="Quest" language={language} isLong lengthMax={PROSE_MAX} isRequired>
        <Paragraphs text={quest.description} language={language} />
      </EditableText>
    </>
  );
}

interface EditedPieceProps {
  role: string;
  piece: ReadablePiece;
  language: string | null;
}

/** A piece of the world, to change. The piece in the library stays as it is. */
export function EditedPiece({ role, piece, language }: EditedPieceProps) {
  const path = ["pieces", role];
  const name = piece.name ?? role;
  return (
    <>
      <EditableText path={[...path, "name"]} label={`Name of ${name}`} language={language} lengthMax={NAME_MAX} isRequired>
        <p className="editable__name" {...attributesOf(language)}>
          {piece.name}
        </p>
      </EditableText>
      <EditableText path={[...path, "description"]} label={`Description of ${name}`} language={language} isLong lengthMax={PROSE_MAX}>
        <Paragraphs text={piece.description ?? ""} language={language} />
      </EditableText>
      <dl className="details">
        {Object.keys(piece.details ?? {}).map((key) => (
          <div key={key} className="details__entry">
            <dt>{wordsOf(key)}</dt>
            <dd>
              <EditableValue path={[...path, "details", key]} label={`${wordsOf(key)} of ${name}`} language={language} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
