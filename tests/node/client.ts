// A client whose types are made from the description of the service: stores the fitting it is given, prints the answer.
import type { paths } from "./afofit.js";
import { readFileSync } from "node:fs";

type Create = paths["/fittings"]["post"];
type Body = Create["requestBody"]["content"]["application/json"];
type Stored = Create["responses"][201]["content"]["application/json"];

const [, , address, key, file] = process.argv as [string, string, string, string, string];
const body: Body = JSON.parse(readFileSync(file, "utf-8"));
const answer = await fetch(`${address}/api/v1/fittings`, {
  method: "POST",
  headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
  body: JSON.stringify(body),
});
if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
const stored: Stored = await answer.json();
const edge = stored.limbs.right?.dimensions.find((one) => one.name === "proximal_trim_height_mm");
console.log(JSON.stringify({ id: stored.id, state: stored.state, proximal_trim_height_mm: edge?.value }));
