import type { JobPolling, PiecesType } from "@loresmith/jobs";
import type { CSSProperties } from "react";
import { choiceOf, isReachable, pickedPiece, shownStep, stepsOf, type Draft, type Step } from "../draft/draft";
import { capitalized, type Kind } from "../lore/kind";
import { themeLabel } from "../lore/theme";
import { useKinds } from "../registry/registry";
import "./deck.css";
import { useCardsJob } from "./useWriting";

interface DeckProps {
  draft: Draft;
  onGo: (step: Step) => void;
}

/** The steps of the wizard, with the choices so far, the jobs that are running, and links to the steps. */
export function Deck({ draft, onGo }: DeckProps) {
  const kinds = useKinds();
  return (
    <nav className="deck" aria-label="Steps">
      <ol>
        {stepsOf(kinds).map((step) => {
          const kind = kinds.find(({ key }) => key === step);
          return (
            <li key={step}>
              {kind ? <KindSlot kind={kind} draft={draft} onGo={onGo} /> : <Slot step={step} label={step} draft={draft} onGo={onGo} />}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** The step of a kind. Its cards may be being written while another step is shown. */
function KindSlot({ kind, draft, onGo }: DeckProps & { kind: Kind }) {
  const polling = useCardsJob(kind);
  return <Slot step={kind.key} label={kind.one} draft={draft} onGo={onGo} news={newsOf(draft, kind, polling)} polling={polling} />;
}

interface SlotProps extends DeckProps {
  step: Step;
  label: string;
  /** What is happening in the step, if nothing is chosen yet. */
  news?: string;
  polling?: JobPolling<PiecesType>;
}

function Slot({ draft, step, label, onGo, news, polling }: SlotProps) {
  const kinds = useKinds();
  const chosen = chosenIn(draft, step);
  const isCurrent = shownStep(draft, kinds) === step;
  return (
    <button
      type="button"
      className="deck__slot"
      aria-current={isCurrent ? "step" : undefined}
      data-filled={chosen !== null}
      data-writing={polling?.isPolling ?? false}
      disabled={!isCurrent && !isReachable(draft, step, kinds)}
      title={chosen ?? news}
      style={progressStyle(polling)}
      onClick={() => onGo(step)}
    >
      <span className="deck__kind">{capitalized(label)}</span>
      <span className="deck__choice" dir="auto" data-news={chosen === null}>
        {chosen ?? news ?? "\u00a0"}
      </span>
    </button>
  );
}

function progressStyle(polling: JobPolling<PiecesType> | undefined): CSSProperties {
  return { "--done": `${polling?.job?.progress ?? 0}%` } as CSSProperties;
}

function newsOf(draft: Draft, kind: Kind, polling: JobPolling<PiecesType>): string | undefined {
  if (polling.isPolling) return `${polling.job?.progress ?? 0}%`;
  if (polling.isFailed) return "Failed";
  const { length } = choiceOf(draft, kind).cards;
  return length > 0 ? "Ready" : undefined;
}

function chosenIn(draft: Draft, step: Step): string | null {
  if (step === "theme") return draft.step === "theme" ? null : themeLabel(draft.theme);
  if (step === "world") return draft.worldId === null ? null : "Written";
  return pickedPiece(draft, { key: step })?.name ?? null;
}
