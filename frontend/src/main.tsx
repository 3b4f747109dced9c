import { QueryClient } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { asApiError } from "./api/error";
import { loadConfig, type PageConfig } from "./api/config";
import { App } from "./app/App";
import { Crash } from "./app/Crash";
import { pageAt } from "./app/pages";
import { DEFAULT_OWNER, OwnerContext } from "./kit/owner";
import { OfflineWriterContext } from "./app/writer";
import { createDraftStore } from "./draft/draftStore";
import { DraftProvider } from "./draft/DraftProvider";
import { createDesk, EditingProvider } from "./editing/EditingProvider";
import { browserStorage, createApi, createJobsClient, JobsProvider } from "./jobs";
import { ADDRESS } from "./kit/route";
import { applyLook } from "./kit/useLook";
import "./style/index.css";
import { applyShade } from "./style/useShade";
import "virtual:theme-labels.css";

/** A list that cannot be read says so within a second. A call that times out has already taken long enough. */
const RETRIES = 2;
const RETRY_DELAY_MS = 400;

const fetch = window.fetch.bind(window);
const storage = browserStorage(window);
const drafts = createDraftStore(storage, window);
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root.");

/** Before the configuration is there: the colours and the font of the page, and its module. */
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
  const api = createApi({ baseUrl: apiBaseUrl, token, fetch });
  const retry = (failures: number, thrown: unknown) => {
    const error = asApiError(thrown);
    return failures < RETRIES && error.isTransient && error.code !== "timeout";
  };
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry, retryDelay: RETRY_DELAY_MS, networkMode: "always" } } });
  const client = createJobsClient({ api, queryClient });
  const desk = createDesk(client, storage, window);
  createRoot(shell).render(
    <StrictMode>
      <Crash>
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
      </Crash>
    </StrictMode>,
  );
}

prepare(root);
void loadConfig(fetch, import.meta.env, document.baseURI).then((config) => start(root, config));
