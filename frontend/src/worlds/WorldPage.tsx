import { useQuery } from "@tanstack/react-query";
import { ADDRESS } from "../app/route";
import { Notice } from "../app/Notice";
import { useJobsClient } from "../jobs";
import { useTitle } from "../style/useTitle";
import { useLook } from "../style/useLook";
import { WorldView } from "./WorldView";

/** A saved world, to read and to take along. */
export function WorldPage({ worldId }: { worldId: string }) {
  const { api } = useJobsClient();
  const { data, error, refetch } = useQuery({
    queryKey: ["world", worldId],
    queryFn: ({ signal }) => api.readWorld(worldId, signal),
    staleTime: Infinity,
  });
  useLook(data?.theme ?? "");
  useTitle(data?.title ?? "World");
  if (data) return <WorldView world={data} />;
  if (!error) return <p className="empty">Fetching the world...</p>;
  return (
    <>
      <Notice error={error} onRetry={() => void refetch()} />
      <p className="empty">
        <a href={ADDRESS.worlds}>All worlds</a>
      </p>
    </>
  );
}
