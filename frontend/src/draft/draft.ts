/** The world that is being made: the choices, the cards to choose from, and the current step. */

import type { Piece } from "@loresmith/jobs";
import type { Kind } from "../lore/kind";
import { englishName } from "../lore/language";
import { themeLabel, THEMES } from "../lore/theme";
import { added, broughtBack, dealt, NEW_CHOICE, rewritten, withRevised, type Card, type Choice, type WritingJob } from "./choice";
import { digestOf, textOf } from "./sameness";

export type { Card, Choice } from "./choice";

/** "theme", the key of a kind, or "world". */
export type Step = string;

/** A kind, by its key. */
export type KindKey = Pick<Kind, "key">;

export interface CanonPiece {
  /** In the library. */
  id: string;
  name: string;
}

export interface Draft {
  id: string;
  theme: string;
  tone: string;
  /** A BCP 47 tag; "" leaves the choice to the API. */
  language: string;
  /** What must be true of everything that is written. */
  premise: string;
  /** The pieces of the library that new pieces must agree with. */
  canon: readonly CanonPiece[];
  title: string;
  step: Step;
  /** Key of a kind → its choice. A kind without a choice has no cards yet. */
  choices: Readonly<Record<string, Choice | undefined>>;
  /** The world, once it is made. */
  worldId: string | null;
}

export type DraftAction =
  | { do: "choose-theme"; theme: string }
  | { do: "choose-tone"; tone: string }
  | { do: "choose-language"; language: string }
  | { do: "set-premise"; premise: string }
  | { do: "set-canon"; canon: readonly CanonPiece[] }
  | { do: "name-world"; title: string }
  | { do: "go"; step: Step }
  /** Ask for new cards. */
  | { do: "ask"; kind: Kind }
  /** Deal what a job has finished so far. */
  | { do: "deal"; kind: KindKey; job: WritingJob }
  | { do: "rewrite"; kind: KindKey; cardId: string; job: WritingJob }
  | { do: "bring-back"; kind: KindKey }
  | { do: "pick"; kind: KindKey; cardId: string }
  /** Put a piece from elsewhere onto the table, and pick it. */
  | { do: "add"; kind: KindKey; card: Card }
  /** The user has edited a piece in the library. */
  | { do: "revise"; libraryId: string; piece: Piece }
  /** The world of these picks (`picksOf`) has been made. */
  | { do: "finish"; worldId: string; picks: string };

export function newDraft(id: string): Draft {
  const [{ value: theme }] = THEMES;
  return { id, theme, tone: "", language: "", premise: "", canon: [], title: "", step: "theme", choices: {}, worldId: null };
}

export function choiceOf(draft: Draft, { key }: KindKey): Choice {
  return draft.choices[key] ?? NEW_CHOICE;
}

/** Whether anything was written or requested for the draft. */
export function hasStarted({ choices }: Draft): boolean {
  return Object.keys(choices).length > 0;
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
    case "set-canon":
      return JSON.stringify(draft.canon) === JSON.stringify(action.canon) ? draft : { ...draft, canon: action.canon };
    case "revise":
      return revised(draft, action.libraryId, action.piece);
    case "name-world":
      return { ...draft, title: action.title, worldId: null };
    case "go":
      return { ...draft, step: action.step };
    case "finish":
      return action.picks === picksOf(draft) ? { ...draft, worldId: action.worldId } : draft;
    default:
      return withChoice(draft, action.kind, (choice) => changedChoice(draft, choice, action));
  }
}

type ChoiceAction = Extract<DraftAction, { kind: unknown }>;

function changedChoice(draft: Draft, choice: Choice, action: ChoiceAction): Choice {
  switch (action.do) {
    case "ask":
      return { ...choice, asked: fitOf(draft, action.kind) };
    case "deal":
      return dealt(choice, action.job);
    case "rewrite":
      return rewritten(choice, action.cardId, action.job);
    case "bring-back":
      return broughtBack(choice);
    case "pick":
      return { ...choice, picked: action.cardId };
    case "add":
      return added(choice, action.card);
  }
}

/** If the pick changes, a new world must be made. */
function withChoice(draft: Draft, kind: KindKey, update: (choice: Choice) => Choice): Draft {
  const choice = choiceOf(draft, kind);
  const next = update(choice);
  if (next === choice) return draft;
  const worldId = next.picked === choice.picked ? draft.worldId : null;
  return { ...draft, choices: { ...draft.choices, [kind.key]: next }, worldId };
}

/** The draft with the new text of a piece. If the piece is picked, a new world must be made. */
function revised(draft: Draft, libraryId: string, piece: Piece): Draft {
  return Object.keys(draft.choices).reduce((result, key) => {
    const next = withChoice(result, { key }, (choice) => withRevised(choice, libraryId, piece));
    return pickedPiece(next, { key }) === pickedPiece(result, { key }) ? next : { ...next, worldId: null };
  }, draft);
}

export function pickedPiece(draft: Draft, kind: KindKey): Piece | null {
  const { cards, picked } = choiceOf(draft, kind);
  return cards.find(({ id }) => id === picked)?.piece ?? null;
}

/** A string that identifies the theme, language, premise and picked texts. Two worlds with the same value are the same world. */
export function picksOf(draft: Draft): string {
  const { theme, language, premise, choices } = draft;
  const picks = Object.keys(choices).sort().map((key) => {
    const piece = pickedPiece(draft, { key });
    return piece === null ? "" : `${choices[key]?.picked ?? ""}~${digestOf(textOf(piece))}`;
  });
  return [theme.trim(), language, premise.trim(), ...picks].join(" ");
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

/** Whether a step can be shown: there is a theme, and either all earlier choices are made or the step has been started. */
export function isReachable(draft: Draft, step: Step, kinds: readonly Kind[]): boolean {
  const at = stepsOf(kinds).indexOf(step);
  if (step === "theme") return true;
  if (at < 0 || draft.theme.trim() === "") return false;
  const isChosen = kinds.slice(0, at - 1).every((kind) => pickedPiece(draft, kind) !== null);
  return isChosen || (step !== "world" && draft.choices[step] !== undefined);
}
