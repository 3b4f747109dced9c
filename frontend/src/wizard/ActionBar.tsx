import type { ReactNode } from "react";

interface ActionBarProps {
  onBack?: () => void;
  /** What is missing before it can go on. */
  hint?: string;
  children: ReactNode;
}

/** Back and on; stays at the lower edge of the window, within a thumb's reach. */
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
