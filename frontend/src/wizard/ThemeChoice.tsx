import { useState } from "react";
import { useDraft } from "../draft/DraftProvider";
import { THEMES, type Theme } from "../lore/theme";
import { LengthNote, useLimit } from "./LimitedText";

/** The listed themes, and a field for any other. */
export function ThemeChoice() {
  const { draft, dispatch } = useDraft();
  const [isTyping, setTyping] = useState(false);
  const choose = (theme: string) => dispatch({ do: "choose-theme", theme });
  // While the user types "steampunk opera", the text is for a moment the name of a listed theme.
  const isOwn = isTyping || !THEMES.some(({ value }) => value === draft.theme);
  const text = isOwn ? draft.theme : "";
  const limit = useLimit({ field: "theme", text });
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
          placeholder="Deep-sea baroque"
          autoComplete="off"
          value={text}
          {...limit}
          onFocus={() => setTyping(isOwn)}
          onBlur={() => setTyping(false)}
          onChange={(event) => {
            setTyping(true);
            choose(event.target.value);
          }}
        />
        <LengthNote field="theme" text={text} />
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
