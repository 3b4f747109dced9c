import { estimateText } from "@loresmith/jobs";
import { type ReactNode } from "react";
import { hasStarted } from "../draft/draft";
import { useDraft, useStartOver } from "../draft/DraftProvider";
import { CARDS_IN_WORDS, piecesRequest } from "../draft/request";
import { useKinds, useRegistry } from "../registry/registry";
import { ActionBar, HINT_ID } from "./ActionBar";
import { BriefChoice } from "./BriefChoice";
import { FIRST_STEP } from "./firstStep";
import { excess } from "./LimitedText";
import { StepTop } from "./StepTop";
import { ThemeChoice } from "./ThemeChoice";
import "./themeStep.css";
import { ToneChoice } from "./ToneChoice";
import { useEstimateOfAll } from "./useEstimateOfAll";
import { firstKinds } from "./useWriting";

interface ThemeStepProps {
  deck: ReactNode;
  onStartOver: () => void;
  onNext: () => void;
}

/** The first step: what all pieces have in common. */
export function ThemeStep({ deck, onStartOver, onNext }: ThemeStepProps) {
  const { draft } = useDraft();
  const first = firstKinds(useKinds());
  const isStarted = hasStarted(draft);
  const fault = useFault();
  const estimate = useEstimateOfAll(isStarted || fault !== null ? [] : first.map((kind) => piecesRequest(draft, kind)));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (fault === null) onNext();
      }}
    >
      <StepTop
        deck={deck}
        {...FIRST_STEP}
        status={<BringBack />}
      />
      <ThemeChoice />
      <ToneChoice />
      <BriefChoice />
      <ActionBar hint={fault ?? estimateText(estimate)}>
        {isStarted && (
          <button type="button" className="button" onClick={onStartOver}>
            Start over
          </button>
        )}
        <button type="submit" className="button button--main" aria-disabled={fault !== null} aria-describedby={HINT_ID}>
          {isStarted ? "Continue" : `Write ${CARDS_IN_WORDS} ${first[0]?.many ?? "pieces"}`}
        </button>
      </ActionBar>
    </form>
  );
}

/** The way back after starting over, until something new is written. The jobs of the old draft are still running. */
function BringBack() {
  const { canBringBack, bringBack } = useStartOver();
  if (!canBringBack) return null;
  return (
    <p className="started-over" role="status">
      You have started over. Your last world is kept until you write new pieces.{" "}
      <button type="button" className="button" onClick={bringBack}>
        Undo
      </button>
    </p>
  );
}

/** Why the user cannot continue; null if nothing is wrong. */
function useFault(): string | null {
  const { theme, tone, premise } = useDraft().draft;
  const { lengthMax } = useRegistry();
  if (theme.trim() === "") return "Name your theme to continue.";
  const tooLong = Object.entries({ theme, tone, premise }).find(([field, text]) => excess(text, lengthMax(field)) > 0);
  return tooLong ? `Shorten the ${tooLong[0]} to continue.` : null;
}
