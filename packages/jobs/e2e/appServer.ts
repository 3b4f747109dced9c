/** Serves a built application, and passes all other requests on to the API, as its users would set it up. */

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };

export interface AppServer {
  url: string;
  close: () => void;
}

export async function serve(dist: string, api: string): Promise<AppServer> {
  const server = createServer((incoming, response) => {
    const path = normalize(new URL(incoming.url ?? "/", "http://app").pathname);
    const file = join(dist, path === "/" ? "index.html" : path);
    if (!existsSync(file) || !statSync(file).isFile()) return passOn(incoming, response, api);
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

function passOn(incoming: IncomingMessage, response: ServerResponse, api: string): void {
  const { method, headers } = incoming;
  const outgoing = request(new URL(incoming.url ?? "/", api), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  response.on("close", () => outgoing.destroy());
  outgoing.on("error", () => response.destroy());
  incoming.pipe(outgoing);
}
