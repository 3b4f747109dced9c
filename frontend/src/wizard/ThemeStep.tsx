import { useState } from "react";
import { choiceOf } from "../draft/draft";
import { useDraft } from "../draft/DraftProvider";
import { piecesRequest } from "../draft/request";
import { estimateText, useEstimate } from "../jobs";
import { THEMES, TONES, type Theme } from "../lore/theme";
import { useKinds, useRegistry } from "../registry/registry";
import { ActionBar, HINT_ID } from "./ActionBar";
import { BriefChoice } from "./BriefChoice";
import { StepHeading } from "./StepHeading";
import "./themeStep.css";

export function ThemeStep({ onStartOver, onNext }: { onStartOver: () => void; onNext: () => void }) {
  const { draft } = useDraft();
  const [first] = useKinds();
  const hasStarted = first !== undefined && choiceOf(draft, first).cards.length > 0;
  const isMissing = draft.theme.trim() === "";
  const estimate = useEstimate(first === undefined || hasStarted || isMissing ? null : piecesRequest(draft, first));
  const start = () => {
    if (!isMissing) onNext();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <StepHeading title="Make a world" lead="Choose a theme. You pick the people, places and things; the story follows." />
      <ThemeChoice />
      <ToneChoice />
      <BriefChoice />
      <ActionBar hint={isMissing ? "Name your theme to continue." : estimateText(estimate)}>
        {hasStarted && (
          <button type="button" className="button" onClick={onStartOver}>
            Start over
          </button>
        )}
        <button type="submit" className="button button--main" aria-disabled={isMissing} aria-describedby={HINT_ID}>
          {hasStarted ? "Continue" : `Write three ${first?.many ?? "pieces"}`}
        </button>
      </ActionBar>
    </form>
  );
}

function ThemeChoice() {
  const { draft, dispatch } = useDraft();
  const { lengthMax } = useRegistry();
  const [isTyping, setTyping] = useState(false);
  const choose = (theme: string) => dispatch({ do: "choose-theme", theme });
  // While the user types "steampunk opera", the text is for a moment the name of a listed theme.
  const isOwn = isTyping || !THEMES.some(({ value }) => value === draft.theme);
  return (
    <fieldset className="themes">
      <legend className="visually-hidden">Theme</legend>
      {THEMES.map((theme) => (
        <ThemeCard key={theme.value} theme={theme} isChosen={!isOwn && theme.value === draft.theme} onChoose={choose} />
      ))}
      <div className="theme-card theme-card--own" data-theme="plain" data-chosen={isOwn}>
        <label className="theme-card__label" htmlFor="own-theme">
          Your own
        </label>
        <input
          id="own-theme"
          className="field"
          type="text"
          maxLength={lengthMax("theme")}
          placeholder="Deep-sea baroque"
          autoComplete="off"
          value={isOwn ? draft.theme : ""}
          onFocus={() => setTyping(isOwn)}
          onBlur={() => setTyping(false)}
          onChange={(event) => {
            setTyping(true);
            choose(event.target.value);
          }}
        />
      </div>
    </fieldset>
  );
}

interface ThemeCardProps {
  theme: Theme;
  isChosen: boolean;
  onChoose: (theme: string) => void;
}

function ThemeCard({ theme: { value, label, tagline }, isChosen, onChoose }: ThemeCardProps) {
  return (
    <label className="theme-card" data-theme={value} data-chosen={isChosen}>
      <input type="radio" name="theme" value={value} checked={isChosen} onChange={() => onChoose(value)} />
      <span className="theme-card__label">{label}</span>
      <span className="theme-card__tagline">{tagline}</span>
    </label>
  );
}

function ToneChoice() {
  const { draft, dispatch } = useDraft();
  const { lengthMax } = useRegistry();
  return (
    <div className="tone">
      <label htmlFor="tone">
        Tone <span className="quiet">(optional)</span>
      </label>
      <input
        id="tone"
        className="field"
        type="text"
        maxLength={lengthMax("tone")}
        placeholder="Any"
        autoComplete="off"
        value={draft.tone}
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
    </div>
  );
}
