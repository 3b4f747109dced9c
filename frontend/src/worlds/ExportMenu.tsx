import { asApiError } from "@loresmith/jobs";
import { useLibraryApi, type ExportFormat, type ExportView } from "@loresmith/jobs/library";
import { useMutation } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { useClosing } from "../book/useClosing";
import { download } from "./download";
import { fileNameOf } from "./fileName";

interface Format {
  format: ExportFormat;
  label: string;
  /** What it is for. */
  use: string;
  extension: string;
}

const FORMATS: readonly Format[] = [
  { format: "markdown", label: "Markdown", use: "one text, for any editor", extension: "md" },
  { format: "obsidian", label: "Obsidian", use: "linked notes, in a zip file", extension: "zip" },
  { format: "foundry", label: "Foundry VTT", use: "a journal to import", extension: "json" },
  { format: "html", label: "HTML", use: "one page to print or to send", extension: "html" },
  { format: "json", label: "JSON", use: "all data, for programs", extension: "json" },
];

interface ExportMenuProps {
  world: { id: string; title: string };
}

/** Downloads the world in a format that another program reads. */
export function ExportMenu({ world }: ExportMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const id = useId();
  useClosing(menu, isOpen, () => setOpen(false));
  return (
    <div className="menu" ref={menu}>
      <button type="button" className="button" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
        Export
      </button>
      <div className="menu__panel" id={id} hidden={!isOpen}>
        <Choices world={world} />
      </div>
    </div>
  );
}

function Choices({ world }: ExportMenuProps) {
  const api = useLibraryApi();
  const [view, setView] = useState<ExportView>("all");
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: async ({ format, extension }: Format) => {
      const { name, content } = await api.exportWorld(world.id, format, view);
      const fileName = name ?? `${fileNameOf(world.title)}.${extension}`;
      download(fileName, content);
      return fileName;
    },
  });
  return (
    <>
      <ViewChoice view={view} onChoose={setView} />
      <ul className="menu__list">
        {FORMATS.map((each) => (
          <li key={each.format}>
            <button type="button" className="menu__entry" aria-disabled={isPending} onClick={() => !isPending && mutate(each)}>
              <span className="menu__label">{each.label}</span> <span className="quiet">{each.use}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="menu__news" role="status">
        {isPending && "Preparing the file..."}
        {!isPending && data !== undefined && `Downloaded ${data}.`}
      </p>
      {error && (
        <p className="menu__fault" role="alert">
          {asApiError(error).message}
        </p>
      )}
    </>
  );
}

const VIEWS: readonly (readonly [ExportView, string])[] = [
  ["all", "Everything"],
  ["players", "What players may see"],
];

function ViewChoice({ view, onChoose }: { view: ExportView; onChoose: (view: ExportView) => void }) {
  const name = useId();
  return (
    <fieldset className="menu__views">
      <legend className="visually-hidden">What to export</legend>
      {VIEWS.map(([value, label]) => (
        <label key={value}>
          <input type="radio" name={name} checked={view === value} onChange={() => onChoose(value)} /> {label}
        </label>
      ))}
    </fieldset>
  );
}
