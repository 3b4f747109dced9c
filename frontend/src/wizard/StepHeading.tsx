/** A step's heading. It gets the focus when the step is shown, so that it is read out and Tab continues from it. */
export function StepHeading({ title, lead }: { title: string; lead: string }) {
  return (
    <header className="step-heading">
      <h1 tabIndex={-1} data-step-heading="">
        {title}
      </h1>
      <p>{lead}</p>
    </header>
  );
}
