/** The cards of one kind: a job deals them, and the user replaces, picks and brings them back. */

import type { Job, Piece } from "@loresmith/jobs";
import { finishedOf, type Finished } from "./finished";
import { textOf } from "./sameness";

export interface Card {
  /** The same after a reload and in every tab: the job that wrote the piece, and the piece's place in it. */
  id: string;
  piece: Piece;
  /** The API's remarks on the piece. */
  note?: string | undefined;
  /** The id of the piece in the library, which has it once the job has ended. */
  libraryId?: string | undefined;
}

/** Cards that others have replaced. They can be brought back. */
export interface Replaced {
  cards: Card[];
  /** The ids of the jobs that wrote the cards in their place. */
  by: string[];
  /** The card that was picked, and what the cards were written to fit. */
  picked: string | null;
  fits: string;
}

/** The cards of one kind, and which of them is picked. */
export interface Choice {
  cards: Card[];
  /** The id of the picked card. */
  picked: string | null;
  /** All names so far, the newest last, so that no name appears twice. */
  seen: string[];
  /** The job that wrote the cards, and the names of all its finished pieces. Some of its cards may have been replaced. */
  jobId: string | null;
  written: string[];
  /** What the cards were written to fit (`fitOf`). */
  fits: string;
  /** What the next cards are being written to fit; null if the user has asked for no others. */
  asked: string | null;
  /** What can be brought back, the newest last. */
  replaced: Replaced[];
}

export const NEW_CHOICE: Choice = {
  cards: [],
  picked: null,
  seen: [],
  jobId: null,
  written: [],
  fits: "",
  asked: null,
  replaced: [],
};

/** How many replacements can be undone. */
const UNDO_MAX = 20;

/** The fields of a job that a choice uses. */
export type WritingJob = Pick<Job, "id" | "status" | "result" | "retry_of" | "items" | "warnings">;

/**
 * Deals the job's finished pieces as cards: each piece once, even if it is called repeatedly or in several tabs. The
 * first piece of a job that the user has asked for replaces all cards but the picked one. Any other job continues the
 * earlier one, so it only adds cards.
 */
export function dealt(choice: Choice, job: WritingJob): Choice {
  const finished = finishedOf(job);
  const known = withNames(choice, [...finished.map(({ piece }) => piece), ...job.items]);
  if (finished.length === 0) return known;
  const isNew = known.asked !== null && known.jobId !== job.id;
  const start = isNew ? cleared(known, job.id, known.asked ?? "") : continued(known, job);
  return finished.reduce((result, each) => withPiece(result, job.id, each), start);
}

function cleared(choice: Choice, jobId: string, fits: string): Choice {
  const { picked } = choice;
  const kept = choice.cards.filter(({ id }) => id === picked);
  const gone = choice.cards.filter(({ id }) => id !== picked);
  const cleared = { ...choice, cards: kept, jobId, written: [], fits, asked: null };
  return gone.length === 0 ? cleared : keepForUndo(cleared, { cards: gone, by: [jobId], picked, fits: choice.fits });
}

function continued(choice: Choice, { id, retry_of }: WritingJob): Choice {
  if (choice.jobId === id) return choice;
  const replaced = choice.replaced.map((each) =>
    each.by.some((job) => job === choice.jobId || job === retry_of) ? { ...each, by: [...each.by, id] } : each,
  );
  return { ...choice, jobId: id, replaced };
}

/** Adds the piece as a card, or what the end of its job has brought to the card that it has become. */
function withPiece(choice: Choice, jobId: string, { place, piece, note, libraryId }: Finished): Choice {
  const id = cardId(jobId, place);
  if (choice.written.includes(piece.name)) {
    const old = choice.cards.find((card) => card.id === id);
    if (!old) return choice;
    const card = { ...old, note: note ?? old.note, libraryId: libraryId ?? old.libraryId };
    if (card.note === old.note && card.libraryId === old.libraryId) return choice;
    return { ...choice, cards: choice.cards.map((each) => (each === old ? card : each)) };
  }
  const written = [...choice.written, piece.name];
  return { ...choice, written, cards: inserted(choice.cards, { id, piece, note, libraryId }, jobId, place) };
}

/** Puts the card before the next piece of its job, else at the end. */
function inserted(cards: Card[], card: Card, jobId: string, place: number): Card[] {
  const later = cards.findIndex(({ id }) => isOf(jobId, id) && placeOf(id) > place);
  return later < 0 ? [...cards, card] : cards.toSpliced(later, 0, card);
}

/** Puts the piece of the job in the place of a card. If that card was picked, the new one is. */
export function rewritten(choice: Choice, oldId: string, job: WritingJob): Choice {
  const [finished] = finishedOf(job);
  const old = choice.cards.find(({ id }) => id === oldId);
  if (finished === undefined || old === undefined) return choice;
  const card = { id: cardId(job.id, finished.place), piece: finished.piece, note: finished.note, libraryId: finished.libraryId };
  const picked = choice.picked === oldId ? card.id : choice.picked;
  const cards = choice.cards.map((each) => (each === old ? card : each));
  const undo = { cards: [old], by: [job.id], picked: choice.picked, fits: choice.fits };
  return keepForUndo({ ...withNames(choice, [finished.piece]), cards, picked }, undo);
}

/** Brings back the cards that were replaced last, in place of the ones that replaced them. */
export function broughtBack(choice: Choice): Choice {
  const last = choice.replaced.at(-1);
  if (last === undefined) return choice;
  const isNewer = ({ id }: Card) => last.by.some((jobId) => isOf(jobId, id));
  const first = choice.cards.findIndex(isNewer);
  const at = first < 0 ? choice.cards.length : first;
  const cards = [...choice.cards.slice(0, at), ...last.cards, ...choice.cards.slice(at).filter((card) => !isNewer(card))];
  const picked = cards.some(({ id }) => id === choice.picked) ? choice.picked : last.picked;
  return { ...choice, cards, picked, fits: last.fits, replaced: choice.replaced.slice(0, -1) };
}

/** Puts the card before the others, and picks it. A card with its id is replaced. */
export function added(choice: Choice, card: Card): Choice {
  const cards = [card, ...choice.cards.filter(({ id }) => id !== card.id)];
  return { ...withNames(choice, [card.piece]), cards, picked: card.id };
}

/** The choice with the new text of a piece from the library. */
export function withRevised(choice: Choice, libraryId: string, piece: Piece): Choice {
  const text = textOf(piece);
  const isOld = (card: Card) => card.libraryId === libraryId && textOf(card.piece) !== text;
  if (!choice.cards.some(isOld)) return choice;
  return { ...withNames(choice, [piece]), cards: choice.cards.map((card) => (isOld(card) ? { ...card, piece } : card)) };
}

export function cardId(jobId: string, place: number): string {
  return `${jobId}:${place}`;
}

/** Whether the job has written this card. */
export function isOf(jobId: string, id: string): boolean {
  return id.startsWith(`${jobId}:`);
}

function placeOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}

function keepForUndo(choice: Choice, replaced: Replaced): Choice {
  return { ...choice, replaced: [...choice.replaced, replaced].slice(-UNDO_MAX) };
}

function withNames(choice: Choice, pieces: { name: string | null }[]): Choice {
  const seen = [...new Set([...choice.seen, ...pieces.flatMap(({ name }) => name ?? [])])];
  return seen.length === choice.seen.length ? choice : { ...choice, seen };
}
