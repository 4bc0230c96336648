// Discord's whole published description (OpenAPI, as the schemas of `discord-api-spec`) for the tests: a list of
// [name, body] on standard input, what is wrong with each on standard output; nothing is wrong with an empty list.
//
// Schemas take parts that they do not know and drop them; a body that comes out with less than went in has one.

import { pathToFileURL } from "node:url";

const schemas = await import(pathToFileURL(process.argv[2]));

/** The first part that the schema dropped. */
function dropped(before, after, place) {
  if (before === null || typeof before !== "object") return undefined;
  for (const [name, inner] of Object.entries(before)) {
    if (after === null || typeof after !== "object" || !(name in after)) return `${place}.${name} is unknown`;
    const below = dropped(inner, after[name], `${place}.${name}`);
    if (below) return below;
  }
  return undefined;
}

function faults(name, body) {
  const schema = schemas[`${name}Schema`];
  if (!schema) return [`${name} is not described`];
  const read = schema.safeParse(body);
  if (!read.success) return read.error.issues.map((issue) => `${name}.${issue.path.join(".")}: ${issue.message}`);
  const unknown = dropped(body, read.data, name);
  return unknown ? [unknown] : [];
}

let asked = "";
for await (const piece of process.stdin) asked += piece;
console.log(JSON.stringify(JSON.parse(asked).map(([name, body]) => faults(name, body))));
