// A client of the API at the URL given, which takes its proxy and its roots
// from the environment: node client.mjs fetch|https|stream URL
import https from "node:https";

const [how, base] = process.argv.slice(2);
const body = JSON.stringify({ name: "ada", tags: ["a", "b"] });
const json = { "content-type": "application/json" };

function request(path, options = {}, payload) {
  return new Promise((resolve, reject) => {
    const call = https.request(base + path, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => { text += part; });
      answer.on("end", () => resolve(`${answer.statusCode} ${text}`));
      answer.on("error", reject);
    });
    call.on("error", reject);
    call.end(payload);
  });
}

async function fetched(path, options) {
  const answer = await fetch(base + path, options);
  return `${answer.status} ${await answer.text()}`;
}

switch (how) {
  case "fetch":
    console.log(await fetched("/hello?q=1"));
    console.log(await fetched("/echo", { method: "POST", headers: json, body }));
    break;
  case "https":
    console.log(await request("/hello?q=1"));
    console.log(await request("/echo", { method: "POST", headers: json }, body));
    break;
  case "stream": {
    const answer = await fetch(base + "/events");
    for await (const part of answer.body) process.stdout.write(part);
    break;
  }
}
