import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { OfflineWriterContext, WriterNote } from "./writer";

it("says that the offline writer writes, and what to set for a model", () => {
  render(
    <OfflineWriterContext value={true}>
      <WriterNote />
    </OfflineWriterContext>,
  );
  expect(screen.getByText(/offline writer/).textContent).toContain("OPENAI_API_KEY");
});

it("says nothing if a model writes", () => {
  const { container } = render(<WriterNote />);
  expect(container.textContent).toBe("");
});
