#!/usr/bin/env bash
# The guide docs/src/on-chain-guide.md as a stranger pastes it: its blocks, in their order, in one bash that ends at the first
# command that fails. Needs Rust, Node.js, npm and jq.
#
# Without an argument with the page's development keys; with the file of the ceremony with the production key.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
page=$root/docs/src/on-chain-guide.md
ceremony=${1:+$(cd "$(dirname "$1")" && pwd)/$(basename "$1")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The blocks that begin in the first column with ```sh. Of the two ways to parameters one is taken.
from='<!-- with the ceremony -->' to='<!-- without it -->'
[ -z "$ceremony" ] || { from=$to to='<!-- end -->'; }
sed "/^$from\$/,/^$to\$/d" "$page" | sed -n '/^```sh$/,/^```$/{/^```/d;p;}' >"$work/pasted.sh"
commands=$(grep -c '^assay ' "$work/pasted.sh" || true)
[ "$commands" -ge 10 ] || { echo "guide.sh: the page has $commands commands" >&2; exit 1; }

# Another port than the page's, which may be in use. A ceremony's file that is there already is not fetched.
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
mkdir "$work/scratch"
{
    echo 'set -euo pipefail; trap "kill \$(jobs -p)" EXIT'
    sed -e "s/8545/$port/" -e "s|^assay params fetch|cp '$ceremony' hermez-raw-11; &|" "$work/pasted.sh"
    echo 'assay evm status --subject $SUBJECT --json >status.json'
} >"$work/run.sh"
(cd "$root" && TMPDIR=$work/scratch ASSAY_CACHE_DIR=$work/cache bash "$work/run.sh") >"$work/out.txt" 2>&1 || {
    cat "$work/out.txt" >&2
    echo "guide.sh: a command of the page failed" >&2
    exit 1
}
status=$(jq -r '.status + " " + .reason' "$work"/scratch/*/status.json)
[ "$status" = "Healthy None" ] || { cat "$work/out.txt" >&2; echo "guide.sh: the status is $status" >&2; exit 1; }
echo "the guide works as it is pasted: $commands commands of assay; status $status"
