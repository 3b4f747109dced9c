/**
 * Makes `virtual:theme-labels.css`: for each theme, a font that has only the letters of its label.
 *
 * The first view shows every label in the font of its theme. The whole fonts are 130 kB, and these are 12 kB. The page
 * loads the whole font of a theme once something else is written in it.
 */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import subsetFont from "subset-font";
import type { Plugin } from "vite";
import { THEMES } from "../src/lore/theme";

const NAME = "virtual:theme-labels.css";

/** What is written in the font of the plain look in every first view: the label of any other theme, and the page's name. */
const PLAIN = { value: "plain", label: "Your own LoreSmith" };

/** The font of each theme in `style/themes.css`. */
const FONTS: Record<string, string> = {
  plain: "@fontsource/young-serif/files/young-serif-latin-400-normal.woff2",
  fantasy: "@fontsource/almendra/files/almendra-latin-700-normal.woff2",
  "norse-mythology": "@fontsource/cinzel/files/cinzel-latin-600-normal.woff2",
  cyberpunk: "@fontsource/chakra-petch/files/chakra-petch-latin-600-normal.woff2",
  steampunk: "@fontsource/abril-fatface/files/abril-fatface-latin-400-normal.woff2",
  "post-apocalyptic": "@fontsource/special-elite/files/special-elite-latin-400-normal.woff2",
};

export const themeLabels: Plugin = {
  name: "theme-labels",
  resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
  load: async (id) => {
    if (id !== `\0${NAME}`) return null;
    const fonts = await Promise.all([PLAIN, ...THEMES].map(({ value, label }) => fontFace(value, label)));
    return ["[data-theme] { --display-label: var(--display); }", ...fonts].join("\n");
  },
};

/** A label's weight is that of its font, so the font counts as every weight. */
async function fontFace(theme: string, label: string): Promise<string> {
  const path = FONTS[theme];
  if (path === undefined) throw new Error(`Add the font of the theme ${theme} to FONTS in scripts/themeLabels.ts.`);
  const whole = await readFile(createRequire(import.meta.url).resolve(path));
  const font = (await subsetFont(whole, label, { targetFormat: "woff2" })).toString("base64");
  const face = `font-family: "label of ${theme}"; font-weight: 1 1000; src: url("data:font/woff2;base64,${font}") format("woff2");`;
  return `@font-face { ${face} }\n[data-theme="${theme}"] { --display-label: "label of ${theme}", var(--display); }`;
}
