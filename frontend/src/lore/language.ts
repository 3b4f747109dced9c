/** The languages that the page offers, and how text in a language is shown. Languages are BCP 47 tags. */

/** The widely spoken ones. The API accepts every other language too. */
const OFFERED = [
  ...["ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fil", "fr", "ga", "he", "hi"],
  ...["hr", "hu", "id", "is", "it", "ja", "ka", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "pt-BR", "pt-PT", "ro", "ru"],
  ...["sk", "sl", "sr", "sv", "sw", "ta", "th", "tr", "uk", "ur", "vi", "zh-Hans", "zh-Hant"],
];
/** The scripts that run from right to left. */
const RIGHT_TO_LEFT = ["Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"];

export interface OfferedLanguage {
  tag: string;
  /** In the language itself: "Deutsch". */
  name: string;
}

/** The languages to choose from, in the order of their names. */
export function offeredLanguages(): OfferedLanguage[] {
  const offered = OFFERED.map((tag) => ({ tag, name: nameIn(tag, tag) }));
  return offered.sort((one, other) => one.name.localeCompare(other.name, "en"));
}

/** "German". */
export function englishName(tag: string): string {
  return nameIn("en", tag);
}

interface TextAttributes {
  lang?: string;
  dir: "ltr" | "rtl" | "auto";
  /** ISO 15924. The styles depend on it: not every script has italics. */
  "data-script"?: string;
}

/** The attributes of an element with text in this language. Without a language, the browser finds the direction from the text. */
export function attributesOf(language: string | null | undefined): TextAttributes {
  if (!language) return { dir: "auto" };
  return { lang: language, dir: directionOf(language), "data-script": scriptOf(language) };
}

export function directionOf(language: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.includes(scriptOf(language)) ? "rtl" : "ltr";
}

function scriptOf(language: string): string {
  return new Intl.Locale(language).maximize().script ?? "";
}

function nameIn(language: string, tag: string): string {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
