#!/usr/bin/env bash
# The whole job on a chain: anvil on loopback, contracts deployed by `assay evm`, proofs made by `assay prove`, mock
# Chainlink feeds, and a lender that borrows and liquidates by status. Installs Foundry's tools where they are not yet and
# builds `assay`. Needs Node.js and npm.
#
# Without an argument proofs are made under development keys, and the verifier contract is one generated for them. With a
# ceremony's file (`params/README.md` says where to get it) it is the production key and the contract in the tree.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
ceremony=${1:+$(cd "$(dirname "$1")" && pwd)/$(basename "$1")}
tools=$here/node_modules/.tools
[ -x "$tools/anvil" ] && [ -d "$here/node_modules/@openzeppelin" ] || "$here/install.sh"
(cd "$root" && cargo build --release --locked --quiet --bin assay --bin assay-contracts)
target=${CARGO_TARGET_DIR:-$root/target}/release
work=$(mktemp -d)
node_pid=
trap '[ -z "$node_pid" ] || kill "$node_pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
export ASSAY_CACHE_DIR=$work/cache

fail() {
    echo "anvil.sh: $*" >&2
    exit 1
}
cast() { "$tools/cast" "$@"; }
assay() { "$target/assay" -q "$@"; }
# Members of the object on stdin.
members() {
    node -e 'const o = JSON.parse(require("fs").readFileSync(0)); console.log(process.argv.slice(1).map((k) => o[k]).join(" "))' "$@"
}

# ---------------------------------------------------------------------------------------------- a chain, and who is on it

: >anvil.log
"$tools/anvil" --host 127.0.0.1 --port 0 >>anvil.log 2>&1 &
node_pid=$!
for _ in $(seq 600); do
    ETH_RPC_URL=http://$(sed -n 's/^Listening on //p' anvil.log)
    [ "$ETH_RPC_URL" = http:// ] || break
    kill -0 $node_pid 2>/dev/null || fail "anvil ended: $(cat anvil.log)"
    sleep 0.1
done
export ETH_RPC_URL
chain=$(cast chain-id)

(umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >password)
wallet() {
    (umask 077 && cast wallet new . "$1" --unsafe-password "$(cat password)" >/dev/null)
    cast wallet address --keystore "$1" --password "$(cat password)"
}
owner=$(wallet owner)
subject=$(wallet subject)
alice=$(wallet alice)
bob=$(wallet bob)
attesters=$(printf '%s\n' "$alice" "$bob" | LC_ALL=C sort -f | sed 's/.*/"&"/' | paste -sd, -)
rich=$(cast rpc eth_accounts | node -p 'JSON.parse(require("fs").readFileSync(0))[0]')
for account in "$owner" "$subject"; do
    cast send --unlocked --from "$rich" "$account" --value 10ether >/dev/null
done
# A transaction with half more gas than estimated, which may not revert: transact FROM "HOW TO SIGN" WHAT ...
transact() {
    local from=$1 gas receipt
    local -a signed
    read -ra signed <<<"$2"
    shift 2
    gas=$(cast estimate --from "$from" "$@") || return 1
    receipt=$(cast send "${signed[@]}" --gas-limit $((gas * 3 / 2)) --json "$@") || return 1
    [ "$(members status <<<"$receipt")" = 0x1 ] || { echo "reverted: $receipt" >&2; return 1; }
}
send() { transact "$rich" "--unlocked --from $rich" "$@"; }
by_subject() { transact "$subject" "--keystore subject --password $(cat password)" "$@"; }
create() { cast send --unlocked --from "$rich" --json --create "$@" | members contractAddress; }

# Mocks, and the verifier for the key, compiled with nothing else.
mkdir -p sources/src/verifier sources/test/mocks
ln -s "$here/node_modules" "$here/artifacts" sources
cp -R "$here/script" sources
cp "$here/foundry.toml" "$here/solc.cjs" sources
cp -R "$here/src/oracle" "$here/src/lib" sources/src
cp "$here/src/verifier/IAttestationVerifier.sol" sources/src/verifier
cp "$here/test/mocks/Oracles.sol" "$here/test/mocks/MockToken.sol" sources/test/mocks
if [ -n "$ceremony" ]; then
    echo "keys: production, from $(basename "$ceremony"); the verifier contract of the tree"
    assay params import "$ceremony" -o production.srs >/dev/null
    keys=(--srs production.srs)
else
    echo "keys: development, with a verifier contract generated for them; the production key's contract: NOT CHECKED here"
    assay params dev >/dev/null
    keys=(--dev)
fi
key=$(assay setup "${keys[@]}" -o key.vk --json | members fingerprint)
"$target/assay-contracts" key.vk sources/src/verifier
(cd sources && "$tools/forge" build --quiet)
code() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).bytecode.object' "sources/out/$1"; }
[ -z "$ceremony" ] || cmp sources/src/verifier/Halo2Verifier.sol "$here/src/verifier/Halo2Verifier.sol"

