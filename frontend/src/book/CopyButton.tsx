import { useEffect, useState, type ReactNode } from "react";
import { copyText } from "./copyText";

interface CopyButtonProps {
  /** The text to copy. It is made when the button is pressed. */
  text: () => string;
  className?: string;
  children: ReactNode;
}

type Outcome = "copied" | "refused" | null;

/** How long the button says what has happened, milliseconds. */
const SHOWN_MS = 4_000;
const WORDS = { copied: "Copied", refused: "Your browser does not allow copying. Select the text instead." };

/** Copies a text to the clipboard, and says whether it worked. */
export function CopyButton({ text, className = "link", children }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<Outcome>(null);
  useEffect(() => {
    if (outcome === null) return undefined;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    void copyText(text()).then((isCopied) => setOutcome(isCopied ? "copied" : "refused"));
  };
  return (
    <span className="copy">
      <button type="button" className={className} onClick={copy}>
        {children}
      </button>
      <span role="status" className="copy__outcome">
        {outcome && WORDS[outcome]}
      </span>
    </span>
  );
}
