import { useLibraryApi } from "@loresmith/jobs/library";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useDraft } from "../draft/DraftProvider";

/** The most pieces that a job takes as canon. */
const CANON_MAX = 5;

/** Keeps the draft's canon up to date with the library: the newest pieces that are marked as canon. */
export function useCanon(): void {
  const api = useLibraryApi();
  const { dispatch } = useDraft();
  const { data } = useQuery({
    queryKey: ["canon"],
    queryFn: async ({ signal }) => (await api.listPieces({ canon: true }, { limit: CANON_MAX, signal })).found,
  });
  useEffect(() => {
    if (data) dispatch({ do: "set-canon", canon: data.map(({ id, name }) => ({ id, name })) });
  }, [data, dispatch]);
}
