import { useEffect, useRef } from "react";
import { JobsPage } from "../jobList/JobsPage";
import { RegistryProvider } from "../registry/RegistryProvider";
import { useTitle } from "../style/useTitle";
import { WizardPage } from "../wizard/WizardPage";
import { WorldPage } from "../worlds/WorldPage";
import { WorldsPage } from "../worlds/WorldsPage";
import { Header } from "./Header";
import { ADDRESS, useRoute, type Route } from "../kit/route";
import { WriterNote } from "./writer";

export function App({ storage }: { storage: Storage }) {
  const route = useRoute();
  useFocusOnPage(route);
  return (
    <>
      <a className="skip" href="#content" onClick={skipToContent}>
        Skip to content
      </a>
      <Header page={route.page} />
      <main id="content" tabIndex={-1}>
        <RegistryProvider storage={storage}>
          <Page route={route} />
        </RegistryProvider>
        <WriterNote />
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
    case "notFound":
      return <NotFoundPage />;
  }
}

function NotFoundPage() {
  useTitle("Page not found");
  return (
    <>
      <h1 className="page-title">Page not found</h1>
      <p className="empty">
        There is no page at this address. <a href={ADDRESS.wizard}>Make a world</a> instead.
      </p>
    </>
  );
}

/** Moves the focus to a new page, so that Tab starts at its beginning. The wizard focuses its own steps. */
function useFocusOnPage(route: Route): void {
  const address = route.page === "world" ? route.worldId : route.page;
  const shown = useRef(address);
  useEffect(() => {
    if (shown.current === address) return;
    shown.current = address;
    if (address !== "wizard") document.getElementById("content")?.focus({ preventScroll: true });
  }, [address]);
}

/** The part after the # is the address of the page, so the browser cannot use it to jump to an element. */
function skipToContent(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
