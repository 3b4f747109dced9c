import { describe, expect, it } from "vitest";
import { estimated } from "../testing/fakeJob.js";
import { estimateText, usageText } from "./costText.js";

describe("an estimate", () => {
  it("is rounded, since it is not exact", () => {
    const amounts = { llm_calls: 10, prompt_tokens: 8_512, completion_tokens: 2_851 };
    expect(estimateText(estimated(amounts))).toBe("About 10 calls, 11,000 tokens.");
  });

  it("has the cost if it is known", () => {
    expect(estimateText(estimated({ estimated_cost_usd: 0.002985 }))).toBe("About 10 calls, 11,000 tokens, $0.003.");
  });

  it("says that a free model costs nothing", () => {
    expect(estimateText(estimated({ estimated_cost_usd: 0 }))).toBe("About 10 calls, 11,000 tokens, $0.");
  });

  it("is empty until it is known", () => {
    expect(estimateText(undefined)).toBe("");
  });
});

describe("usage", () => {
  const usage = { llm_calls: 16, prompt_tokens: 9_550, completion_tokens: 970, estimated_cost_usd: null };

  it("is exact, except for the cost", () => {
    expect(usageText(usage)).toBe("16 calls, 10,520 tokens");
    expect(usageText({ ...usage, estimated_cost_usd: 0.0020145 })).toBe("16 calls, 10,520 tokens, $0.002");
    expect(usageText({ ...usage, llm_calls: 1 })).toBe("1 call, 10,520 tokens");
  });

  it("is empty before the first call", () => {
    expect(usageText({ llm_calls: 0, prompt_tokens: 0, completion_tokens: 0, estimated_cost_usd: 0 })).toBe("");
  });
});
