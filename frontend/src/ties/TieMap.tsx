import { Emblem } from "../emblem/Emblem";
import { attributesOf } from "../lore/language";
import { placesOf, type Place } from "./layout";
import type { Tie, Tied } from "./ties";
import { useState } from "react";
import "./ties.css";

export interface TiedPiece extends Tied {
  kind: string;
}

interface TieMapProps {
  pieces: readonly TiedPiece[];
  ties: readonly Tie[];
  onGo: (role: string) => void;
}

/** The pieces on an oval, with a line between those that are tied. `TieList` says the same in words. */
export function TieMap({ pieces, ties, onGo }: TieMapProps) {
  const [chosen, setChosen] = useState<string | null>(null);
  const places = placesOf(pieces.map(({ role }) => role), ties.map(({ from, to }) => [from, to] as const));
  const near = new Set(ties.filter(({ from, to }) => from === chosen || to === chosen).flatMap(({ from, to }) => [from, to]));
  return (
    <div className="tie-map" data-chosen={chosen !== null} style={{ "--pieces": pieces.length } as React.CSSProperties}>
      <Lines ties={ties} places={places} chosen={chosen} />
      {places.map((place) => {
        const piece = pieces.find(({ role }) => role === place.role);
        return piece && (
          <button
            key={place.role}
            type="button"
            className="tie-map__piece"
            data-near={near.has(place.role) || chosen === place.role}
            style={{ insetInlineStart: `${place.x * 100}%`, insetBlockStart: `${place.y * 100}%` }}
            onClick={() => onGo(place.role)}
            onPointerEnter={() => setChosen(place.role)}
            onPointerLeave={() => setChosen(null)}
            onFocus={() => setChosen(place.role)}
            onBlur={() => setChosen(null)}
          >
            <Emblem kind={piece.kind} name={piece.name} />
            <span className="visually-hidden">Go to </span>
            <span {...attributesOf(piece.language)}>{piece.name}</span>
          </button>
        );
      })}
    </div>
  );
}

function Lines({ ties, places, chosen }: { ties: readonly Tie[]; places: readonly Place[]; chosen: string | null }) {
  const at = new Map(places.map((place) => [place.role, place]));
  return (
    <svg className="tie-map__lines" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {ties.map(({ from, to, how }) => {
        const [start, end] = [at.get(from), at.get(to)];
        if (!start || !end) return null;
        const isNear = from === chosen || to === chosen;
        return <line key={`${from} ${to}`} data-by={how.by} data-near={isNear} x1={start.x} y1={start.y} x2={end.x} y2={end.y} />;
      })}
    </svg>
  );
}
