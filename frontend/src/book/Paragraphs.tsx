import { attributesOf } from "../lore/language";
import { paragraphsOf } from "../lore/paragraphs";

interface ParagraphsProps {
  text: string;
  language: string | null | undefined;
}

/** A text, each paragraph as an element. */
export function Paragraphs({ text, language }: ParagraphsProps) {
  const written = attributesOf(language);
  return paragraphsOf(text).map((paragraph, at) => (
    // A text may have the same paragraph twice, and its paragraphs never change places.
    <p key={`${at} ${paragraph}`} {...written}>
      {paragraph}
    </p>
  ));
}
