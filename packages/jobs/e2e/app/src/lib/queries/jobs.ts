export * from "@loresmith/jobs";
