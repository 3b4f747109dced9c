import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Search } from "../api/libraryWire";
import { useDesk } from "../editing";
import { useJobsClient } from "../jobs";

/** The key of every list of pieces. */
export const PIECES_KEY = ["pieces"] as const;
const PAGE_SIZE = 24;

/** The ids of the pieces that a search finds. `useDocument` has the pieces. */
export function useLibrary(search: Search) {
  const { api } = useJobsClient();
  const desk = useDesk();
  const query = useInfiniteQuery({
    queryKey: [...PIECES_KEY, search],
    queryFn: async ({ pageParam, signal }) => {
      const page = await api.listPieces(search, { cursor: pageParam, limit: PAGE_SIZE, signal });
      desk.learn("pieces", page.found);
      return { ids: page.found.map(({ id }) => id), next_cursor: page.next_cursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: keepPreviousData,
  });
  const ids = query.data?.pages.flatMap((page) => page.ids);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  // The API reads a bounded number of pieces for a page, so a page may be empty although others follow.
  const isEmptySoFar = ids?.length === 0 && hasNextPage && !isFetching;
  useEffect(() => {
    if (isEmptySoFar) void fetchNextPage();
  }, [isEmptySoFar, fetchNextPage]);
  return { ...query, ids: isEmptySoFar ? undefined : ids };
}
