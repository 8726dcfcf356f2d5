#!/usr/bin/env bash
# The owner of a Maker vault draws too much, and cures it: README.md tells who is who. run.sh [DIR].
. "$(dirname "$0")/../common.sh"

owner=0x1111111111111111111111111111111111111111
parties owner desk
give owner position.toml position-drawn.toml position-cured.toml

development_keys owner

say "Owner and desk make price snapshots, each its own."
for party in owner desk; do prices $party reports; done

say "The desk's rules: what they accept, Maker's own rule calls safe. What that assumes is listed."
by desk assay policy check
shows "The position is one vault"

say "The vault is safe at every price within 10 % of today's."
by owner assay check

say "With 10,000 DAI more it is not: exit 10. The owner alone learns what would cure it, and nothing is proven."
refused 10 - owner assay check -i position-drawn.toml
shows "add           2.579292353059747198 WETH"
shows "repay         3,634.572878768473888896 DAI"
by owner assay commit -q -i position-drawn.toml -o opening-drawn.json
refused 10 - owner assay prove --dev -i position-drawn.toml --opening opening-drawn.json --subject $owner \
    --audience desk.example

say "The owner locks exactly the WETH that check named: that is the limit. It is enough,"
by owner assay check -i position-cured.toml
say "and one wei less is not: exit 10."
sed 's/^WETH = "42.579292353059747198"/WETH = "42.579292353059747197"/' "$example/position-cured.toml" \
    >"$place/owner/position-one-wei-short.toml"
refused 10 - owner assay check -i position-one-wei-short.toml

say "The owner proves, and hands the attestation over. The desk cannot tell that it is at the limit."
by owner assay commit -i position-cured.toml
by owner assay prove --dev -i position-cured.toml --subject $owner --audience desk.example
hand owner attestation.json desk
by desk assay verify attestation.json --allow-dev-srs --subject $owner --audience desk.example
shows "nobody vouches for them (no anchor)"
shows "maker: healthy there as well"

say "Maker counts DAI as one dollar, whatever it trades at. Bounds that do not reach one are refused: DAI at 90 cents with a
# buffer of 5 % is exit 3."
prices owner reports-dai-at-90-cents
refused 3 - owner assay prove --dev -i position-cured.toml --subject $owner --audience desk.example --buffer 5%
shows "maker counts debt at 1 USD a unit"

finished "$@"
