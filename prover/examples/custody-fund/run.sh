#!/usr/bin/env bash
# A fund borrows against coins at its custodian: README.md tells who is who. run.sh [DIR].
. "$(dirname "$0")/../common.sh"

fund=0x1111111111111111111111111111111111111111
lender=eip155:1:0x2222222222222222222222222222222222222222
other=eip155:1:0x3333333333333333333333333333333333333333
parties fund custodian administrator lender other-lender
give fund position.toml
give custodian keystores/custodian.json keystores/password
give administrator keystores/administrator.json keystores/password

development_keys fund

say "Fund and lenders make price snapshots, each its own."
for party in fund lender other-lender; do prices $party reports; done

say "The fund looks whether it may ask for 20 million, and commits to its position."
by fund assay check --buffer 20% --credit USDC:20000000
by fund assay commit

say "It opens the commitment to custodian and administrator, who know the amounts anyway; the lender never sees them."
hand fund position.toml custodian administrator
hand fund opening.json custodian administrator

say "The custodian signs that the position is as committed, and encumbered to this lender for 30 days."
by custodian assay sign --subject $fund --beneficiary $lender --sequence 1 --expiry +30d \
    --keystore custodian.json --password-file password
hand custodian anchor.json administrator fund

say "One signature of the two that the lender asks for is not enough: exit 15."
refused 15 anchor_too_few_attesters fund assay prove --dev --subject $fund --audience lender.example --anchor anchor.json \
    --buffer 20% --credit USDC:20000000

say "The administrator signs only what agrees with its own books: with another amount there, it is exit 10."
sed 's/^BTC = "1200"/BTC = "1199"/' "$example/position.toml" >"$place/administrator/books.toml"
refused 10 - administrator assay sign -i books.toml --add-to anchor.json --keystore administrator.json --password-file password
by administrator assay sign --add-to anchor.json --keystore administrator.json --password-file password
hand administrator anchor.json fund

say "The fund looks again, as of the anchor, and proves. It hands over the attestation and its anchor, nothing else."
by fund assay check --anchor anchor.json --buffer 20% --credit USDC:20000000
by fund assay prove --dev --subject $fund --audience lender.example --anchor anchor.json --buffer 20% --credit USDC:20000000
hand fund anchor.json lender
hand fund attestation.json lender

say "The lender verifies: who vouches, for whom the collateral is encumbered, what it may lend."
verify="assay verify attestation.json --allow-dev-srs --subject $fund --audience lender.example --anchor anchor.json"
by lender $verify --beneficiary $lender --seen seen.json
shows "accepted: over-collateralised"
shows "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
shows "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

say "Another lender is offered the same collateral. Made for the first, the attestation is not for it: exit 17."
hand fund anchor.json other-lender
hand fund attestation.json other-lender
refused 17 other_audience other-lender assay verify attestation.json --allow-dev-srs --subject $fund \
    --audience other-lender.example --anchor anchor.json --beneficiary $other
say "Made for the other with the same anchor, it is refused too: what is encumbered to one is not to another. Exit 15."
by fund assay prove -q --dev --subject $fund --audience other-lender.example --anchor anchor.json --buffer 20% \
    -o attestation-other.json
hand fund attestation-other.json other-lender
refused 15 anchor_other_beneficiary other-lender assay verify attestation-other.json --allow-dev-srs --subject $fund \
    --audience other-lender.example --anchor anchor.json --beneficiary $other

say "The custodian releases 400 BTC. It commits anew with the fund, and both attesters sign the next sequence."
cp "$example/position-after-release.toml" "$place/fund"
by fund assay commit -i position-after-release.toml -o opening-2.json
hand fund position-after-release.toml custodian administrator
hand fund opening-2.json custodian administrator
by custodian assay sign -q -i position-after-release.toml --opening opening-2.json --subject $fund --beneficiary $lender \
    --sequence 2 --expiry +30d --keystore custodian.json --password-file password -o anchor-2.json
hand custodian anchor-2.json administrator
by administrator assay sign -q -i position-after-release.toml --opening opening-2.json --add-to anchor-2.json \
    --keystore administrator.json --password-file password
hand administrator anchor-2.json fund lender

say "The lender takes note of it, from the custodian and without a proof. The first attestation is superseded: exit 15,"
refused 15 anchor_superseded lender $verify --beneficiary $lender --seen seen.json --newer anchor-2.json
say "and the lender remembers that."
refused 15 anchor_superseded lender $verify --beneficiary $lender --seen seen.json

say "What is left does not bear 20 million more: exit 10, before anything is proven. A smaller line would do."
refused 10 - fund assay check -i position-after-release.toml --anchor anchor-2.json --buffer 20% --credit USDC:20000000
shows "lower credit"
refused 10 - fund assay prove --dev -i position-after-release.toml --opening opening-2.json --subject $fund \
    --audience lender.example --anchor anchor-2.json --buffer 20% --credit USDC:20000000 -o attestation-2.json
by fund assay prove --dev -i position-after-release.toml --opening opening-2.json --subject $fund --audience lender.example \
    --anchor anchor-2.json --buffer 20% --credit USDC:14000000 -o attestation-2.json
hand fund attestation-2.json lender
by lender assay verify attestation-2.json --allow-dev-srs --subject $fund --audience lender.example --anchor anchor-2.json \
    --beneficiary $lender --seen seen.json

say "An attestation ends. This one is for a few seconds, to see it lapse: exit 12."
end=$(($(date +%s) + 10))
by fund assay prove -q --dev -i position-after-release.toml --opening opening-2.json --subject $fund \
    --audience lender.example --anchor anchor-2.json --buffer 20% --credit USDC:14000000 -o attestation-3.json \
    --valid-until "$(timestamp $end)"
hand fund attestation-3.json lender
while [ "$(date +%s)" -le $end ]; do sleep 1; done
refused 12 expired lender assay verify attestation-3.json --allow-dev-srs --subject $fund --audience lender.example \
    --anchor anchor-2.json --beneficiary $lender --seen seen.json

finished "$@"
