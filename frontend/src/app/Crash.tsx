import { Component, type ErrorInfo, type ReactNode } from "react";

/** Says so when the page itself breaks: nothing of a running job is lost by loading it again. */
export class Crash extends Component<{ children: ReactNode }, { hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError() {
    return { hasCrashed: true };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error("The page broke.", error, info.componentStack);
  }

  override render() {
    if (!this.state.hasCrashed) return this.props.children;
    return (
      <div className="notice" role="alert">
        <p>
          The page broke. Load it again: your choices and running jobs are kept. If it breaks again, start over; saved worlds
          stay.
        </p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Load again
        </button>{" "}
        <button type="button" className="button" onClick={startOver}>
          Start over
        </button>
      </div>
    );
  }
}

/** From the first address, with nothing of this page remembered; other pages of the same origin keep theirs. */
function startOver(): void {
  try {
    const own = Object.keys(window.localStorage).filter((key) => key.startsWith("loresmith."));
    for (const key of own) window.localStorage.removeItem(key);
  } finally {
    window.location.replace(window.location.pathname);
  }
}
