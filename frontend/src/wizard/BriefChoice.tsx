import { useDraft } from "../draft/DraftProvider";
import { ADDRESS } from "../kit/route";
import { offeredLanguages } from "../lore/language";
import { LengthNote, useLimit } from "./LimitedText";

const LANGUAGES = offeredLanguages();

/** What all pieces have in common besides theme and tone: what must be true, and the language. */
export function BriefChoice() {
  return (
    <div className="brief">
      <PremiseField />
      <LanguageField />
      <CanonNote />
    </div>
  );
}

function CanonNote() {
  const { draft } = useDraft();
  if (draft.canon.length === 0) return null;
  return (
    <p className="quiet">
      Everything will agree with your <a href={ADDRESS.library}>canon</a>: {draft.canon.map(({ name }) => name).join(", ")}.
    </p>
  );
}

function LanguageField() {
  const { draft, dispatch } = useDraft();
  return (
    <div className="brief__field">
      <label htmlFor="language">Language</label>
      <select
        id="language"
        className="field"
        value={draft.language}
        onChange={(event) => dispatch({ do: "choose-language", language: event.target.value })}
      >
        <option value="">Automatic</option>
        {LANGUAGES.map(({ tag, name }) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
      <p className="quiet">Automatic: the language of your premise or theme.</p>
    </div>
  );
}

function PremiseField() {
  const { draft, dispatch } = useDraft();
  const limit = useLimit({ field: "premise", text: draft.premise });
  return (
    <div className="brief__field">
      <label htmlFor="premise">
        Premise <span className="quiet">(optional)</span>
      </label>
      <textarea
        id="premise"
        className="field"
        rows={3}
        dir="auto"
        placeholder="Four beginners owe a dragon rent. It is due on Friday."
        value={draft.premise}
        {...limit}
        onChange={(event) => dispatch({ do: "set-premise", premise: event.target.value })}
      />
      <p className="quiet">
        What must be true: the party, the campaign, the story so far. <LengthNote field="premise" text={draft.premise} isShown />
      </p>
    </div>
  );
}
