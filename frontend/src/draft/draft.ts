/** The world that is being made: the choices, the cards to choose from, and the current step. */

import type { Job, Piece } from "../api/wire";
import { notesOf } from "../jobs";
import type { Kind } from "../lore/kind";
import { englishName } from "../lore/language";
import { themeLabel, THEMES } from "../lore/theme";

/** "theme", the key of a kind, or "world". */
export type Step = string;

export interface Card {
  /** The same after a reload and in every tab. */
  id: string;
  piece: Piece;
  /** The API's remarks on the piece. */
  note?: string | undefined;
}

/** The cards of one kind, and which of them is picked. */
export interface Choice {
  cards: Card[];
  /** The id of the picked card. */
  picked: string | null;
  /** All names so far, the newest last, so that no name appears twice. */
  seen: string[];
  /** The job that wrote the cards, and the names of all its pieces. Some of its cards may have been replaced. */
  jobId: string | null;
  written: string[];
  /** What the cards were written to fit (`fitOf`), and what the next cards are being written to fit. */
  fits: string;
  asked: string;
}

export interface Draft {
  id: string;
  theme: string;
  tone: string;
  /** A BCP 47 tag; "" leaves the choice to the API. */
  language: string;
  /** What must be true of everything that is written. */
  premise: string;
  title: string;
  step: Step;
  /** Key of a kind → its choice. A kind without a choice has no cards yet. */
  choices: Readonly<Record<string, Choice | undefined>>;
  /** The world, once it is made. */
  worldId: string | null;
}

/** The fields of a job that wrote cards, as far as a draft uses them. */
type WritingJob = Pick<Job, "id" | "retry_of" | "items" | "warnings">;

export type DraftAction =
  | { do: "choose-theme"; theme: string }
  | { do: "choose-tone"; tone: string }
  | { do: "choose-language"; language: string }
  | { do: "set-premise"; premise: string }
  | { do: "name-world"; title: string }
  | { do: "go"; step: Step }
  | { do: "ask"; kind: Kind }
  | { do: "fill"; kind: Kind; job: WritingJob; pieces: Piece[] }
  | { do: "replace"; kind: Kind; cardId: string; job: WritingJob; piece: Piece }
  | { do: "pick"; kind: Kind; cardId: string }
  | { do: "finish"; worldId: string }
  | { do: "start-over"; id: string };

export function newDraft(id: string): Draft {
  const [{ value: theme }] = THEMES;
  return { id, theme, tone: "", language: "", premise: "", title: "", step: "theme", choices: {}, worldId: null };
}

const NEW_CHOICE: Choice = { cards: [], picked: null, seen: [], jobId: null, written: [], fits: "", asked: "" };

export function choiceOf(draft: Draft, { key }: Pick<Kind, "key">): Choice {
  return draft.choices[key] ?? NEW_CHOICE;
}

export function stepsOf(kinds: readonly Kind[]): Step[] {
  return ["theme", ...kinds.map(({ key }) => key), "world"];
}

/** The step to show: the draft's step, or the theme if the API no longer has the kind of that step. */
export function shownStep({ step }: Draft, kinds: readonly Kind[]): Step {
  return stepsOf(kinds).includes(step) ? step : "theme";
}

export function change(draft: Draft, action: DraftAction): Draft {
  switch (action.do) {
    case "choose-theme":
      return { ...draft, theme: action.theme, worldId: null };
    case "choose-tone":
      return { ...draft, tone: action.tone, worldId: null };
    case "choose-language":
      return { ...draft, language: action.language, worldId: null };
    case "set-premise":
      return { ...draft, premise: action.premise, worldId: null };
    case "name-world":
      return { ...draft, title: action.title, worldId: null };
    case "go":
      return { ...draft, step: action.step };
    case "ask":
      return withChoice(draft, action.kind, (choice) => ({ ...choice, asked: fitOf(draft, action.kind) }));
    case "fill":
      return withChoice(draft, action.kind, (choice) => filled(choice, action.job, action.pieces));
    case "replace":
      return withChoice(draft, action.kind, (choice) => replaced(choice, action));
    case "pick":
      return { ...withChoice(draft, action.kind, (choice) => ({ ...choice, picked: action.cardId })), worldId: null };
    case "finish":
      return { ...draft, worldId: action.worldId };
    case "start-over":
      return newDraft(action.id);
  }
}

