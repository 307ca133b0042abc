// Take webhooks with Node, and check them with the library of Standard Webhooks.
//
// Usage: npm install standardwebhooks
//        WEBHOOK_SECRET=whsec_… node verify.mjs [PORT]
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(process.env.WEBHOOK_SECRET);

async function read(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8"); // the raw body: what was signed
}

const server = createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(body));
  };
  try {
    const event = webhook.verify(await read(request), request.headers);
    console.log(`Job ${event.job_id} is ${event.current_status}`);
    answer(200, { status: "processed" });
  } catch (error) {
    console.log(`Refused: ${error.message}`);
    answer(401, { error: error.message });
  }
});

server.listen(Number(process.argv[2] ?? 5000), "127.0.0.1", () => {
  console.log(`Listens on http://127.0.0.1:${server.address().port}/`);
});
