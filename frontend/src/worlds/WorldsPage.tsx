import { useLibraryApi, type KeptWorld } from "@loresmith/jobs/library";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Notice } from "../kit/Notice";
import { ADDRESS } from "../kit/route";
import { useKeptFocus } from "../kit/useKeptFocus";
import { usePastEmptyPages } from "../kit/usePastEmptyPages";
import { useSettled } from "../kit/useSettled";
import { useTitle } from "../style/useTitle";
import { WorldCard } from "./WorldCard";
import { TrashedWorld } from "./TrashedWorld";
import { KEPT_DAYS } from "./trash";
import { NO_FILTER, searchOf, WorldFilter, type Filter } from "./WorldFilter";
import "./worlds.css";

/** The key of every list of worlds. */
export const WORLDS_KEY = ["worlds"] as const;
/** How long the search must stay the same before the API is asked, milliseconds. */
const QUIET_MS = 300;

/** The caller's worlds: all, those that match a search, or those in the trash. */
export function WorldsPage() {
  useTitle("Worlds");
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const { worlds, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useWorlds(filter);
  const part = useKeptFocus(`${filter.tag} ${worlds?.length} ${hasNextPage}`);
  return (
    <div className="worlds-page" ref={part} tabIndex={-1}>
      <h1 className="page-title">Worlds</h1>
      <WorldFilter filter={filter} onFilter={setFilter} />
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      {!worlds && !error && <p className="empty">Loading your worlds...</p>}
      {worlds && <Found worlds={worlds} filter={filter} onTag={(tag) => setFilter({ ...NO_FILTER, tag })} />}
      {hasNextPage && (
        <button type="button" className="button" aria-disabled={isFetchingNextPage} onClick={() => !isFetchingNextPage && void fetchNextPage()}>
          Show more
        </button>
      )}
    </div>
  );
}

function useWorlds(filter: Filter) {
  const api = useLibraryApi();
  const settled = useSettled(filter, QUIET_MS);
  const search = searchOf(settled);
  const query = useInfiniteQuery({
    queryKey: [...WORLDS_KEY, search],
    queryFn: ({ pageParam, signal }) => api.findWorlds(search, { cursor: pageParam, limit: 20, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: keepPreviousData,
  });
  const worlds = query.data?.pages.flatMap(({ found }) => found);
  const isEmptySoFar = usePastEmptyPages(query, worlds);
  // Until the API has answered, what the last search found stays, unless it says something that may not be true of this one.
  const isOfLast = query.isPlaceholderData || settled !== filter;
  const areInTrash = worlds?.[0]?.deleted_at !== null;
  const isMisleading = isOfLast && (worlds?.length === 0 || areInTrash !== filter.trash);
  return { ...query, worlds: isEmptySoFar || isMisleading ? undefined : worlds };
}

interface FoundProps {
  worlds: readonly KeptWorld[];
  filter: Filter;
  onTag: (tag: string) => void;
}

function Found({ worlds, filter, onTag }: FoundProps) {
  if (worlds.length === 0) return <Nothing filter={filter} />;
  if (filter.trash) {
    return (
      <>
        <p className="empty">After {KEPT_DAYS} days in the trash, a world is deleted for good.</p>
        <ul className="trashed">
          {worlds.map((world) => (
            <TrashedWorld key={world.id} world={world} />
          ))}
        </ul>
      </>
    );
  }
  return (
    <ul className="worlds">
      {worlds.map((world) => (
        <li key={world.id}>
          <WorldCard world={world} onTag={onTag} />
        </li>
      ))}
    </ul>
  );
}

function Nothing({ filter }: { filter: Filter }) {
  if (filter.trash) return <p className="empty">The trash has no worlds.</p>;
  const isNarrowed = filter.q.trim() !== "" || filter.tag !== "" || filter.favourite;
  if (isNarrowed) return <p className="empty">No world matches. Change the search above.</p>;
  return (
    <p className="empty">
      No worlds yet. <a href={ADDRESS.wizard}>Make the first</a>.
    </p>
  );
}