export function pickedPiece(draft: Draft, kind: Pick<Kind, "key">): Piece | null {
  const { cards, picked } = choiceOf(draft, kind);
  return cards.find(({ id }) => id === picked)?.piece ?? null;
}

/** A string that identifies the theme, language, premise and picks. Two worlds with the same value are the same world. */
export function picksOf(draft: Draft, kinds: readonly Kind[]): string {
  const { theme, language, premise } = draft;
  return [theme.trim(), language, premise.trim(), ...kinds.map((kind) => choiceOf(draft, kind).picked ?? "")].join(" ");
}

/** The names of the earlier choices that pieces of this kind are written to fit. */
export function contextNames(draft: Draft, { context }: Kind): string {
  return Object.values(context).map((key) => pickedPiece(draft, { key })?.name ?? "").filter(Boolean).join(" and ");
}

/** What pieces of this kind must fit now: the theme, its tone, the language, and the earlier choices. */
export function fitOf(draft: Draft, kind: Kind): string {
  const tone = draft.tone.trim();
  const theme = tone === "" ? themeLabel(draft.theme) : `${themeLabel(draft.theme)} (${tone})`;
  const language = draft.language === "" ? "" : `in ${englishName(draft.language)}`;
  return [theme, language, contextNames(draft, kind)].filter(Boolean).join(", ");
}

/** Whether a step can be shown: there is a theme, and either all earlier choices are made or the step has cards. */
export function isReachable(draft: Draft, step: Step, kinds: readonly Kind[]): boolean {
  const at = stepsOf(kinds).indexOf(step);
  if (step === "theme") return true;
  if (at < 0 || draft.theme.trim() === "") return false;
  const isChosen = kinds.slice(0, at - 1).every((kind) => pickedPiece(draft, kind) !== null);
  return isChosen || (step !== "world" && choiceOf(draft, { key: step }).cards.length > 0);
}

function withChoice(draft: Draft, kind: Kind, update: (choice: Choice) => Choice): Draft {
  return { ...draft, choices: { ...draft.choices, [kind.key]: update(choiceOf(draft, kind)) } };
}

/**
 * Turns a job's pieces into cards, once, however many tabs there are. A retry of the job that wrote the cards returns all
 * pieces of that job: the cards and the pick stay, and only the missing pieces are added.
 */
function filled(choice: Choice, job: WritingJob, pieces: Piece[]): Choice {
  const { id, retry_of, items } = job;
  if (choice.jobId === id) return choice;
  const names = pieces.map(({ name }) => name);
  // Compare names too, since there may be failed jobs between the retry and the job that wrote the cards.
  const isContinued = retry_of !== null && choice.written.every((name) => names.includes(name));
  const { cards, picked, written } = isContinued ? choice : NEW_CHOICE;
  const dealt = cardsOf(job, pieces);
  const added = dealt.filter(({ piece }) => !written.includes(piece.name));
  const seen = withNames(choice.seen, [...pieces, ...items]);
  return { ...choice, cards: [...cards, ...added], picked, jobId: id, written: names, fits: choice.asked, seen };
}

function cardsOf(job: WritingJob, pieces: Piece[]): Card[] {
  const notes = notesOf(job);
  return pieces.map((piece, index) => ({ id: `${job.id}:${index}`, piece, note: notes.get(index) }));
}

function replaced(choice: Choice, { cardId, job, piece }: { cardId: string; job: WritingJob; piece: Piece }): Choice {
  const [card] = cardsOf(job, [piece]);
  const cards = choice.cards.map((old) => (old.id === cardId && card ? card : old));
  const picked = choice.picked === cardId ? null : choice.picked;
  return { ...choice, cards, picked, seen: withNames(choice.seen, [piece]) };
}

function withNames(seen: string[], pieces: { name: string | null }[]): string[] {
  return [...new Set([...seen, ...pieces.flatMap(({ name }) => name ?? [])])];
}
