import type { Search } from "@loresmith/jobs/library";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useUndoKey } from "../editing";
import { Notice } from "../kit/Notice";
import { ADDRESS } from "../kit/route";
import { useSettled } from "../kit/useSettled";
import { useTitle } from "../style/useTitle";
import { ChosenBar } from "./ChosenBar";
import { Filters } from "./Filters";
import "./library.css";
import { OwnPieceForm } from "./OwnPieceForm";
import { PieceItem } from "./PieceItem";
import { TrashHead } from "./TrashHead";
import { useChosen } from "./useChosen";
import { useLibrary } from "./useLibrary";

const SEARCH_KEY = ["library-search"];
/** How long the search must stay the same before the list is read again, milliseconds. */
const TYPING_MS = 300;

/** All pieces in the user's library: to find, read, edit, and make worlds of. */
export function LibraryPage() {
  useTitle("Library");
  useUndoKey();
  const [search, change] = useSearch();
  const [isWriting, setWriting] = useState(false);
  const chosen = useChosen();
  const settled = useSettled(search, TYPING_MS);
  return (
    <>
      <div className="library-head">
        <h1 className="page-title">{search.trash ? "Trash" : "Library"}</h1>
        {!search.trash && (
          <button type="button" className="button" aria-expanded={isWriting} onClick={() => setWriting(!isWriting)}>
            Write your own
          </button>
        )}
      </div>
      {isWriting && !search.trash && <OwnPieceForm onClose={() => setWriting(false)} />}
      {search.trash ? <TrashHead onLeave={() => change({})} /> : <Filters search={search} onChange={change} />}
      <Found search={settled} onClear={() => change(search.trash ? { trash: true } : {})} chosen={chosen} />
      {!search.trash && <ChosenBar chosen={chosen} />}
    </>
  );
}

/** The search is still there when the user comes back from another page. */
function useSearch(): [Search, (search: Search) => void] {
  const queryClient = useQueryClient();
  const [search, setSearch] = useState(() => queryClient.getQueryData<Search>(SEARCH_KEY) ?? {});
  const change = (next: Search) => {
    queryClient.setQueryData(SEARCH_KEY, next);
    setSearch(next);
  };
  return [search, change];
}

interface FoundProps {
  search: Search;
  onClear: () => void;
  chosen: ReturnType<typeof useChosen>;
}

function Found({ search, onClear, chosen }: FoundProps) {
  const { ids, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useLibrary(search);
  return (
    <>
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      {!ids && !error && <p className="empty">Loading your pieces...</p>}
      {ids?.length === 0 && <Nothing search={search} onClear={onClear} />}
      <ul className="library">
        {ids?.map((id) => (
          <li key={id}>
            <PieceItem id={id} isTrash={search.trash === true} chosen={chosen} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </button>
      )}
    </>
  );
}

function Nothing({ search, onClear }: { search: Search; onClear: () => void }) {
  const { q, tag, kind, favourite, canon, trash } = search;
  if (trash) return <p className="empty">The trash is empty.</p>;
  if ([q, tag, kind, favourite, canon].some(Boolean)) {
    return (
      <p className="empty">
        No pieces match.{" "}
        <button type="button" className="link" onClick={onClear}>
          Show all pieces
        </button>
      </p>
    );
  }
  return (
    <p className="empty">
      Your library is empty. It will keep everything that is written for you. <a href={ADDRESS.wizard}>Make a world</a>, or write your own
      piece.
    </p>
  );
}
