import { asApiError, createJobsClient, JobsProvider } from "@loresmith/jobs";
import { browserStorage } from "@loresmith/jobs/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "virtual:theme-labels.css";
import { loadConfig, type PageConfig } from "./api/config";
import { App } from "./app/App";
import { Crash } from "./app/Crash";
import { pageAt } from "./app/pages";
import { DEFAULT_OWNER, OwnerContext } from "./kit/owner";
import { OfflineWriterContext } from "./app/writer";
import { createDraftStore } from "./draft/draftStore";
import { DraftProvider } from "./draft/DraftProvider";
import { createDesk, EditingProvider } from "./editing/EditingProvider";
import { ADDRESS } from "./kit/route";
import { applyLook } from "./kit/useLook";
import "./style/index.css";
import { applyShade } from "./style/useShade";

/** A list that cannot be read says so within a second. A call that timed out is not repeated: it took long enough. */
const RETRIES = 2;
const RETRY_DELAY_MS = 400;

const fetch = window.fetch.bind(window);
const storage = browserStorage();
const drafts = createDraftStore(storage, window);
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");

/** What needs no configuration: the colours and the font of the page, and its module. */
function prepare(shell: HTMLElement): void {
  const page = pageAt(window.location.hash)?.page;
  applyShade();
  page?.preload();
  if (page?.address === ADDRESS.wizard) return applyLook(drafts.get().theme);
  applyLook("");
  // The heading in index.html is that of the wizard.
  shell.querySelector("main")?.replaceChildren();
}

function start(shell: HTMLElement, { apiBaseUrl, token, writer }: PageConfig): void {
  const retry = (failures: number, thrown: unknown) => {
    const error = asApiError(thrown);
    return failures < RETRIES && error.isTransient && error.code !== "timeout";
  };
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry, retryDelay: RETRY_DELAY_MS, networkMode: "always" } } });
  const client = createJobsClient({ baseUrl: apiBaseUrl, token });
  const desk = createDesk(client, storage, window);
  createRoot(shell).render(
    <StrictMode>
      <Crash>
        <QueryClientProvider client={queryClient}>
          <JobsProvider client={client}>
            <OwnerContext value={token === undefined ? DEFAULT_OWNER : undefined}>
              <DraftProvider store={drafts}>
                <EditingProvider desk={desk}>
                  <OfflineWriterContext value={writer === "offline"}>
                    <App storage={storage} />
                  </OfflineWriterContext>
                </EditingProvider>
              </DraftProvider>
            </OwnerContext>
          </JobsProvider>
        </QueryClientProvider>
      </Crash>
    </StrictMode>,
  );
}

prepare(root);
void loadConfig(fetch, import.meta.env, document.baseURI).then((config) => start(root, config));
