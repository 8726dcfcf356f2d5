#!/usr/bin/env bash
# A fund trades itself out of its mandate, and back: README.md tells who is who. run.sh [DIR].
. "$(dirname "$0")/../common.sh"

fund=0x1111111111111111111111111111111111111111
parties fund lender
give fund position.toml position-after-trade.toml

development_keys fund -P policy.toml

say "Fund and lender make price snapshots, each its own."
for party in fund lender; do prices $party reports; done

say "Seven covenants in one proof. The fund sees how near it is to each, and what a scenario of its own would do."
by fund assay check
shows "7 of 7 covenants hold"
shows "25.37 %"
say "Ether at half its price and staked ether below its peg: bitcoin would be more than half of what is left: exit 10."
refused 10 - fund assay stress --shock WETH=-50% --shock wstETH=-50% --depeg wstETH=10% --html stress.html
shows "6 of 7 hold"
shows "covenant bitcoin does not hold"

say "The lender learns that all of them hold, and the thresholds that the policy lets the verdict repeat."
by fund assay commit
by fund assay prove --dev --subject $fund --audience lender.example
hand fund attestation.json lender
verify="assay verify attestation.json --allow-dev-srs --subject $fund --audience lender.example"
by lender $verify
shows "all 7 covenants hold"
shows "staked, section 7.1(a): at most 30 %"

say "A quarter of a bitcoin is sold for staked ether. One limit is exceeded, by 16 basis points at the bounds: exit 10."
refused 10 - fund assay check -i position-after-trade.toml
shows "covenant staked does not hold"
shows "30.16 %"
shows "add           0.0320577 WBTC"
shows "buffer        5% instead"
by fund assay commit -q -i position-after-trade.toml -o opening-after-trade.json
refused 10 - fund assay prove --dev -i position-after-trade.toml --opening opening-after-trade.json --subject $fund \
    --audience lender.example
shows "covenant staked does not hold"

say "The bitcoin that check named is enough, to the last unit;"
sed 's/^WBTC = "1.75"/WBTC = "1.7820577"/' "$example/position-after-trade.toml" >"$place/fund/position-cured.toml"
by fund assay check -i position-cured.toml
say "one unit less is not."
sed 's/^WBTC = "1.75"/WBTC = "1.78205769"/' "$example/position-after-trade.toml" >"$place/fund/position-one-short.toml"
refused 10 - fund assay check -i position-one-short.toml
by fund assay commit -q -i position-cured.toml -o opening-cured.json
by fund assay prove --dev -i position-cured.toml --opening opening-cured.json --subject $fund --audience lender.example
hand fund attestation.json lender
by lender $verify

say "Under a mandate that asks more, the same attestation shows nothing: exit 17."
sed 's/^share = "30%"/share = "25%"/' "$example/policy.toml" >"$place/lender/stricter.toml"
refused 17 other_policy lender $verify -P stricter.toml

say "Prices fall below the floors: it has lapsed: exit 12."
prices lender reports-35-percent-lower
refused 12 price_beyond_bound lender $verify

finished "$@"
