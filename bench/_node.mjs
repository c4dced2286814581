// Node's socket.io without compression, for comparison; started by bench/fanout.py.
// Prints its port; for each line on standard input sends the event to the room and prints "sent NS".
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Server } from "socket.io";

const [size, ping] = process.argv.slice(2).map(Number);
const http = createServer();
const io = new Server(http, { perMessageDeflate: false, pingInterval: ping, pingTimeout: ping, transports: ["websocket"] });
const message = { notice: { level: "urgent" }, text: "x".repeat(size) };
io.on("connection", (socket) => {
  socket.join("hall");
  socket.emit("state", {});
});
http.listen(0, "127.0.0.1", 4096, () => console.log(http.address().port));
createInterface({ input: process.stdin })
  .on("line", () => {
    const begun = process.hrtime.bigint();
    io.to("hall").emit("notice", message);
    console.log(`sent ${begun}`);
  })
  .on("close", () => process.exit(0));
