import { isReachable, pickedPiece, shownStep, stepsOf, type Draft, type Step } from "../draft/draft";
import { capitalized } from "../lore/kind";
import { themeLabel } from "../lore/theme";
import { useKinds } from "../registry/registry";
import "./deck.css";

/** The steps of the wizard, with the choices so far and links back to them. */
export function Deck({ draft, onGo }: { draft: Draft; onGo: (step: Step) => void }) {
  const steps = stepsOf(useKinds());
  return (
    <nav className="deck" aria-label="Steps">
      <ol>
        {steps.map((step) => (
          <li key={step}>
            <Slot draft={draft} step={step} onGo={onGo} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Slot({ draft, step, onGo }: { draft: Draft; step: Step; onGo: (step: Step) => void }) {
  const kinds = useKinds();
  const choice = choiceOf(draft, step);
  const isCurrent = shownStep(draft, kinds) === step;
  const label = kinds.find(({ key }) => key === step)?.one ?? step;
  return (
    <button
      type="button"
      className="deck__slot"
      aria-current={isCurrent ? "step" : undefined}
      data-filled={choice !== null}
      disabled={!isCurrent && !isReachable(draft, step, kinds)}
      onClick={() => onGo(step)}
    >
      <span className="deck__kind">{capitalized(label)}</span>
      <span className="deck__choice" dir="auto">{choice ?? "\u00a0"}</span>
    </button>
  );
}

function choiceOf(draft: Draft, step: Step): string | null {
  if (step === "theme") return draft.step === "theme" ? null : themeLabel(draft.theme);
  if (step === "world") return draft.worldId === null ? null : "Written";
  return pickedPiece(draft, { key: step })?.name ?? null;
}
