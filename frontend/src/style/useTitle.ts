import { useEffect } from "react";

/** What the window's title says: what is going on, if anything, and the page. */
const shown = { news: "", page: "" };

/** Sets the title of the window. */
export function useTitle(title: string): void {
  useEffect(() => {
    show({ page: title });
  }, [title]);
}

/** Puts the news before the title, on every page: "(43%)". Nothing if it is empty. */
export function useTitleNews(news: string): void {
  useEffect(() => {
    show({ news });
    return () => show({ news: "" });
  }, [news]);
}

function show(change: Partial<typeof shown>): void {
  Object.assign(shown, change);
  document.title = `${shown.news} ${shown.page} · LoreSmith`.trim();
}
