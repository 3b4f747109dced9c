import { Refused } from "@loresmith/jobs";
import { expect, test } from "vitest";
import { faultsOf } from "./fault";

function refused(field: string): Refused {
  const problem = { type: "", title: "", status: 400, detail: "Not valid.", code: "invalid_request", retryable: false };
  return new Refused({ ...problem, errors: [{ field, message: "must be text" }] }, null);
}

test("a fault of one entry of a list is shown at the list", () => {
  const sentence = faultsOf(refused("tags[0]"), [{ path: ["tags"], base: [], mine: [7] }]);
  expect(sentence(["tags"])).toBe("This must be text.");
  expect(sentence(["name"])).toBeNull();
});
