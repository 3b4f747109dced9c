import { JobsPage } from "../jobList/JobsPage";
import { WizardPage } from "../wizard/WizardPage";
import { WorldPage } from "../worlds/WorldPage";
import { WorldsPage } from "../worlds/WorldsPage";
import { Header } from "./Header";
import { ADDRESS, useRoute, type Route } from "./route";

export function App() {
  const route = useRoute();
  return (
    <>
      <a className="skip" href="#content" onClick={skipToContent}>
        Skip to the content
      </a>
      <Header page={route.page} />
      <main id="content" tabIndex={-1}>
        <Page route={route} />
      </main>
    </>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "wizard":
      return <WizardPage />;
    case "worlds":
      return <WorldsPage />;
    case "world":
      return <WorldPage key={route.worldId} worldId={route.worldId} />;
    case "jobs":
      return <JobsPage />;
    case "nowhere":
      return (
        <p className="empty">
          There is nothing at this address. <a href={ADDRESS.wizard}>Make a world</a> instead.
        </p>
      );
  }
}

/** The part after the # is the page's address, so that a link into the page has to be followed by hand. */
function skipToContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
