// Runs every audit of graphql-http against the endpoint in argv[2] with the token in argv[3]; prints JSON.
import { serverAudits } from "graphql-http";

const [, , url, token] = process.argv;

const audits = serverAudits({
  url,
  fetchFn: (input, init = {}) =>
    fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
});

const results = [];
for (const audit of audits) {
  const result = await audit.fn();
  results.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason ?? "" });
}
console.log(JSON.stringify(results));
