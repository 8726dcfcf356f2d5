// A contender as the report sees it: a process that answers line by line.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const program = join(import.meta.dirname, "../contender.js");

export class Contender {
    static async start(name, folder) {
        const contender = new Contender();
        contender.process = spawn("node", [program, name, "serve", folder], { stdio: ["pipe", "pipe", "ignore"] });
        contender.lines = createInterface({ input: contender.process.stdout })[Symbol.asyncIterator]();
        contender.hello = await contender.next();
        return contender;
    }

    ask(request) {
        this.process.stdin.write(JSON.stringify(request) + "\n");
        return this.next();
    }

    async next() {
        const { value, done } = await this.lines.next();
        if (done) throw new Error("the contender ended");
        return JSON.parse(value);
    }

    // Ends it, and returns its exit status.
    stop() {
        return new Promise((resolve) => {
            this.process.on("exit", resolve);
            this.process.stdin.end();
        });
    }
}
