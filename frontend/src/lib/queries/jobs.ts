export * from "../../jobs";
