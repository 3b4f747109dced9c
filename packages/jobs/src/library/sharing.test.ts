import { expect, it } from "vitest";
import { FakeApi } from "../testing/fakeApi.js";
import { keptWorld } from "../testing/fakeSharing.js";
import { createApi } from "../api/api.js";
import { createLibraryApi } from "./libraryApi.js";
import { fileNameIn } from "./sharing.js";

it.each([
  [null, null],
  ["attachment", null],
  ['attachment; filename="world.md"', "world.md"],
  ["attachment; filename=\"world.md\"; filename*=UTF-8''no%C3%ABl.md", "noël.md"],
  ["attachment; filename=\"world.md\"; filename*=UTF-8''%E0%A4%A", "world.md"],
])("the name in %j is %j", (disposition, name) => {
  expect(fileNameIn(disposition)).toBe(name);
});

it("a shared world is read without a bearer token", async () => {
  const fake = new FakeApi();
  const api = createLibraryApi(createApi({ baseUrl: "http://api", token: "secret", fetch: fake.fetch }));
  fake.library.worlds.set("world-1", keptWorld({}));
  const { share } = await api.shareWorld("world-1");
  await api.readShared(share?.token ?? "");
  const [shared, read] = fake.requests.map(({ headers }) => headers.get("Authorization"));
  expect(shared).toBe("Bearer secret");
  expect(read).toBeNull();
});

it("an export is read as a file", async () => {
  const fake = new FakeApi();
  fake.library.worlds.set("world-1", keptWorld({}));
  const { content } = await createLibraryApi(createApi({ baseUrl: "http://api", fetch: fake.fetch })).exportWorld("world-1", "json", "players");
  expect(JSON.parse(await content.text())).toMatchObject({ format: "json", view: "players" });
});
