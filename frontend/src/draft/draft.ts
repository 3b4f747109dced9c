/** The world that is being made: what was chosen, what there is to choose from, and how far the maker is. */

import type { Job, Piece } from "../api/wire";
import { adjustmentsOf } from "../jobs";
import { KINDS, type KindKey } from "../lore/kind";
import { themeLabel } from "../lore/theme";

export type Step = "theme" | KindKey | "world";

export const STEPS: readonly Step[] = ["theme", ...KINDS.map(({ key }) => key), "world"];

export interface Card {
  /** The same after a reload and in every tab. */
  id: string;
  piece: Piece;
  /** What was adjusted in the piece. */
  note?: string | undefined;
}

export interface Stage {
  cards: Card[];
  /** Id of the card that was picked. */
  picked: string | null;
  /** Every name that was proposed, so that none comes twice; the newest last. */
  seen: string[];
  /** The job that wrote the cards, and the names of all its pieces: other cards may have taken their places since. */
  jobId: string | null;
  written: string[];
  /** What the cards were written to fit (`fitOf`), and what those that are being written are to fit. */
  fits: string;
  asked: string;
}

export interface Draft {
  id: string;
  theme: string;
  tone: string;
  title: string;
  step: Step;
  stages: Record<KindKey, Stage>;
  /** The world, once it was made. */
  worldId: string | null;
}

/** What there is to know of a job that has written cards. */
type WritingJob = Pick<Job, "id" | "retry_of" | "items" | "warnings">;

export type DraftAction =
  | { do: "choose-theme"; theme: string }
  | { do: "choose-tone"; tone: string }
  | { do: "name-world"; title: string }
  | { do: "go"; step: Step }
  | { do: "ask"; kind: KindKey }
  | { do: "fill"; kind: KindKey; job: WritingJob; pieces: Piece[] }
  | { do: "replace"; kind: KindKey; cardId: string; job: WritingJob; piece: Piece }
  | { do: "pick"; kind: KindKey; cardId: string }
  | { do: "finish"; worldId: string }
  | { do: "start-over"; id: string };

/** The API takes no more names to avoid. */
const SEEN_MAX = 100;

export function newDraft(id: string): Draft {
  const stages = { character: newStage(), faction: newStage(), setting: newStage(), event: newStage(), relic: newStage() };
  return { id, theme: "fantasy", tone: "", title: "", step: "theme", stages, worldId: null };
}

function newStage(): Stage {
  return { cards: [], picked: null, seen: [], jobId: null, written: [], fits: "", asked: "" };
}

export function change(draft: Draft, action: DraftAction): Draft {
  switch (action.do) {
    case "choose-theme":
      return { ...draft, theme: action.theme, worldId: null };
    case "choose-tone":
      return { ...draft, tone: action.tone, worldId: null };
    case "name-world":
      return { ...draft, title: action.title, worldId: null };
    case "go":
      return { ...draft, step: action.step };
    case "ask":
      return withStage(draft, action.kind, (stage) => ({ ...stage, asked: fitOf(draft, action.kind) }));
    case "fill":
      return withStage(draft, action.kind, (stage) => filled(stage, action.job, action.pieces));
    case "replace":
      return withStage(draft, action.kind, (stage) => replaced(stage, action));
    case "pick":
      return { ...withStage(draft, action.kind, (stage) => ({ ...stage, picked: action.cardId })), worldId: null };
    case "finish":
      return { ...draft, worldId: action.worldId };
    case "start-over":
      return newDraft(action.id);
  }
}

export function pickedPiece(draft: Draft, kind: KindKey): Piece | null {
  const { cards, picked } = draft.stages[kind];
  return cards.find(({ id }) => id === picked)?.piece ?? null;
}

/** Stands for the theme and everything that is picked: what is made of others is another world. */
export function picksOf(draft: Draft): string {
  return [draft.theme.trim(), ...KINDS.map(({ key }) => draft.stages[key].picked ?? "")].join(" ");
}

/** Names of the earlier choices that pieces of this kind are written to fit. */
export function contextNames(draft: Draft, kind: KindKey): string {
  const context = KINDS.find(({ key }) => key === kind)?.context ?? {};
  return Object.values(context).map((needed) => pickedPiece(draft, needed)?.name ?? "").filter(Boolean).join(" and ");
}

/** What pieces of this kind are to fit now: the theme, its tone, and the earlier choices. */
export function fitOf(draft: Draft, kind: KindKey): string {
  const tone = draft.tone.trim();
  const theme = tone === "" ? themeLabel(draft.theme) : `${themeLabel(draft.theme)} (${tone})`;
  const names = contextNames(draft, kind);
  return names === "" ? theme : `${theme}, ${names}`;
}

/** Whether a step can be gone to: there is a theme, and everything before it is chosen, or it has been there already. */
export function isReachable(draft: Draft, step: Step): boolean {
  if (step === "theme") return true;
  if (draft.theme.trim() === "") return false;
  const before = STEPS.slice(1, STEPS.indexOf(step)) as KindKey[];
  if (before.every((kind) => pickedPiece(draft, kind) !== null)) return true;
  return step !== "world" && draft.stages[step].cards.length > 0;
}

function withStage(draft: Draft, kind: KindKey, update: (stage: Stage) => Stage): Draft {
  return { ...draft, stages: { ...draft.stages, [kind]: update(draft.stages[kind]) } };
}

/**
 * A job's pieces are laid out once, however many tabs hear of them. Where it is a retry of the job that wrote the cards,
 * it has all that job's pieces: the cards and the pick stay, and what was missing is added.
 */
function filled(stage: Stage, job: WritingJob, pieces: Piece[]): Stage {
  const { id, retry_of, items } = job;
  if (stage.jobId === id) return stage;
  const names = pieces.map(({ name }) => name);
  // Told by the names: between the two jobs there may have been others, which came to nothing.
  const goesOn = retry_of !== null && stage.written.every((name) => names.includes(name));
  const { cards, picked, written } = goesOn ? stage : newStage();
  const laid = cardsOf(job, pieces);
  const added = laid.filter(({ piece }) => !written.includes(piece.name));
  const seen = withNames(stage.seen, [...pieces, ...items]);
  return { ...stage, cards: [...cards, ...added], picked, jobId: id, written: names, fits: stage.asked, seen };
}

function cardsOf(job: WritingJob, pieces: Piece[]): Card[] {
  const notes = adjustmentsOf(job);
  return pieces.map((piece, index) => ({ id: `${job.id}:${index}`, piece, note: notes.get(index) }));
}

function replaced(stage: Stage, { cardId, job, piece }: { cardId: string; job: WritingJob; piece: Piece }): Stage {
  const [card] = cardsOf(job, [piece]);
  const cards = stage.cards.map((old) => (old.id === cardId && card ? card : old));
  const picked = stage.picked === cardId ? null : stage.picked;
  return { ...stage, cards, picked, seen: withNames(stage.seen, [piece]) };
}

function withNames(seen: string[], pieces: { name: string | null }[]): string[] {
  return [...new Set([...seen, ...pieces.flatMap(({ name }) => name ?? [])])].slice(-SEEN_MAX);
}
