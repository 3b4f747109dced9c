import { useEffect } from "react";

/** What a list of pages says; the result of `useInfiniteQuery` is one. */
interface Pages {
  data: { pages: readonly unknown[] } | undefined;
  hasNextPage: boolean;
  isFetching: boolean;
  isError: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/**
 * Asks for further pages until something is found: the API reads a limited number of items for a page, so a page may be
 * empty although more follow. Returns true while nothing is found and more may follow. `found`: all items so far.
 */
export function usePastEmptyPages(pages: Pages, found: readonly unknown[] | undefined): boolean {
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = pages;
  const isEmptySoFar = found?.length === 0 && hasNextPage;
  const isDue = isEmptySoFar && !isFetching && !isError;
  const pageCount = data?.pages.length;
  useEffect(() => {
    if (isDue) void fetchNextPage();
  }, [isDue, pageCount, fetchNextPage]);
  return isEmptySoFar;
}
