import { useDraft } from "../draft/DraftProvider";
import { TONES } from "../lore/theme";
import { LengthNote, useLimit } from "./LimitedText";

export function ToneChoice() {
  const { draft, dispatch } = useDraft();
  const limit = useLimit({ field: "tone", text: draft.tone });
  return (
    <div className="tone">
      <label htmlFor="tone">
        Tone <span className="quiet">(optional)</span>
      </label>
      <input
        id="tone"
        className="field"
        type="text"
        placeholder="Any"
        autoComplete="off"
        value={draft.tone}
        {...limit}
        onChange={(event) => dispatch({ do: "choose-tone", tone: event.target.value })}
      />
      <div className="tone__chips" role="group" aria-label="Suggestions for the tone">
        {TONES.map((tone) => (
          <button
            key={tone}
            type="button"
            className="chip chip--button"
            aria-pressed={draft.tone === tone}
            onClick={() => dispatch({ do: "choose-tone", tone: draft.tone === tone ? "" : tone })}
          >
            {tone}
          </button>
        ))}
      </div>
      <LengthNote field="tone" text={draft.tone} />
    </div>
  );
}
