/** A server for the built page, and a line to the API that a test can cut. */

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { extname, join, normalize } from "node:path";
import { urlOf } from "./stack";

const DIST = join(import.meta.dirname, "../dist");
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export interface Site {
  url: string;
  line: Line;
  close: () => Promise<void>;
}

/** A TCP proxy to the API. While it is cut, it refuses connections; open ones are closed. */
export interface Line {
  url: string;
  cut: () => void;
  restore: () => void;
  close: () => void;
}

export async function openSite(): Promise<Site> {
  const line = await openLine(new URL(urlOf("api")));
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://site").pathname);
    if (path === "/config.json") {
      response.setHeader("Content-Type", "application/json");
      return response.end(JSON.stringify({ apiBaseUrl: line.url }));
    }
    const file = join(DIST, path === "/" ? "index.html" : path);
    if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    response.setHeader("Content-Type", TYPES[extname(file)] ?? "application/octet-stream");
    return createReadStream(file).pipe(response);
  });
  const url = await listen(server);
  return {
    url,
    line,
    close: () => {
      line.close();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function openLine(target: URL): Promise<Line> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createTcpServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const drop = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: await listen(server),
    cut: () => {
      isCut = true;
      drop();
    },
    restore: () => void (isCut = false),
    close: () => {
      server.close();
      drop();
    },
  };
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
