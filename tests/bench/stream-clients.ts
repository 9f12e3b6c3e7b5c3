import { request } from "node:http";
import { WebSocket } from "ws";

/**
 * Many readers of one event stream or WebSocket in a process of their own, so that what they cost is not counted to the server.
 * Arguments: address, bearer token, how many. One comes first; the others when something
 * is written to standard input. Prints now and then how many readers are open and how many events they all have got.
 */
const [address = "", token = "", count = "0"] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}` };
let open = 0;
let events = 0;

const readStream = () => {
  const asked = request(address, { headers }, (answer) => {
    open += 1;
    answer.setEncoding("latin1");
    answer.on("data", (text: string) => {
      events += text.split("\nevent: ").length - 1;
    });
    answer.on("error", () => {});
  });
  // The operating system turned it away: so many came at once.
  asked.on("error", () => setTimeout(readStream, 100));
  asked.end();
};

const readSocket = () => {
  const socket = new WebSocket(address, { headers, perMessageDeflate: false });
  socket.on("open", () => {
    open += 1;
  });
  socket.on("message", (text: Buffer) => {
    // The greeting is no event.
    if (!text.includes('"connected"')) events += 1;
  });
  socket.on("error", () => {});
};

const read = address.startsWith("ws:") ? readSocket : readStream;
read();
process.stdin.once("data", () => {
  for (let n = 1; n < Number(count); n += 1) read();
});
setInterval(() => process.stdout.write(`${open} ${events}\n`), 20);
process.stdin.on("end", () => process.exit());
