// Mutants of a table: what is replaced by what, one at a time. Compiled in are all at once, each behind a switch, so that a
// campaign costs one compilation; those that no switch can carry are compiled one by one.
import { readFileSync } from "node:fs";

/** Rows of a table: `# path, then what follows it`, then lines `what ;; from ;; to`. */
export function read(file) {
  const mutants = [];
  let [path, rest] = ["", ""];
  for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
    if (line.startsWith("# ")) {
      [path, rest] = line.slice(2).split(/, (.*)/);
    } else {
      const [what, from, to] = line.split(/ ;; ?/).map((text) => text.replaceAll("\\n", "\n"));
      mutants.push({ id: mutants.length + 1, path, rest, what, from, to });
    }
  }
  return mutants;
}

/** Where `from` stands in the text: once, or it is an error. */
function find(text, mutant) {
  const at = text.indexOf(mutant.from);
  if (at < 0) throw new Error(`${mutant.path} has no ${JSON.stringify(mutant.from)}`);
  if (text.indexOf(mutant.from, at + 1) >= 0) throw new Error(`${mutant.path} has ${JSON.stringify(mutant.from)} twice`);
  return at;
}

/** The text with one mutant. */
export function plain(text, mutant) {
  const at = find(text, mutant);
  return text.slice(0, at) + mutant.to + text.slice(at + mutant.from.length);
}

const tokens = (text) => text.match(/\s+|\w+|[^\s\w]/g) ?? [];
const CLOSING = { "(": ")", "[": "]", "{": "}" };

function balanced(text) {
  const open = [];
  for (const token of tokens(text)) {
    if (token in CLOSING) open.push(CLOSING[token]);
    else if (")]}".includes(token) && open.pop() !== token) return false;
  }
  return open.length === 0;
}

/** The expression, or the statement, in which the texts differ: offsets in the original text, and its replacement. */
function span(text, mutant, ends) {
  let [start, end] = [find(text, mutant), 0];
  end = start + mutant.from.length;
  let [from, to] = [tokens(mutant.from), tokens(mutant.to)];
  while (from.length > 0 && to.length > 0 && from[0] === to[0]) {
    start += from.shift().length;
    to.shift();
  }
  // What both end in, token by token; nothing of it that closes a bracket of what differs.
  const [rest, otherRest, last] = [from.slice(), to.slice(), end];
  while (from.length > 0 && to.length > 0 && from.at(-1) === to.at(-1)) {
    end -= from.pop().length;
    to.pop();
  }
  if (!balanced(from.join("")) || !balanced(to.join(""))) [from, to, end] = [rest, otherRest, last];
  if (!balanced(from.join("")) || !balanced(to.join(""))) {
    start = find(text, mutant);
    [from, to, end] = [[mutant.from], [mutant.to], start + mutant.from.length];
  }
  const [core, other] = [from.join("").trim(), to.join("").trim()];
  if (core.endsWith(";") && other === "") return { start, end, statement: true };
  // Outwards to the ends of the operand that holds the difference.
  const left = widen(text, start, -1, ends);
  const right = widen(text, end, 1, ends);
  const replacement = text.slice(left, start) + to.join("") + text.slice(end, right);
  if (!balanced(text.slice(left, right)) || !balanced(replacement) || replacement.trim() === "") return null;
  return { start: left, end: right, replacement };
}

function widen(text, at, step, ends) {
  let depth = 0;
  for (let i = at; ; i += step) {
    const c = step < 0 ? text[i - 1] : text[i];
    const pair = step < 0 ? text.slice(i - 2, i) : text.slice(i, i + 2);
    const opens = step < 0 ? ")]}" : "([{";
    const closes = step < 0 ? "([{" : ")]}";
    if (opens.includes(c) && !("{}".includes(c) && depth === 0)) depth += 1;
    else if (closes.includes(c)) {
      if (depth === 0) return i;
      depth -= 1;
    } else if (depth === 0) {
      const arrow = step < 0 ? text.slice(i - 2, i) === "=>" : pair === "=>";
      const bar = c === "|" && text[step < 0 ? i - 2 : i + 1] !== "|" && text[step < 0 ? i : i - 1] !== "|";
      if (arrow || bar || ends.includes(c) || pair === "&&" || pair === "||") return i;
      const assigns = c === "=" && !/[=!<>]/.test(text[step < 0 ? i - 2 : i - 1]) && text[step < 0 ? i : i + 1] !== "=";
      if (assigns) return i;
      if (c === ":" && pair !== "::" && text[step < 0 ? i : i - 1] !== ":") return i;
      const word = step < 0 ? text.slice(0, i).match(/\b(return|if|while|let|else|match|continue|revert)\s$/) : null;
      if (word) return i;
    }
    if (i <= 0 || i >= text.length) return i;
  }
}

/** The text with all mutants that can be behind a switch, and the others. `language` writes the switches. */
export function switched(text, mutants, language) {
  const spans = [];
  const left = [];
  for (const mutant of mutants) {
    const found = /:=|only|hex"/.test(mutant.from) ? null : span(text, mutant, language.ends);
    if (found) spans.push({ ...found, mutant });
    else left.push(mutant);
  }
  // The inner ones first; of two over the same text the second goes around the first.
  spans.sort((a, b) => a.end - a.start - (b.end - b.start));
  const edits = [];
  for (const { start, end, replacement, statement, mutant } of spans) {
    const crossing = edits.some((e) => (e.start < start && start < e.end && e.end < end) || (start < e.start && e.start < end && end < e.end));
    if (crossing) {
      left.push(mutant);
      continue;
    }
    const parts = statement ? language.statement(mutant.id) : language.expression(mutant.id, replacement.trim());
    edits.push({ start, end, before: parts[0], after: parts[1] });
  }
  let result = text;
  const marks = edits.flatMap((edit, order) => [
    { at: edit.start, order, text: edit.before, opens: true },
    { at: edit.end, order, text: edit.after, opens: false },
  ]);
  // From the end of the text; at one place what closes comes before what opens, the inner outermost in reverse.
  marks.sort((a, b) => b.at - a.at || a.opens - b.opens === 0 ? b.at - a.at || (a.opens ? a.order - b.order : b.order - a.order) : b.opens - a.opens);
  for (const mark of marks) result = result.slice(0, mark.at) + mark.text + result.slice(mark.at);
  return { text: result, left };
}
