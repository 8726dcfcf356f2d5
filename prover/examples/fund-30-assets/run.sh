#!/usr/bin/env bash
# A fund with 29 coins borrows against all of them: README.md tells who is who. run.sh [DIR].
. "$(dirname "$0")/../common.sh"

fund=0x1111111111111111111111111111111111111111
parties fund lender
give fund position.toml

development_keys fund --assets 30

say "Fund and lender make price snapshots, each its own."
for party in fund lender; do prices $party reports; done

say "The market has 30 assets. The smallest circuit that fits is chosen by itself: the one for 32."
by lender assay policy check
shows "the circuit for 32 assets"

say "The fund looks whether it may ask for 3 million, commits to its position and proves."
by fund assay check --buffer 20% --credit USDC:3000000
by fund assay commit
by fund assay prove --dev --subject $fund --audience lender.example --buffer 20% --credit USDC:3000000
hand fund attestation.json lender

say "The lender learns that it is enough, and neither which coins the fund has nor how much of any."
by lender assay verify attestation.json --allow-dev-srs --subject $fund --audience lender.example
shows "accepted"

say "Without --allow-dev-srs the key does not count: exit 14. For 32 assets no production key is part of the program; doctor says
# how one is made from the file of a ceremony."
refused 14 key_not_accepted lender assay verify attestation.json --subject $fund --audience lender.example
by lender assay doctor
shows "assay setup --srs FILE.srs --assets 32"

say "A key for another size is refused, whatever it says: exit 13."
by lender assay params dev -q
by lender assay setup -q --dev -o eight.vk
refused 13 other_circuit lender assay verify attestation.json --allow-dev-srs --vk eight.vk --subject $fund \
    --audience lender.example

say "With 20 million of debt more it is not enough: exit 10, and nothing is proven."
sed 's/^USDC = "12000000"/USDC = "32000000"/' "$example/position.toml" >"$place/fund/position-drawn.toml"
refused 10 - fund assay check -i position-drawn.toml --buffer 20% --credit USDC:3000000

finished "$@"
