import { useDraft } from "../draft/DraftProvider";
import { offeredLanguages } from "../lore/language";
import { useRegistry } from "../registry/registry";

const LANGUAGES = offeredLanguages();

/** What all pieces have in common besides theme and tone: the language, and what must be true. */
export function BriefChoice() {
  return (
    <div className="brief">
      <LanguageField />
      <PremiseField />
    </div>
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
  const most = useRegistry().lengthMax("premise");
  return (
    <div className="brief__field">
      <label htmlFor="premise">
        Premise <span className="quiet">(optional)</span>
      </label>
      <textarea
        id="premise"
        className="field"
        rows={4}
        dir="auto"
        maxLength={most}
        placeholder="Four beginners owe a dragon rent. It is due on Friday."
        value={draft.premise}
        aria-describedby="premise-length"
        onChange={(event) => dispatch({ do: "set-premise", premise: event.target.value })}
      />
      <p className="quiet" id="premise-length">
        What must be true: the party, the campaign, the story so far.
        {most !== undefined && ` ${draft.premise.length} of ${most.toLocaleString("en")} characters.`}
      </p>
    </div>
  );
}
