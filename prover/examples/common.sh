# What the examples share; each run.sh sources it with its own arguments. Needs bash, sed and Rust, or a built program named by
# the variable ASSAY.
#
# usage: run.sh [DIR]: plays the story in DIR, new or empty, which stays; by default in a temporary directory, which does not.
set -euo pipefail

example=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
if [ -z "${ASSAY:-}" ]; then
    root=$(cd "$example/../../.." && pwd)
    (cd "$root" && cargo build --quiet --release --locked --bin assay)
    target=${CARGO_TARGET_DIR:-target}
    ASSAY=$(cd "$root" && cd "$target/release" && pwd)/assay
fi
assay() { "$ASSAY" "$@"; }

fail() {
    printf '\n%s: %s\n' "${example##*/}" "$1" >&2
    exit 1
}

if [ $# -gt 0 ]; then
    mkdir -p "$1"
    [ -z "$(ls -A "$1")" ] || fail "$1 is not empty"
    place=$(cd "$1" && pwd)
else
    place=$(mktemp -d)
    trap 'rm -rf "$place"' EXIT
fi
# SRS and keys are the example's own, not the user's.
export ASSAY_CACHE_DIR=$place/cache
# Whatever is copied is readable by its owner alone, as positions and keystores should be.
umask 077

# Tells the story.
say() { printf '\n# %s\n' "$1"; }

# Gives each party a directory with the public rules in it.
parties() {
    local name
    for name; do
        mkdir "$place/$name"
        cp "$example/market.toml" "$example/policy.toml" "$place/$name"
    done
}

# give PARTY FILE...: files of the example.
give() {
    local party=$1 file
    shift
    for file; do cp "$example/$file" "$place/$party"; done
}

# hand FROM FILE TO...: what a party hands to others.
hand() {
    local from=$1 file=$2 to
    shift 2
    for to; do
        printf '\n%s hands %s to %s\n' "$from" "$file" "$to"
        cp "$place/$from/$file" "$place/$to"
    done
}

# Runs a command of a party, shows it, and sets output and code.
play() {
    local party=$1
    shift
    printf '\n%s$ %s\n' "$party" "$*"
    code=0
    output=$(cd "$place/$party" && "$@" 2>&1 </dev/null) || code=$?
    printf '%s\n' "$output"
}

# by PARTY COMMAND...: it must succeed.
by() {
    play "$@"
    [ "$code" = 0 ] || fail "exit $code, expected 0"
}

# refused CODE REASON PARTY COMMAND...: it must end with this exit code and, where REASON is not -, this reason in JSON.
refused() {
    local expected=$1 reason=$2 shown
    shift 2
    play "$@"
    printf '(exit %s)\n' "$code"
    [ "$code" = "$expected" ] || fail "exit $code, expected $expected"
    if [ "$reason" != - ]; then
        shown=$output
        play "$@" --json >"$place/json"
        output=$(sed -n 's/^ *"reason": "\([a-z_]*\)".*/\1/p' "$place/json")
        [ "$output" = "$reason" ] || fail "reason $output, expected $reason"
        output=$shown
    fi
}

# The last output contains this.
shows() {
    case $output in
    *"$1"*) ;;
    *) fail "expected in the output: $1" ;;
    esac
}

# Seconds since 1970 as files have them.
timestamp() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -r "$1" +%Y-%m-%dT%H:%M:%SZ; }

# prices PARTY FOLDER: the reports in the folder, as if their sources had published them just now, and the party's snapshot.
prices() {
    local party=$1 folder=$2 now name
    now=$(date +%s)
    mkdir -p "$place/$party/reports"
    for name in chainlink pyth; do
        sed -E "s/\"(startedAt|updatedAt|publish_time)\": [0-9]+/\"\1\": $now/g" "$example/$folder/$name.json" \
            >"$place/$party/reports/$name.json"
    done
    by "$party" assay prices make -q -r chainlink=reports/chainlink.json -r pyth=reports/pyth.json
}

# development_keys PARTY OPTION...: a development SRS and its key. Whoever makes them can forge proofs, so that they convince
# nobody else.
development_keys() {
    say "Development keys, in the example's own cache. They convince nobody else; without --dev and --allow-dev-srs, the
# production key counts, and an SRS of a ceremony is needed to prove."
    by "$1" assay params dev -q "${@:2}"
    by "$1" assay setup -q --dev "${@:2}"
}

# Ends the story.
finished() {
    if [ $# -gt 0 ]; then
        printf '\nThe files are in %s. To go on by hand: export ASSAY_CACHE_DIR=%s/cache\n' "$place" "$place"
    fi
    printf '\n%s: every verdict and every exit code as told\n' "${example##*/}"
}
