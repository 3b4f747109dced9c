/** The longest name and description that the API takes, in characters. */
export const NAME_MAX = 120;
export const DESCRIPTION_MAX = 4_000;
