import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { HistorySearch, Period } from "../api/libraryWire";
import { useJobsClient } from "../jobs";

const PAGE_SIZE = 25;

export function useHistory(search: HistorySearch) {
  const { api } = useJobsClient();
  const query = useInfiniteQuery({
    queryKey: ["history", search],
    queryFn: ({ pageParam, signal }) => api.listHistory(search, { cursor: pageParam, limit: PAGE_SIZE, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: keepPreviousData,
  });
  const records = query.data?.pages.flatMap((page) => page.found);
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  // The API reads a limited number of records for a page, so a page may be empty although more follow.
  const isEmptySoFar = records?.length === 0 && hasNextPage && !isFetching && !isError;
  useEffect(() => {
    if (isEmptySoFar) void fetchNextPage();
  }, [isEmptySoFar, fetchNextPage]);
  return { ...query, records: records?.length === 0 && hasNextPage ? undefined : records };
}

export function useUsage(period: Period) {
  const { api } = useJobsClient();
  return useQuery({
    queryKey: ["usage", period],
    queryFn: ({ signal }) => api.readUsage(period, signal),
    placeholderData: keepPreviousData,
  });
}
