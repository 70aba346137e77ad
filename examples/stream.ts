/** STREAM: raw TCP with programs that know nothing of ZeroMQ; here, a web server for fetch(). */
import { Stream } from "zeromq-ts";

const server = new Stream();
await server.bind("tcp://127.0.0.1:*");
void serve();

const response = await fetch((server.lastEndpoint ?? "").replace("tcp:", "http:"));
console.log(`${response.status} ${await response.text()}`);
server.close();

async function serve(): Promise<void> {
  for await (const [id = null, bytes] of server) {
    if (bytes === undefined || bytes.length === 0) continue; // a peer came or went
    await server.send([id, "HTTP/1.1 200 OK\r\nContent-Length: 17\r\nConnection: close\r\n\r\nHello from STREAM"]);
    await server.send([id, ""]); // ends the connection
  }
}
