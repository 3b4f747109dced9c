import { useLibraryApi, type HistorySearch, type Period } from "@loresmith/jobs/library";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { usePastEmptyPages } from "../kit/usePastEmptyPages";

const PAGE_SIZE = 25;

export function useHistory(search: HistorySearch) {
  const api = useLibraryApi();
  const query = useInfiniteQuery({
    queryKey: ["history", search],
    queryFn: ({ pageParam, signal }) => api.listHistory(search, { cursor: pageParam, limit: PAGE_SIZE, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: keepPreviousData,
  });
  const records = query.data?.pages.flatMap((page) => page.found);
  const isEmptySoFar = usePastEmptyPages(query, records);
  return { ...query, records: isEmptySoFar ? undefined : records };
}

export function useUsage(period: Period) {
  const api = useLibraryApi();
  return useQuery({
    queryKey: ["usage", period],
    queryFn: ({ signal }) => api.readUsage(period, signal),
    placeholderData: keepPreviousData,
  });
}
