import { Refused } from "@loresmith/jobs";
import { useLibraryApi } from "@loresmith/jobs/library";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Notice } from "../kit/Notice";
import { useTitle } from "../style/useTitle";
import { PlayersView } from "./PlayersView";

/** What the owner of a world shows to players. It needs no token, and has no way to change anything. */
export function SharedPage({ token }: { token: string }) {
  const api = useLibraryApi();
  const { data, error, refetch } = useQuery({
    queryKey: ["shared", token],
    queryFn: ({ signal }) => api.readShared(token, signal),
  });
  useTitle(data?.title ?? "A shared world");
  usePrivacy();
  // Even with what was read before: the owner has taken it back.
  if (error instanceof Refused && error.status === 404) return <NotShared />;
  if (data) return <PlayersView world={data} kinds={[]} />;
  if (error) return <Notice error={error} onRetry={() => void refetch()} />;
  return <p className="empty">Loading the world...</p>;
}

function NotShared() {
  return (
    <>
      <h1 className="page-title">This link shows nothing</h1>
      <p className="empty">Its owner has taken it back, or the address is not complete. Ask the person who sent it to you.</p>
    </>
  );
}

/** Keeps the page out of search engines, and its address out of the requests to other sites. */
function usePrivacy(): void {
  useEffect(() => {
    const added = [metaOf("robots", "noindex, nofollow"), metaOf("referrer", "no-referrer")];
    document.head.append(...added);
    return () => {
      for (const element of added) element.remove();
    };
  }, []);
}

function metaOf(name: string, content: string): HTMLMetaElement {
  return Object.assign(document.createElement("meta"), { name, content });
}
