/** The world that is being made: what was chosen, what there is to choose from, and the step that is shown. */

import type { Job, Piece } from "../api/wire";
import { adjustmentsOf } from "../jobs";
import type { Kind } from "../lore/kind";
import { themeLabel } from "../lore/theme";

/** "theme", the key of a kind, or "world". */
export type Step = string;

export interface Card {
  /** Equal after a reload and in every tab. */
  id: string;
  piece: Piece;
  /** What the API adjusted in the piece. */
  note?: string | undefined;
}

export interface Stage {
  cards: Card[];
  /** Id of the card that was picked. */
  picked: string | null;
  /** Every name so far, so that none comes twice; the newest last. */
  seen: string[];
  /** The job that wrote the cards, and the names of all its pieces. Other cards may have replaced some of them. */
  jobId: string | null;
  written: string[];
  /** What the cards were written to fit (`fitOf`), and what the next ones are to fit. */
  fits: string;
  asked: string;
}

export interface Draft {
  id: string;
  theme: string;
  tone: string;
  title: string;
  step: Step;
  /** Key of a kind → its stage; a kind without one has no cards yet. */
  stages: Readonly<Record<string, Stage | undefined>>;
  /** The world, once it is made. */
  worldId: string | null;
}

/** What a draft needs to know of a job that wrote cards. */
type WritingJob = Pick<Job, "id" | "retry_of" | "items" | "warnings">;

export type DraftAction =
  | { do: "choose-theme"; theme: string }
  | { do: "choose-tone"; tone: string }
  | { do: "name-world"; title: string }
  | { do: "go"; step: Step }
  | { do: "ask"; kind: Kind }
  | { do: "fill"; kind: Kind; job: WritingJob; pieces: Piece[] }
  | { do: "replace"; kind: Kind; cardId: string; job: WritingJob; piece: Piece }
  | { do: "pick"; kind: Kind; cardId: string }
  | { do: "finish"; worldId: string }
  | { do: "start-over"; id: string };

/** The most names to avoid that the API takes. */
const SEEN_MAX = 100;

export function newDraft(id: string): Draft {
  return { id, theme: "fantasy", tone: "", title: "", step: "theme", stages: {}, worldId: null };
}

const NEW_STAGE: Stage = { cards: [], picked: null, seen: [], jobId: null, written: [], fits: "", asked: "" };

export function stageOf(draft: Draft, { key }: Pick<Kind, "key">): Stage {
  return draft.stages[key] ?? NEW_STAGE;
}

export function stepsOf(kinds: readonly Kind[]): Step[] {
  return ["theme", ...kinds.map(({ key }) => key), "world"];
}

/** The step to show: the draft's, unless the API no longer has the kind that it is about. */
export function shownStep({ step }: Draft, kinds: readonly Kind[]): Step {
  return stepsOf(kinds).includes(step) ? step : "theme";
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

export function pickedPiece(draft: Draft, kind: Pick<Kind, "key">): Piece | null {
  const { cards, picked } = stageOf(draft, kind);
  return cards.find(({ id }) => id === picked)?.piece ?? null;
}

/** Stands for the theme and everything that is picked. Another value is another world. */
export function picksOf(draft: Draft, kinds: readonly Kind[]): string {
  return [draft.theme.trim(), ...kinds.map((kind) => stageOf(draft, kind).picked ?? "")].join(" ");
}

/** Names of the earlier choices that pieces of this kind are written to fit. */
export function contextNames(draft: Draft, { context }: Kind): string {
  return Object.values(context).map((key) => pickedPiece(draft, { key })?.name ?? "").filter(Boolean).join(" and ");
}

/** What pieces of this kind are to fit now: the theme, its tone, and the earlier choices. */
export function fitOf(draft: Draft, kind: Kind): string {
  const tone = draft.tone.trim();
  const theme = tone === "" ? themeLabel(draft.theme) : `${themeLabel(draft.theme)} (${tone})`;
  const names = contextNames(draft, kind);
  return names === "" ? theme : `${theme}, ${names}`;
}

/** Whether a step can be shown: there is a theme, and everything before the step is chosen or the step has cards. */
export function isReachable(draft: Draft, step: Step, kinds: readonly Kind[]): boolean {
  const at = stepsOf(kinds).indexOf(step);
  if (step === "theme") return true;
  if (at < 0 || draft.theme.trim() === "") return false;
  const isChosen = kinds.slice(0, at - 1).every((kind) => pickedPiece(draft, kind) !== null);
  return isChosen || (step !== "world" && stageOf(draft, { key: step }).cards.length > 0);
}

function withStage(draft: Draft, kind: Kind, update: (stage: Stage) => Stage): Draft {
  return { ...draft, stages: { ...draft.stages, [kind.key]: update(stageOf(draft, kind)) } };
}

/**
 * Lays out a job's pieces once, in however many tabs. A retry of the job that wrote the cards has all that job's pieces:
 * the cards and the pick stay, and the missing pieces are added.
 */
function filled(stage: Stage, job: WritingJob, pieces: Piece[]): Stage {
  const { id, retry_of, items } = job;
  if (stage.jobId === id) return stage;
  const names = pieces.map(({ name }) => name);
  // The names tell, and not `retry_of` alone: jobs that failed may lie between the two.
  const goesOn = retry_of !== null && stage.written.every((name) => names.includes(name));
  const { cards, picked, written } = goesOn ? stage : NEW_STAGE;
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
