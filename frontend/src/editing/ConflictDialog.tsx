import { useId, useState } from "react";
import { Dialog } from "../kit/Dialog";
import { attributesOf } from "../lore/language";
import { wordsOf } from "../lore/detail";
import { keyOf, type Conflict } from "./change";
import { ShownValue } from "./EditableValue";
import { formOf, mergeProposal, type Form } from "./form";
import type { EditableDocument } from "./useDocument";

type Side = "mine" | "theirs" | "both";

/** Both values of each part that two people have changed. The user chooses one or combines both. */
export function ConflictDialog({ document, onClose }: { document: EditableDocument; onClose: () => void }) {
  const { conflicts, editor, saved } = document;
  const [choices, setChoices] = useState<Readonly<Record<string, Chosen>>>({});
  const isReady = conflicts.every((conflict) => chosenValue(conflict, choices[keyOf(conflict.path)]) !== NOTHING);
  const settle = () => {
    for (const conflict of conflicts) editor.resolve(conflict.path, chosenValue(conflict, choices[keyOf(conflict.path)]));
    onClose();
  };
  return (
    <Dialog title="Two versions of the same text" closeLabel="Decide later" onClose={onClose}>
      <p>Somebody saved a different text while you were writing. Choose which one to keep. Undo brings back your text.</p>
      {conflicts.map((conflict) => (
        <Choice
          key={keyOf(conflict.path)}
          conflict={conflict}
          language={saved?.language ?? null}
          chosen={choices[keyOf(conflict.path)]}
          onChoose={(chosen) => setChoices({ ...choices, [keyOf(conflict.path)]: chosen })}
        />
      ))}
      <button type="button" className="button button--main" aria-disabled={!isReady} onClick={() => isReady && settle()}>
        Save my choice
      </button>
    </Dialog>
  );
}

interface Chosen {
  side: Side;
  /** The combined text. */
  text: string;
}

/** No valid choice yet. It is a symbol, because undefined removes a part. */
const NOTHING = Symbol("nothing");

function chosenValue(conflict: Conflict, chosen: Chosen | undefined): unknown {
  if (chosen === undefined) return NOTHING;
  if (chosen.side !== "both") return conflict[chosen.side];
  const value = formOfConflict(conflict)?.fromText(chosen.text);
  return value === undefined || value === "" ? NOTHING : value;
}

interface ChoiceProps {
  conflict: Conflict;
  language: string | null;
  chosen: Chosen | undefined;
  onChoose: (chosen: Chosen) => void;
}

function Choice({ conflict, language, chosen, onChoose }: ChoiceProps) {
  const name = useId();
  const form = formOfConflict(conflict);
  const { base, mine, theirs } = conflict;
  const text = chosen?.text ?? (form ? mergeProposal(form, base, mine, theirs) : "");
  const radio = (side: Side, label: string) => (
    <label className="conflict__label">
      <input type="radio" name={name} checked={chosen?.side === side} onChange={() => onChoose({ side, text })} /> {label}
    </label>
  );
  return (
    <fieldset className="conflict">
      <legend>{conflict.path.map(wordsOf).join(": ")}</legend>
      <div className="conflict__side" data-chosen={chosen?.side === "mine"}>
        {radio("mine", "Yours")}
        <ShownValue value={mine} language={language} />
      </div>
      <div className="conflict__side" data-chosen={chosen?.side === "theirs"}>
        {radio("theirs", "Theirs")}
        <ShownValue value={theirs} language={language} />
      </div>
      {form && !form.isNumber && (
        <div className="conflict__side" data-chosen={chosen?.side === "both"}>
          {radio("both", "Both, combined")}
          <textarea
            className="field"
            rows={5}
            aria-label="Combined text"
            value={text}
            onChange={(event) => onChoose({ side: "both", text: event.target.value })}
            {...attributesOf(language)}
          />
        </div>
      )}
    </fieldset>
  );
}

/** The form of the side that has a value: the other one may have removed the part. */
function formOfConflict({ mine, theirs }: Conflict): Form | null {
  return formOf(mine ?? theirs);
}
