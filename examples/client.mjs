// A client in JavaScript (Node 18 or newer), written from docs/protocol.rst alone: finds the server from a base
// port up, asks each line of standard input without waiting in between, and shows each reply.
//
//     printf '/date\nau revoir\n' | node examples/client.mjs [BASE_PORT]
//
// Exit status: 0; 1 when a reply was an error; 3 when there is no server, or it was lost.

import net from "node:net";
import readline from "node:readline";

const HOST = "localhost";
const BASE_PORT = Number(process.argv[2] ?? 50000);
const TRIES = 100;
const PATIENCE = 2000; // milliseconds for a stranger to answer

// A connection whose lines can be awaited one by one; null is its end.
function connect(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, HOST, () => {
      const lines = readline.createInterface({ input: socket, crlfDelay: Infinity });
      const iterator = lines[Symbol.asyncIterator]();
      resolve({ socket, next: async () => (await iterator.next()).value ?? null });
    });
    socket.on("error", reject);
  });
}

function within(milliseconds, promise) {
  const late = new Promise((_, reject) => setTimeout(reject, milliseconds, new Error("too late")).unref());
  return Promise.race([promise, late]);
}

// The first server from the base port up that knows what it is.
async function find() {
  for (let port = BASE_PORT; port < BASE_PORT + TRIES && port <= 65535; port++) {
    let connection;
    try {
      connection = await connect(port);
      connection.socket.write("/version\n");
      const version = await within(PATIENCE, connection.next());
      if (version?.startsWith("datechat ")) return connection;
    } catch {
      // Nothing there, or a stranger.
    }
    connection?.socket.destroy();
  }
  return null;
}

async function main() {
  const connection = await find();
  if (connection === null) {
    console.error(`client.mjs: no datechat server from port ${BASE_PORT} up`);
    return 3;
  }
  const { socket, next } = connection;
  socket.write("/json on\n");
  await next();

  let asked = 0;
  const input = readline.createInterface({ input: process.stdin });
  const asking = (async () => {
    for await (const message of input) {
      socket.write(`${message}\n`);
      asked++;
    }
    socket.end(); // half-closing says that this was all; the replies still come
  })();

  let status = 0;
  for (let answered = 0; ; answered++) {
    const line = await next();
    if (line === null) {
      await asking;
      if (answered === asked) return status;
      console.error("client.mjs: the server closed the connection");
      return 3;
    }
    const reply = JSON.parse(line);
    console.log(reply.ok ? reply.text : `error: ${reply.text}`);
    if (!reply.ok) status = 1;
    if (reply.closing) return status;
  }
}

process.exit(await main());
