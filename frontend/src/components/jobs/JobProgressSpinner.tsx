export { JobProgressSpinner as default } from "@loresmith/jobs";