token=$(create "$(code MockToken.sol/MockToken.json)")
feeds=()
for price in 200000000000 200000000000 100000000 100000000; do
    feeds+=("$(create "$(code Oracles.sol/MockAggregator.json)" "constructor(uint8,int256)" 8 $price)")
done
# New rounds of all feeds: WETH at so many dollars, the token at one.
prices() {
    local feed
    for feed in "${feeds[@]:0:2}"; do send "$feed" "set(int256)" "${1}00000000"; done
    for feed in "${feeds[@]:2:2}"; do send "$feed" "set(int256)" 100000000; done
}

# ------------------------------------------------------------------------------------------------------- the deployment

cat >market.toml <<EOF
format = "assay/market/v1"
name = "Two assets on a local chain"

[[assets]]
symbol = "WETH"
chain = "eip155:$chain"
address = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"
decimals = 18

[[assets]]
symbol = "MOCK"
chain = "eip155:$chain"
address = "$(cast to-check-sum-address "$token")"
decimals = 18
EOF
source_of() {
    cat <<EOF
[sources.$1]
kind = "chainlink"
chain = "eip155:$chain"
feeds.WETH = { id = "$(cast to-check-sum-address "$2")", decimals = 8, max_age = 3600 }
feeds.MOCK = { id = "$(cast to-check-sum-address "$3")", decimals = 8, max_age = 3600 }

EOF
}
policy() {
    cat >policy.toml <<EOF
format = "assay/policy/v1"
name = "Test on a local chain"
market = "market.toml"
quote = "USD"
minimum_ratio_bps = 10500
max_price_age = 3600
max_validity = 86400
max_statement_age = 604800
buffers_percent = [10]
minimum_sources = 2
max_deviation_bps = 200
anchor = { minimum = 2, attesters = [$attesters] }
verifying_key = "$key"

$1

$(source_of one "${feeds[0]}" "${feeds[2]}")

$(source_of two "${feeds[1]}" "${feeds[3]}")

[assets.WETH]
liquidation_threshold_bps = 8000
debt_interest_bps_per_year = 2000
price_decimals = 8

[assets.MOCK]
debt_interest_bps_per_year = 2000
price_decimals = 8
EOF
}
deploy() { assay evm deploy --keystore owner --password-file password --json "$@" >deployed.json; }
policy ""
verifier=()
[ -n "$ceremony" ] || verifier=(--verifier "$(cast to-check-sum-address "$(create "$(code Halo2Verifier.sol/Halo2Verifier.json)")")")
deploy ${verifier[@]+"${verifier[@]}"}
[ "$(members published <deployed.json)" = false ] || fail "a policy without contracts is published"
registry=$(members registry <deployed.json)
board=$(members price_board <deployed.json)
policy "[on_chain]
verifier = \"$(members verifier <deployed.json)\"
price_board = \"$board\"
grace_period = 14400"
deploy
[ "$(members published <deployed.json)" = true ] || fail "the policy is not published: $(cat deployed.json)"
policy_id=$(members policy <deployed.json)
deploy
[ "$(node -p 'JSON.parse(require("fs").readFileSync("deployed.json")).transactions.length')" = 0 ] ||
    fail "deploying again sent transactions"

