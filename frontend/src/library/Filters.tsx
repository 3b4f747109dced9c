import type { Search } from "@loresmith/jobs/library";
import { useId } from "react";
import { capitalized } from "../lore/kind";
import { useRegistry } from "../registry/registry";

interface FiltersProps {
  search: Search;
  onChange: (search: Search) => void;
}

/** What to look for in the library, and how to sort it. */
export function Filters({ search, onChange }: FiltersProps) {
  const { pieceKinds } = useRegistry();
  const set = (part: Partial<Search>) => onChange(withoutEmpty({ ...search, ...part }));
  const flag = (name: "favourite" | "canon", label: string) => (
    <button
      type="button"
      className="chip chip--button"
      aria-pressed={search[name] === true}
      onClick={() => onChange(withoutEmpty({ ...search, [name]: search[name] ? undefined : true }))}
    >
      {label}
    </button>
  );
  return (
    <search className="filters">
      <TextFilter label="Search" type="search" value={search.q} onChange={(q) => set({ q })} />
      <TextFilter label="Tag" type="text" value={search.tag} onChange={(tag) => set({ tag })} />
      <Choice label="Kind" value={search.kind} onChange={(kind) => set({ kind })}>
        <option value="">All kinds</option>
        {pieceKinds.map(({ key, many }) => (
          <option key={key} value={key}>
            {capitalized(many)}
          </option>
        ))}
      </Choice>
      <Choice label="Order" value={search.sort} onChange={(sort) => set({ sort: sort === "name" ? "name" : "newest" })}>
        <option value="newest">Newest first</option>
        <option value="name">By name</option>
      </Choice>
      <div className="chips filters__flags">
        {flag("favourite", "Favourites")}
        {flag("canon", "Canon")}
        <button type="button" className="chip chip--button" onClick={() => onChange({ trash: true })}>
          Trash
        </button>
      </div>
    </search>
  );
}

/** An empty text does not filter. */
function withoutEmpty(search: Record<string, unknown>): Search {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== ""));
}

interface FieldProps {
  label: string;
  value: string | undefined;
  onChange: (value: string) => void;
}

function TextFilter({ label, type, value = "", onChange }: FieldProps & { type: "search" | "text" }) {
  const id = useId();
  return (
    <div className="filters__field">
      <label htmlFor={id}>{label}</label>
      <input id={id} className="field" type={type} autoComplete="off" value={value} onChange={(event) => onChange(event.target.value)} />
    </div>
  );
}

function Choice({ label, value = "", onChange, children }: FieldProps & { children: React.ReactNode }) {
  const id = useId();
  return (
    <div className="filters__field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="field" value={value} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
    </div>
  );
}
