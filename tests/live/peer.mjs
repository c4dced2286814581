// Runs the real socket.io-client against the server on PORT by a transport (polling, websocket, upgrade); started by
// test_peers.py. Prints one JSON line with what it received.
import { io } from "socket.io-client";

const [port, way] = process.argv.slice(2);
const transports = way === "upgrade" ? ["polling", "websocket"] : [way];
const address = `http://127.0.0.1:${port}`;
const options = { transports, reconnection: false, forceNew: true, auth: { board: "hall" } };
const once = (socket, event) => new Promise((resolve) => socket.once(event, (...words) => resolve(words)));
const seen = {};

const socket = io(address, options);
const upgraded = new Promise((resolve) => {
  if (way !== "upgrade") resolve(way);
  socket.io.once("open", () => socket.io.engine.once("upgrade", (transport) => resolve(transport.name)));
});
[seen.auth] = await once(socket, "auth");
seen.transport = await upgraded;

socket.emit("message", 1, "hai", { ba: [true, null] });
seen.back = await once(socket, "message-back");
socket.emit("message", Uint8Array.from([1, 2, 255]));
seen.binaryBack = [...(await once(socket, "message-back"))[0]];
socket.emit("picture");
seen.picture = [...(await once(socket, "picture"))[0].data];
seen.acknowledged = await new Promise((resolve) =>
  socket.emit("message-with-ack", "a", 2, (...words) => resolve(words)),
);
seen.ackBinary = await new Promise((resolve) =>
  socket.emit("message-with-ack", Uint8Array.from([7, 8]), (one) => resolve([...one])),
);

const numbers = [];
socket.on("one", (number) => numbers.push(number));
socket.emit("many", 1000);
while (numbers.length < 1000) await once(socket, "one");
seen.inOrder = numbers.every((number, at) => number === at) && numbers.length;

const large = "ế".repeat(30_000);
socket.emit("message", large);
seen.large = (await once(socket, "message-back"))[0] === large;

const custom = io(`${address}/custom`, { ...options, auth: { token: "x" } });
[seen.customAuth] = await once(custom, "auth");
custom.emit("message", "riêng");
seen.customBack = await once(custom, "message-back");
const unknown = io(`${address}/khong-co`, options);
seen.unknown = (await once(unknown, "connect_error"))[0].message;
unknown.disconnect();

// Disconnects of every kind: one namespace of two, by the server, by the client, by the wire.
custom.emit("leave");
seen.serverHangsUp = (await once(custom, "disconnect"))[0];
seen.otherGoesOn = await new Promise((resolve) => socket.emit("message-with-ack", 1, () => resolve(true)));
socket.disconnect();
const second = io(address, options);
await once(second, "auth");
const closed = once(second, "disconnect");
second.io.engine.close();
seen.clientCloses = (await closed)[0];
console.log(JSON.stringify(seen));