# The same by Foundry's script, with the verifier of the tree, which is the production key's. The command finds all of it.
sed /^verifying_key/d policy.toml | sed '/^\[on_chain\]/,/^$/d' >scripted.toml
solidity=$(assay policy check -P scripted.toml --json | node -p 'JSON.parse(require("fs").readFileSync(0)).solidity.price_board')
scripted() { # scripted OWNER [FEED GRACE]
    local signature="run(address,bytes${2:+,address,uint32})" owner=$1
    shift
    (cd sources && "$tools/forge" script script/Deploy.s.sol --sig "$signature" "$owner" "$solidity" "$@" \
        --rpc-url "$ETH_RPC_URL" --unlocked --sender "$rich" --broadcast --slow --timeout 60 --silent)
}
refuses() { # refuses ERROR OWNER
    if scripted "$2" >output.txt 2>&1; then fail "the script: not refused with $1"; fi
    grep -q "$1" output.txt || fail "the script: $(cat output.txt)"
}
refuses NoOwner "0x$(printf '%040d' 0)"
[ ! -e sources/deployments ] || fail "a script that failed wrote a file"
scripted "$owner" >output.txt 2>&1 || fail "the script: $(cat output.txt)"
refuses DeployedBefore "$owner"
assay evm deploy -P scripted.toml --deployments sources/deployments --keystore owner --password-file password --json \
    >scripted.json
[ "$(node -p 'JSON.parse(require("fs").readFileSync("scripted.json")).transactions.map((t) => t.what).join()')" = \
    "adding the verifier" ] || fail "the command does not find what the script deployed: $(cat scripted.json)"
rm -r sources/deployments
scripted "$owner" "${feeds[0]}" 3600 >output.txt 2>&1 || fail "the script: $(cat output.txt)"
made=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).price_boards[0].address' "sources/deployments/$chain.json")
[ "$(cast call "$made" "sequencerFeed()(address)")" = "$(cast to-check-sum-address "${feeds[0]}")" ] ||
    fail "the script's price board has no feed of the sequencer"
echo "deployed by Foundry's script: registry, price board, verifier of the tree"

desk=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).bytecode' "$here/artifacts/CreditDesk.json")
desk=$(create "$desk" "constructor(address,bytes32,address,uint8,address)" "$registry" "$policy_id" "$token" 1 "$rich")
desk=$(cast to-check-sum-address "$desk")
send "$token" "mint(address,uint256)" "$desk" 1000000ether
send "$token" "mint(address,uint256)" "$rich" 1000000ether
send "$token" "approve(address,uint256)" "$desk" 1000000ether
echo "deployed: registry, price board, verifier, policy, lender"

# ---------------------------------------------------------------------------------------------------------------- steps

