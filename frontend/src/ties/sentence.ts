/** The sentences of these texts, as the rules of their language separate them. */
export function sentencesOf(texts: readonly string[], language: string | null | undefined): string[] {
  const segmenter = new Intl.Segmenter(language ?? undefined, { granularity: "sentence" });
  return texts.flatMap((text) => Array.from(segmenter.segment(text), ({ segment }) => segment.trim())).filter(Boolean);
}
