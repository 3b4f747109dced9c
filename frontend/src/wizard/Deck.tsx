import { isReachable, pickedPiece, STEPS, type Draft, type Step } from "../draft/draft";
import { capitalized } from "../lore/kind";
import { themeLabel } from "../lore/theme";
import "./deck.css";

/** The way through the wizard: what is chosen so far, and a way back to each choice. */
export function Deck({ draft, onGo }: { draft: Draft; onGo: (step: Step) => void }) {
  return (
    <nav className="deck" aria-label="Steps">
      <ol>
        {STEPS.map((step) => (
          <li key={step}>
            <Slot draft={draft} step={step} onGo={onGo} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Slot({ draft, step, onGo }: { draft: Draft; step: Step; onGo: (step: Step) => void }) {
  const choice = choiceOf(draft, step);
  const isCurrent = draft.step === step;
  return (
    <button
      type="button"
      className="deck__slot"
      aria-current={isCurrent ? "step" : undefined}
      data-filled={choice !== null}
      disabled={!isCurrent && !isReachable(draft, step)}
      onClick={() => onGo(step)}
    >
      <span className="deck__kind">{capitalized(step)}</span>
      <span className="deck__choice">{choice ?? "\u00a0"}</span>
    </button>
  );
}

function choiceOf(draft: Draft, step: Step): string | null {
  if (step === "theme") return draft.step === "theme" ? null : themeLabel(draft.theme);
  if (step === "world") return draft.worldId === null ? null : "Written";
  return pickedPiece(draft, step)?.name ?? null;
}
