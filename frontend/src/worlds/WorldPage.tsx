import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { ADDRESS, navigate } from "../kit/route";
import { Notice } from "../kit/Notice";
import { useDraft, useStartOver } from "../draft/DraftProvider";
import { useJobsClient } from "../jobs";
import { useTitle } from "../style/useTitle";
import { useLook } from "../kit/useLook";
import { WorldView } from "./WorldView";

/** A saved world, to read or to download. */
export function WorldPage({ worldId }: { worldId: string }) {
  const { api } = useJobsClient();
  const { data, error, refetch } = useQuery({
    queryKey: ["world", worldId],
    queryFn: ({ signal }) => api.readWorld(worldId, signal),
    staleTime: Infinity,
  });
  useLook(data?.theme ?? "");
  useTitle(data?.title ?? "World");
  useEffect(() => {
    window.scrollTo({ top: 0 });
  }, []);
  if (data) {
    return (
      <>
        <WorldView world={data} />
        <Another worldId={worldId} />
      </>
    );
  }
  if (!error) return <p className="empty">Loading the world...</p>;
  return (
    <>
      <Notice error={error} onRetry={() => void refetch()} />
      <p className="empty">
        <a href={ADDRESS.worlds}>All worlds</a>
      </p>
    </>
  );
}

/** A button to make the next world, below the world that was just made. */
function Another({ worldId }: { worldId: string }) {
  const { draft } = useDraft();
  const { startOver } = useStartOver();
  if (draft.worldId !== worldId) return null;
  const start = () => {
    startOver();
    navigate(ADDRESS.wizard);
  };
  return (
    <p className="world-end">
      <button type="button" className="button button--main" onClick={start}>
        Make another world
      </button>
    </p>
  );
}
