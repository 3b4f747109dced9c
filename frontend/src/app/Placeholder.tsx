import { ADDRESS, match } from "../kit/route";
import { FIRST_STEP } from "../wizard/firstStep";

/** What is shown until the page is there. For the wizard, it is what `index.html` shows before any script runs. */
export function Placeholder({ hash }: { hash: string }) {
  if (!match(ADDRESS.wizard, hash)) return null;
  return (
    <div className="step-top">
      <div className="deck" />
      <div className="step-heading">
        <h1>{FIRST_STEP.title}</h1>
        <p>{FIRST_STEP.lead}</p>
      </div>
    </div>
  );
}
