// The arguments of a script that takes nothing but what is listed; its help is the comment at its head.
import { readFileSync, realpathSync } from "node:fs";

/** Says which of the known arguments were given, and ends the script at --help or at one that is not known. A script that Hardhat runs has none: those of the command are Hardhat's. */
export function readArguments(known, script) {
  const given = realpathSync(process.argv[1]) === realpathSync(script) ? process.argv.slice(2) : [];
  if (given.includes("-h") || given.includes("--help")) {
    const head = /^(?:\/\/.*\n)+/.exec(readFileSync(script, "utf8"))[0];
    process.stdout.write(head.replace(/^\/\/ ?/gm, ""));
    process.exit(0);
  }
  const unknown = given.find((argument) => !known.includes(argument));
  if (unknown !== undefined) {
    console.error(`error: '${unknown}' is not known: give ${[...known, "nothing"].join(" or ")}.`);
    process.exit(1);
  }
  return new Set(given);
}
