import { useInfiniteQuery } from "@tanstack/react-query";
import type { World } from "../api/wire";
import { Notice } from "../kit/Notice";
import { ADDRESS, worldAddress } from "../kit/route";
import { useJobsClient } from "../jobs";
import { attributesOf } from "../lore/language";
import { lookOf, themeLabel } from "../lore/theme";
import { paragraphsOf } from "../lore/paragraphs";
import { dateText } from "../style/dateText";
import { useTitle } from "../style/useTitle";
import "./worlds.css";

/** The caller's worlds, newest first. */
export function WorldsPage() {
  const { api } = useJobsClient();
  useTitle("Worlds");
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["worlds"],
    queryFn: ({ pageParam, signal }) => api.listWorlds({ cursor: pageParam, limit: 20, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
  const worlds = data?.pages.flatMap((page) => page.worlds);
  return (
    <>
      <h1 className="page-title">Worlds</h1>
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      {!worlds && !error && <p className="empty">Loading your worlds...</p>}
      {worlds?.length === 0 && (
        <p className="empty">
          No worlds yet. <a href={ADDRESS.wizard}>Make the first</a>.
        </p>
      )}
      <ul className="worlds">
        {worlds?.map((world) => (
          <li key={world.id}>
            <WorldCard world={world} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show older worlds
        </button>
      )}
    </>
  );
}

function WorldCard({ world }: { world: World }) {
  const written = attributesOf(world.language);
  return (
    <a className="world-card" href={worldAddress(world.id)} data-theme={lookOf(world.theme)}>
      <span className="world-card__theme">{themeLabel(world.theme)}</span>
      <span className="world-card__title" {...written}>
        {world.title}
      </span>
      <span className="world-card__start" {...written}>
        {paragraphsOf(world.story)[0]}
      </span>
      <time dateTime={world.created_at}>{dateText(world.created_at)}</time>
    </a>
  );
}
