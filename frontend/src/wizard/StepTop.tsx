import type { ReactNode } from "react";

interface StepTopProps {
  deck: ReactNode;
  title: string;
  lead: string;
  /** The progress of the step's job, or what can be done with its cards. */
  status?: ReactNode;
}

/** The steps, the heading of this one, and its status. The heading gets the focus when the step is shown. */
export function StepTop({ deck, title, lead, status }: StepTopProps) {
  return (
    <div className="step-top">
      {deck}
      <header className="step-heading">
        <h1 tabIndex={-1} data-step-heading="">
          {title}
        </h1>
        <p>{lead}</p>
      </header>
      {status}
    </div>
  );
}
