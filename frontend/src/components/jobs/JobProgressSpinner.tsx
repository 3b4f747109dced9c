export { default } from "../../jobs/JobProgressSpinner";
