import type { ReactNode } from "react";

interface ActionBarProps {
  onBack?: () => void;
  /** What the user must do before continuing. */
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
        <p className="action-bar__hint">{hint}</p>
        {children}
      </div>
    </div>
  );
}
