import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { OfflineWriterContext, WriterNote } from "./writer";

it("says that the text comes from the offline writer, and what to set for a model", () => {
  render(
    <OfflineWriterContext value={true}>
      <WriterNote />
    </OfflineWriterContext>,
  );
  expect(screen.getByText(/offline writer/).textContent).toContain("OPENAI_API_KEY");
});

it("says nothing if the text comes from a model", () => {
  const { container } = render(<WriterNote />);
  expect(container.textContent).toBe("");
});