# The chain's time, which runs ahead of the clock.
now() { node -p 'new Date(1000 * process.argv[1]).toISOString().replace(".000", "")' "$(cast block latest --field timestamp)"; }
pass() { cast rpc evm_increaseTime "$1" >/dev/null && cast rpc evm_mine >/dev/null; }
refresh() { send "$board" "refreshAll()"; }
status() {
    local found
    found=$(assay evm status --subject "$subject" --json | members status reason)
    [ "$found" = "$2 $3" ] || fail "$1: $found, expected $2 $3; the price board has $(cast call "$board" "prices()(bool,uint256[])")
$(assay evm status --subject "$subject" --json)"
    printf '%-72s %s\n' "$1" "$found"
}
# A command that must fail with an error of a contract.
refused() {
    local what=$1 error=$2 selector
    shift 2
    selector=$(cast sig "$error")
    if "$@" >output.txt 2>&1; then fail "$what: not refused"; fi
    grep -q -e "${error%%(*}" -e "$selector" output.txt || fail "$what: $(cat output.txt)"
    printf '%-72s %s\n' "$what" "refused: ${error%%(*}"
}
# A command of assay that must end with an exit code.
exits() {
    local what=$1 code=$2 found=0
    shift 2
    "$@" >output.txt 2>&1 || found=$?
    [ "$found" = "$code" ] || fail "$what: exit $found, expected $code: $(cat output.txt)"
    printf '%-72s exit %s\n' "$what" "$code"
}
# A holdings statement with this sequence as of now, by both attesters.
anchor() {
    rm -f anchor.json
    assay sign --now "$(now)" --subject "$subject" --beneficiary "eip155:$chain:$registry" --sequence "$1" --expiry +6d \
        --keystore alice --password-file password >/dev/null
    assay sign --now "$(now)" --add-to anchor.json --keystore bob --password-file password >/dev/null
}
# What the feeds of a source say, as the chain has it.
rounds() {
    local name=$1 feed list=
    shift
    for feed in "$@"; do
        list="$list${list:+,}{\"aggregator\":\"$(cast to-check-sum-address "$feed")\",\"decimals\":8,\"latestRoundData\":"
        list="$list$(cast call "$feed" "latestRoundData()(uint80,int256,uint256,uint256,uint80)" --json)}"
    done
    echo "{\"format\":\"assay/chainlink-rounds/v1\",\"chain\":\"eip155:$chain\",\"rounds\":[$list]}" >"$name.json"
}
# An attestation at the feeds' prices, valid for a span.
prove() {
    local time
    time=$(now)
    rounds one "${feeds[0]}" "${feeds[2]}"
    rounds two "${feeds[1]}" "${feeds[3]}"
    assay prices make --now "$time" -r one=one.json -r two=two.json >/dev/null
    assay prove --now "$time" "${keys[@]}" --anchor anchor.json --subject "$subject" --audience "eip155:$chain:$registry" \
        --buffer "10%" --credit MOCK:1000 --valid-until "$1" >/dev/null
}
claimed=(attestation.json --anchor anchor.json --lender "$desk")
submit() { assay evm submit "${claimed[@]}" --keystore subject --password-file password "$@"; }
dry_run() { assay evm submit "${claimed[@]}" --dry-run "$@"; }
borrow() { by_subject "$desk" "borrow(uint128)" "$1"; }
liquidate() { send "$desk" "liquidate(address)" "$subject"; }

# ------------------------------------------------------------------- a registry of somebody else, and a chain's sequencer

uptime=$(cast to-check-sum-address "$(create "$(code Oracles.sol/MockAggregator.json)" "constructor(uint8,int256)" 8 0)")
count() { node -p 'JSON.parse(require("fs").readFileSync(0)).owner_calls.length'; }
foreign() { # foreign GRACE [OPTION …]
    assay evm deploy -P foreign.toml --deployments foreign --keystore owner --password-file password --json \
        --sequencer-feed "$uptime" --sequencer-grace "$@"
}
sed '/^\[on_chain\]/,/^$/d' policy.toml >foreign.toml
foreign 3600 --owner "$alice" --verifier "$(members verifier <deployed.json)" >foreign.json
[ "$(count <foreign.json) $(members published <foreign.json)" = "1 false" ] || fail "not alice's: $(cat foreign.json)"
sequenced=$(members price_board <foreign.json)
[ "$(cast call "$sequenced" "sequencerFeed()(address)") $(cast call "$sequenced" "sequencerGrace()(uint256)")" = \
    "$uptime 3600" ] || fail "the board has another feed of the sequencer"
