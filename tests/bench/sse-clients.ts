import { request } from "node:http";

/**
 * Many readers of one event stream in a process of their own, so that what they cost is not counted to the server.
 * Arguments: address, bearer token, how many. Prints now and then how many readers are open and how many events they all have got.
 */
const [address = "", token = "", count = "0"] = process.argv.slice(2);
let open = 0;
let events = 0;
for (let n = 0; n < Number(count); n += 1) {
  const asked = request(address, { headers: { authorization: `Bearer ${token}` } }, (answer) => {
    open += 1;
    answer.setEncoding("latin1");
    answer.on("data", (text: string) => {
      // A frame may be cut anywhere, so only its first letters are looked for: none is long enough to hold them twice.
      events += text.split("\nevent: ").length - 1;
    });
    answer.on("error", () => {});
  });
  asked.on("error", () => {});
  asked.end();
}
setInterval(() => process.stdout.write(`${open} ${events}\n`), 20);
process.stdin.on("end", () => process.exit()).resume();
