import { Component, type ErrorInfo, type ReactNode } from "react";

/** Shows a message if the page crashes. Running jobs are not lost by reloading it. */
export class Crash extends Component<{ children: ReactNode }, { hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError() {
    return { hasCrashed: true };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error("The page crashed.", error, info.componentStack);
  }

  override render() {
    if (!this.state.hasCrashed) return this.props.children;
    return (
      <div className="notice" role="alert">
        <p>
          Something went wrong. Reload the page: your choices and running jobs are kept. If it happens again, start over. Your
          saved worlds are kept.
        </p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Reload
        </button>{" "}
        <button type="button" className="button" onClick={startOver}>
          Start over
        </button>
      </div>
    );
  }
}

/** Clears this page's storage, but not the storage of other pages of the same origin, and loads its first address. */
function startOver(): void {
  try {
    const own = Object.keys(window.localStorage).filter((key) => key.startsWith("loresmith."));
    for (const key of own) window.localStorage.removeItem(key);
  } finally {
    window.location.replace(window.location.pathname);
  }
}
