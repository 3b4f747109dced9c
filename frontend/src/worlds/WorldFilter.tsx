import type { Search } from "@loresmith/jobs/library";

export interface Filter {
  /** The words to find; "" for all worlds. */
  q: string;
  /** "" for all tags. */
  tag: string;
  favourite: boolean;
  trash: boolean;
  sort: "newest" | "name";
}

export const NO_FILTER: Filter = { q: "", tag: "", favourite: false, trash: false, sort: "newest" };

export function searchOf({ q, tag, favourite, trash, sort }: Filter): Search {
  return {
    ...(q.trim() ? { q: q.trim() } : {}),
    ...(tag ? { tag } : {}),
    ...(favourite ? { favourite } : {}),
    ...(trash ? { trash } : {}),
    ...(sort === "name" ? { sort } : {}),
  };
}

interface WorldFilterProps {
  filter: Filter;
  onFilter: (filter: Filter) => void;
}

/** Which worlds are shown, and in which order. */
export function WorldFilter({ filter, onFilter }: WorldFilterProps) {
  const change = (changed: Partial<Filter>) => onFilter({ ...filter, ...changed });
  const { q, tag, favourite, trash, sort } = filter;
  return (
    <search className="filter">
      <input type="search" className="field" aria-label="Search your worlds" placeholder="Search your worlds" autoComplete="off" value={q} onChange={({ target }) => change({ q: target.value })} />
      <div className="chips">
        <button type="button" className="chip chip--button" aria-pressed={favourite} onClick={() => change({ favourite: !favourite })}>
          Favourites
        </button>
        <button type="button" className="chip chip--button" aria-pressed={sort === "name"} onClick={() => change({ sort: sort === "name" ? "newest" : "name" })}>
          A to Z
        </button>
        <button type="button" className="chip chip--button" aria-pressed={trash} onClick={() => change({ trash: !trash })}>
          Trash
        </button>
        {tag && (
          <button type="button" className="chip chip--button" aria-pressed="true" onClick={() => change({ tag: "" })}>
            <span className="visually-hidden">Only with the tag </span>
            <bdi>{tag}</bdi> <span aria-hidden="true">×</span>
          </button>
        )}
      </div>
    </search>
  );
}
