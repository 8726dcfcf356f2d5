#!/usr/bin/env bash
# One holding that is too large for its market, and the same value in two: README.md tells who is who. run.sh [DIR].
. "$(dirname "$0")/../common.sh"

borrower=0x1111111111111111111111111111111111111111
parties borrower lender
give borrower position.toml position-in-two.toml

development_keys borrower -P policy.toml

say "Borrower and lender make price snapshots, each its own."
for party in borrower lender; do prices $party reports; done

say "The ratio alone is met with 8,000 WETH. With thresholds that fall with the quantity it is not, nor could the market take
# enough of it: exit 10."
refused 10 - borrower assay check
shows "1 of 3 covenants hold"
shows "covenants large-holding, exit do not hold"
by borrower assay commit -q
refused 10 - borrower assay prove --dev --subject $borrower --audience lender.example

say "Half of it in bitcoin is the same value, and all three hold."
by borrower assay check -i position-in-two.toml
shows "3 of 3 covenants hold"
by borrower assay commit -q -i position-in-two.toml -o opening-in-two.json
by borrower assay prove --dev -i position-in-two.toml --opening opening-in-two.json --subject $borrower \
    --audience lender.example
hand borrower attestation.json lender
by lender assay verify attestation.json --allow-dev-srs --subject $borrower --audience lender.example
shows "large-holding, section 4.2: more than 110 %"

finished "$@"
