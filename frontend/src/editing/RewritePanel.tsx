import { estimateText, JobProgressSpinner, useEstimate } from "@loresmith/jobs";
import type { Shelf } from "@loresmith/jobs/library";
import { useId, useState, type SyntheticEvent } from "react";
import { wordsOf } from "../lore/detail";
import { Comparison } from "./Comparison";
import type { EditableDocument } from "./useDocument";
import type { Locks } from "./useLocks";
import type { Rewrite } from "./useRewrite";

interface RewritePanelProps<S extends Shelf> {
  document: EditableDocument<S>;
  rewrite: Rewrite<S>;
  /** The fields that can be rewritten. */
  fields: readonly string[];
  locks: Locks;
  /** What a field is called: "Story" for "description". */
  labelOf?: (field: string) => string;
  onClose: () => void;
}

/** Instructions that are one tap away. */
const SUGGESTIONS = ["Shorter", "Longer", "Darker", "Funnier"];
/** The longest instruction that the API takes, in characters. */
const INSTRUCTION_MAX = 1_000;

/** Chooses what to rewrite and how, and shows the job and its result. */
export function RewritePanel<S extends Shelf>(props: RewritePanelProps<S>) {
  const { polling, result } = props.rewrite;
  return (
    <section className="rewrite" aria-label="Rewrite">
      {(polling.isPolling || polling.isFailed || polling.isCancelled) && <Progress {...props} />}
      {result && !polling.isPolling && <Result {...props} />}
      {!result && !polling.isPolling && <RewriteForm {...props} />}
    </section>
  );
}

function Progress<S extends Shelf>({ rewrite: { polling } }: RewritePanelProps<S>) {
  const { job, error, connection, retry, cancel } = polling;
  const item = job?.items[0];
  const written = Object.entries({ name: item?.name, description: item?.description, ...item?.details }).filter(([, value]) => value != null);
  return (
    <>
      <JobProgressSpinner
        job={job}
        isPolling={polling.isPolling}
        error={error}
        connection={connection}
        label="Rewriting"
        onRetry={retry}
        onCancel={cancel}
      />
      {polling.isPolling && written.length > 0 && (
        <p className="quiet">Written so far: {written.map(([field]) => wordsOf(field)).join(", ")}</p>
      )}
    </>
  );
}

function Result<S extends Shelf>({ document, rewrite, onClose }: RewritePanelProps<S>) {
  const { result, dismiss } = rewrite;
  if (result === null) return null;
  const keep = () => {
    dismiss();
    onClose();
  };
  const undo = () => {
    result.undo();
    keep();
  };
  return (
    <>
      <p role="status">Rewritten. The old text is kept under Versions.</p>
      <Comparison shelf={document.editor.place.shelf} before={result.before} after={result.after} labels={["Before", "Now"]} />
      <p className="rewrite__actions">
        <button type="button" className="button button--main" onClick={keep}>
          Keep
        </button>
        <button type="button" className="button" onClick={undo}>
          Undo the rewrite
        </button>
      </p>
    </>
  );
}

function RewriteForm<S extends Shelf>(props: RewritePanelProps<S>) {
  const { document, rewrite, onClose } = props;
  const [left, setLeft] = useState<readonly string[]>([]);
  const [instruction, setInstruction] = useState("");
  const id = useId();
  const chosen = props.fields.filter((field) => !props.locks.isLocked(field) && !left.includes(field));
  const request = rewrite.requestFor(chosen, instruction);
  const cost = estimateText(useEstimate(request));
  const isUnsaved = document.save.state !== "saved";
  const isReady = request !== null && !isUnsaved;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isReady) void rewrite.polling.submit(request);
  };
  return (
    <form onSubmit={submit}>
      <Fields {...props} chosen={chosen} onToggle={(field) => setLeft(toggled(left, field))} />
      <Instruction value={instruction} onChange={setInstruction} />
      <p className="quiet" id={id}>
        {isUnsaved ? "Your edits are not saved yet. Save them first." : request ? cost : "Choose at least one part that is not locked."}
      </p>
      <p className="rewrite__actions">
        <button type="submit" className="button button--main" aria-disabled={!isReady} aria-describedby={id}>
          Rewrite
        </button>
        <button type="button" className="button button--quiet" onClick={onClose}>
          Close
        </button>
      </p>
    </form>
  );
}

interface FieldsProps extends Pick<RewritePanelProps<Shelf>, "fields" | "locks" | "labelOf"> {
  chosen: readonly string[];
  onToggle: (field: string) => void;
}

function Fields({ fields, locks, labelOf = wordsOf, chosen, onToggle }: FieldsProps) {
  return (
    <fieldset className="rewrite__fields">
      <legend>What to rewrite</legend>
      {fields.map((field) => (
        <label key={field} className="check">
          <input type="checkbox" checked={chosen.includes(field)} disabled={locks.isLocked(field)} onChange={() => onToggle(field)} />
          {labelOf(field)}
          {locks.isLocked(field) && <span className="quiet">(locked)</span>}
        </label>
      ))}
    </fieldset>
  );
}

function Instruction({ value, onChange }: { value: string; onChange: (instruction: string) => void }) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>
        How it should change <span className="quiet">(optional)</span>
      </label>
      <input
        id={id}
        className="field"
        type="text"
        autoComplete="off"
        maxLength={INSTRUCTION_MAX}
        placeholder="Older, one-eyed"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <div className="chips">
        {SUGGESTIONS.map((suggestion) => (
          <button
            key={suggestion}
            type="button"
            className="chip chip--button"
            aria-pressed={value === suggestion}
            onClick={() => onChange(value === suggestion ? "" : suggestion)}
          >
            {suggestion}
          </button>
        ))}
      </div>
    </>
  );
}

function toggled(fields: readonly string[], field: string): string[] {
  return fields.includes(field) ? fields.filter((other) => other !== field) : [...fields, field];
}
