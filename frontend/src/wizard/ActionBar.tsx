import type { ReactNode } from "react";

/** The id of the hint, for the button that it describes. */
export const HINT_ID = "action-hint";

interface ActionBarProps {
  onBack?: () => void;
  /** What the user must do before continuing, or what the button will cost. */
  hint?: string;
  children: ReactNode;
}

/** The buttons to go back and to continue. The bar stays at the bottom of the window, within reach of the thumb. */
export function ActionBar({ onBack, hint, children }: ActionBarProps) {
  return (
    <div className="action-bar">
      <div className="action-bar__inner">
        {onBack ? (
          <button type="button" className="button button--quiet" onClick={onBack}>
            Back
          </button>
        ) : (
          <span />
        )}
        <p className="action-bar__hint" id={HINT_ID}>
          {hint}
        </p>
        {children}
      </div>
    </div>
  );
}
