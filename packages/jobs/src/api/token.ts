/** The bearer token of a call. */

import { Unreachable } from "./error.js";

/**
 * A bearer token, or a function that gets one.
 *
 * The function is called before each call to the API, so it should keep its token while that is valid. If the API refuses
 * the token (401), it is called once more, with that token as `refused`: now it should get a new one.
 */
export type Token = string | ((reason: { refused: string | undefined }) => string | undefined | Promise<string | undefined>);

/** The token; undefined to call without one. Throws `Unreachable` if the function fails. */
export async function tokenFrom(given: Token | undefined, refused?: string): Promise<string | undefined> {
  if (typeof given !== "function") return given;
  try {
    return await given({ refused });
  } catch (error) {
    throw new Unreachable("token", { cause: error });
  }
}
