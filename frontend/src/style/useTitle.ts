import { useEffect } from "react";

/** The window's title: news of the jobs, if any, and the name of the page. */
const shown = { news: "", page: "" };

/** Sets the title of the window. */
export function useTitle(title: string): void {
  useEffect(() => {
    show({ page: title });
  }, [title]);
}

/** Puts the news before the title on every page: "(43%)". Empty: no news. */
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
