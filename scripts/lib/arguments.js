// The arguments of a script that takes nothing but what is listed; its help is the comment at its head.
import { readFileSync } from "node:fs";

/** Says which of the known arguments were given, and ends the script at --help or at one that is not known. */
export function readArguments(known) {
  const given = process.argv.slice(2);
  if (given.includes("-h") || given.includes("--help")) {
    const head = /^(?:\/\/.*\n)+/.exec(readFileSync(process.argv[1], "utf8"))[0];
    process.stdout.write(head.replace(/^\/\/ ?/gm, ""));
    process.exit(0);
  }
  const unknown = given.find((argument) => !known.includes(argument));
  if (unknown !== undefined) {
    console.error(`error: '${unknown}' is not known: give ${known.join(", ")} or nothing.`);
    process.exit(1);
  }
  return new Set(given);
}