exits "another grace of the sequencer than the board's" 17 foreign 60
sed "s/$board/$sequenced/" policy.toml >foreign.toml
foreign 3600 >foreign.json
[ "$(count <foreign.json)" = 2 ] || fail "the owner is not asked for two calls: $(cat foreign.json)"
send "$alice" --value 1ether
for data in $(node -p 'JSON.parse(require("fs").readFileSync("foreign.json")).owner_calls.map((c) => c.data).join(" ")'); do
    cast send --keystore alice --password "$(cat password)" "$(members registry <foreign.json)" "$data" >/dev/null
done
foreign 3600 >foreign.json
[ "$(count <foreign.json) $(members published <foreign.json)" = "0 true" ] || fail "not published: $(cat foreign.json)"
echo "published by the calls that the command printed for a foreign owner, with a board that knows the sequencer"

# ------------------------------------------------------------------------------------------------------------ the story

cat >position.toml <<EOF
[collateral]
WETH = "10"

[debt]
MOCK = "10000"
EOF
chmod 600 position.toml
assay commit >/dev/null
status "before anything" Unknown NoAttestation
refresh
anchor 1
prove +12h
[ "$(dry_run --json | members publishes_anchor)" = true ] || fail "a dry run does not see that the anchor is new"
exits "attesting with somebody else's key" 17 assay evm submit "${claimed[@]}" --keystore alice --password-file password
submit >/dev/null
status "attested with a proof of the command line" Healthy None
refused "the same calldata from somebody else" "AnchorNotLatest(bytes32,bytes32)" \
    send "$registry" "$(assay evm calldata "${claimed[@]}")"
[ "$(cast call "$(members verifier <deployed.json)" "$(assay evm calldata "${claimed[@]}" --call verify)")" = \
    "$(cast to-uint256 1)" ] || fail "the verifier does not accept the proof"

borrow 600ether
refused "borrowing beyond the credit line" "CreditExceeded(uint256,uint256)" borrow 401ether
prices 1700
refresh
status "WETH fell through its floor" Lapsed PriceBeyondBound
refused "borrowing then" "NotHealthy(uint8,uint8)" borrow 1ether
refused "liquidating before the lapse is recorded" "LapseNotRecorded(uint8)" liquidate
prices 2000
refresh
status "the price came back, nobody had recorded it" Healthy None
prices 1700
refresh
send "$registry" "recordLapse(address,bytes32)" "$subject" "$policy_id"
prices 2000
refresh
status "the price came back after a record" Lapsed PriceBeyondBound
refused "liquidating within the grace period" "InGrace(uint256)" liquidate

pass 7200
status "no new prices for two hours" Unknown OracleUnusable
refused "borrowing in the outage" "TooFewSources(uint256,uint256,uint256)" borrow 1ether
refused "liquidating in the outage" "NotLapsed(uint8,uint8)" liquidate
exits "refreshing in the outage, and attesting" 16 submit --refresh
prices 2000
refresh
status "the feeds are back" Lapsed PriceBeyondBound
prove +11h
refused "a new proof of the old holdings statement" "StatementBeforeLapse(uint256,uint256)" submit
pass 7300
prices 2000
refresh
refused "liquidating in the hour after an outage" "InGrace(uint256)" liquidate
pass 3700
prices 2000
refresh
liquidate
echo "liquidated after the grace period"
[ "$(cast call "$desk" "debt(address)(uint256)" "$subject")" = 0 ] || fail "debt is left"

anchor 2
prove +1h
submit >/dev/null
status "attested under a fresh holdings statement" Healthy None
pass 3700
prices 2000
refresh
status "valid-until has passed" Lapsed Expired
prove +1h
submit >/dev/null
status "attested anew" Healthy None
anchor 3
prove +2h
send "$registry" "$(assay evm calldata "${claimed[@]}" --call publish-anchor)"
status "anybody published a newer holdings statement" Lapsed AnchorSuperseded
dry_run >/dev/null
submit >/dev/null
status "attested under it" Healthy None
kill $node_pid && wait $node_pid 2>/dev/null || true
exits "a node that is not there" 4 assay evm status --subject "$subject"
echo "done"
