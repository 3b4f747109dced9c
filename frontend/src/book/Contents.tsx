import { useId, useRef, useState } from "react";
import { Emblem } from "../emblem/Emblem";
import { attributesOf } from "../lore/language";
import { hitsOf } from "./hits";
import { nameOf, type Section } from "./readable";
import { useClosing } from "./useClosing";
import type { Reading } from "./useReading";
import "./contents.css";

interface ContentsProps {
  sections: readonly Section[];
  reading: Reading;
  /** What is searched for. */
  wanted: string;
  onWant: (wanted: string) => void;
}

/** The way to every section: at the side of a wide window, else a bar at the bottom that opens a list. With a search. */
export function Contents({ sections, reading, wanted, onWant }: ContentsProps) {
  const [isOpen, setOpen] = useState(false);
  const nav = useRef<HTMLElement>(null);
  const panel = useId();
  useClosing(nav, isOpen, () => setOpen(false));
  const go = (id: string) => {
    setOpen(false);
    reading.go(id);
  };
  return (
    <nav className="contents" aria-label="Contents" data-open={isOpen} ref={nav}>
      <div className="contents__panel" id={panel}>
        <Search wanted={wanted} onWant={onWant} />
        {wanted.trim() === "" ? (
          <SectionList sections={sections} current={reading.current} onGo={go} />
        ) : (
          <Hits sections={sections} wanted={wanted} onGo={go} />
        )}
      </div>
      <Bar sections={sections} current={reading.current} onGo={go} isOpen={isOpen} onToggle={() => setOpen(!isOpen)} panel={panel} />
    </nav>
  );
}

function Search({ wanted, onWant }: Pick<ContentsProps, "wanted" | "onWant">) {
  const id = useId();
  return (
    <div className="contents__search">
      <label className="visually-hidden" htmlFor={id}>
        Search in this world
      </label>
      <input id={id} type="search" className="field" placeholder="Search in this world" autoComplete="off" value={wanted} onChange={({ target }) => onWant(target.value)} />
    </div>
  );
}

interface GoProps {
  sections: readonly Section[];
  onGo: (sectionId: string) => void;
}

function SectionList({ sections, current, onGo }: GoProps & { current: string | null }) {
  return (
    <ol className="contents__list">
      {sections.map((section) => (
        <li key={section.id}>
          <button type="button" className="contents__entry" aria-current={section.id === current ? "true" : undefined} onClick={() => onGo(section.id)}>
            <Mark section={section} />
            <Name section={section} />
          </button>
        </li>
      ))}
    </ol>
  );
}

function Hits({ sections, wanted, onGo }: GoProps & { wanted: string }) {
  const hits = hitsOf(sections, wanted);
  const total = hits.reduce((sum, { count }) => sum + count, 0);
  return (
    <>
      <p className="contents__count" role="status">
        {total === 0 ? `Nothing in this world has “${wanted.trim()}”.` : `Found ${total === 1 ? "once" : `${total} times`}.`}
      </p>
      <ol className="contents__list">
        {hits.map(({ section, count, before, match, after }) => (
          <li key={section.id}>
            <button type="button" className="contents__entry contents__entry--hit" onClick={() => onGo(section.id)}>
              <Mark section={section} />
              <span>
                <span className="contents__where">
                  <bdi>{nameOf(section)}</bdi>
                  {count > 1 && ` (${count})`}
                </span>
                <span className="contents__excerpt" {...attributesOf(section.language)}>
                  {before}
                  <mark>{match}</mark>
                  {after}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}

function Mark({ section: { piece } }: { section: Section }) {
  return piece ? <Emblem className="contents__mark" kind={piece.kind} name={piece.piece.name ?? ""} /> : <span className="contents__mark" />;
}

function Name({ section }: { section: Section }) {
  const { title, label, language } = section;
  return (
    <span className="contents__name">
      {title !== null && <span className="contents__label">{label}</span>}
      <span {...(title === null ? {} : attributesOf(language))}>{nameOf(section)}</span>
    </span>
  );
}

interface BarProps extends GoProps {
  current: string | null;
  isOpen: boolean;
  onToggle: () => void;
  panel: string;
}

/** The previous section, the list of all, and the next section. */
function Bar({ sections, current, onGo, isOpen, onToggle, panel }: BarProps) {
  const at = sections.findIndex(({ id }) => id === current);
  const shown = sections[at];
  return (
    <div className="contents__bar">
      <Step to={sections[at - 1]} way="Previous" onGo={onGo} />
      <button type="button" className="contents__toggle" aria-expanded={isOpen} aria-controls={panel} onClick={onToggle}>
        <span className="contents__here">
          <span className="visually-hidden">Contents, now: </span>
          {shown ? <bdi>{nameOf(shown)}</bdi> : "Contents"}
        </span>
      </button>
      <Step to={sections[at + 1]} way="Next" onGo={onGo} />
    </div>
  );
}

function Step({ to, way, onGo }: { to: Section | undefined; way: "Previous" | "Next"; onGo: (sectionId: string) => void }) {
  const label = to ? `${way}: ${nameOf(to)}` : `${way}: none`;
  return (
    <button type="button" className="contents__step" data-way={way} aria-label={label} title={label} aria-disabled={!to} onClick={() => to && onGo(to.id)} />
  );
}
