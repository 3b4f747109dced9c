import { useLibraryApi, type Search } from "@loresmith/jobs/library";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useDesk } from "../editing";
import { usePastEmptyPages } from "../kit/usePastEmptyPages";

/** The key of every list of pieces. */
export const PIECES_KEY = ["pieces"] as const;
const PAGE_SIZE = 24;

/** The ids of the pieces that a search finds. `useDocument` has the pieces. */
export function useLibrary(search: Search) {
  const api = useLibraryApi();
  const desk = useDesk();
  const query = useInfiniteQuery({
    queryKey: [...PIECES_KEY, search] as const,
    queryFn: async ({ pageParam, signal }) => {
      const page = await api.listPieces(search, { cursor: pageParam, limit: PAGE_SIZE, signal });
      desk.learn("pieces", page.found);
      return { ids: page.found.map(({ id }) => id), next_cursor: page.next_cursor };
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: (previous, query) => (query?.queryKey[1].trash === search.trash ? previous : undefined),
  });
  // A piece whose name changes while the list is read may be found twice.
  const ids = query.data && [...new Set(query.data.pages.flatMap((page) => page.ids))];
  const isEmptySoFar = usePastEmptyPages(query, ids);
  return { ...query, ids: isEmptySoFar ? undefined : ids };
}
