#!/usr/bin/env bash
# Anchors with Foundry's cast: what cast signs is accepted here, and what is signed here cast verifies; also a keystore of
# cast's. Installs cast beside the contracts where it is not yet. Needs Node.js and npm, and the target directory's `assay`.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cast=$root/verifier/contracts/node_modules/.tools/cast
[ -x "$cast" ] || "$root/verifier/contracts/install.sh"
assay=${CARGO_TARGET_DIR:-$root/target}/release/assay
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export ASSAY_CACHE_DIR=$work/cache

# Two fresh attesters: the one signs with cast, the other here, from a keystore that cast wrote.
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && printf '%s\n' "$password" >password)
for name in theirs ours; do
    (umask 077 && "$cast" wallet new . "$name" --unsafe-password "$password" >/dev/null)
    declare "$name=$("$cast" wallet address --keystore "$name" --password "$password")"
done
"$assay" init -q . >/dev/null
"$assay" commit -q >/dev/null
sed -i.bak "s/^anchor = \"none\"/anchor = { minimum = 2, attesters = [\"$theirs\", \"$ours\"] }/" policy.toml

subject=0x00000000000000000000000000000000000a11ce
beneficiary=eip155:8453:0x6B175474E89094C44Da98b954EedeAC495271d0F
as_of=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sign() {
    "$assay" sign -q --subject $subject --beneficiary $beneficiary --as-of "$as_of" --sequence 18446744073709551615 \
        --expiry 2999-12-31T23:59:59Z "$@"
}

echo "typed data of ours, signed by cast, attached here"
sign --typed-data >statement.json
signature=$("$cast" wallet sign --keystore theirs --password "$password" --data --from-file statement.json)
sign --signature "$signature" >/dev/null

echo "signed here from cast's keystore, verified by cast"
"$assay" sign -q --add-to anchor.json --keystore ours --password-file password >/dev/null
signature=$(sed -n "/$ours/{n;s/.*\"\(0x[0-9a-f]*\)\".*/\1/p;}" anchor.json)
"$cast" wallet verify --address "$ours" --data --from-file statement.json "$signature"
if "$cast" wallet verify --address "$theirs" --data --from-file statement.json "$signature" 2>/dev/null; then
    echo "cast takes the signature for somebody else's" >&2
    exit 1
fi

echo "an attestation under both is accepted"
"$assay" params dev -q >/dev/null
"$assay" setup -q --dev >/dev/null
"$assay" prove -q --dev --subject $subject --audience lender.example --anchor anchor.json >/dev/null
verify() {
    "$assay" verify attestation.json -q --allow-dev-srs --subject $subject --audience lender.example \
        --anchor anchor.json --beneficiary $beneficiary --seen seen.json "$@"
}
verify >/dev/null

echo "a revocation that cast signed is heeded"
statement=$("$assay" inspect anchor.json --json | sed -n 's/.*"statement_hash": "\(0x[0-9a-f]*\)".*/\1/p')
"$assay" sign -q --typed-data --revoke "$statement" >revocation-data.json
signature=$("$cast" wallet sign --keystore theirs --password "$password" --data --from-file revocation-data.json)
"$assay" sign -q --revoke "$statement" --signature "$signature" --attester "$theirs" >/dev/null
code=0
verify --revocation revocation.json >/dev/null 2>&1 || code=$?
[ "$code" = 15 ] || { echo "a revoked anchor ended with exit $code" >&2; exit 1; }
