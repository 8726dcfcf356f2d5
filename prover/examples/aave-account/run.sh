#!/usr/bin/env bash
# An account of Aave with several assets, and prices that fall: README.md tells who is who. run.sh [DIR].
. "$(dirname "$0")/../common.sh"

account=0x1111111111111111111111111111111111111111
parties owner underwriter
give owner position.toml position-repaid.toml

development_keys owner

say "Owner and underwriter make price snapshots, each its own."
for party in owner underwriter; do prices $party reports; done

say "The owner wants an attestation that survives a fall of 30 %. The position bears it."
by owner assay check --buffer 30%
by owner assay commit
by owner assay prove --dev --subject $account --audience underwriter.example --buffer 30%
hand owner attestation.json underwriter

verify="assay verify attestation.json --allow-dev-srs --subject $account --audience underwriter.example"
say "The underwriter accepts: healthy by Aave's own rule too, under the assumptions that the verdict lists."
by underwriter $verify
shows "aave-v3.5: healthy there as well"

say "WETH, wstETH and WBTC fall by 20 %: within the bounds. The same attestation still holds, and nobody proves again."
prices underwriter reports-20-percent-lower
by underwriter $verify

say "They fall by 35 %: below the floor. It has lapsed, whatever the position is worth: exit 12."
prices underwriter reports-35-percent-lower
refused 12 price_beyond_bound underwriter $verify

say "At these prices the position no longer bears another 30 %: exit 10, with what would cure it."
prices owner reports-35-percent-lower
refused 10 - owner assay check --buffer 30%
refused 10 - owner assay prove --dev --subject $account --audience underwriter.example --buffer 30%

say "The owner repays 25,000 USDC, commits to what is left and proves anew. The underwriter accepts."
by owner assay check -i position-repaid.toml --buffer 30%
by owner assay commit -i position-repaid.toml -o opening-repaid.json
say "The old opening does not open the new position: exit 10."
refused 10 - owner assay prove --dev -i position-repaid.toml --subject $account --audience underwriter.example --buffer 30%
by owner assay prove --dev -i position-repaid.toml --opening opening-repaid.json --subject $account \
    --audience underwriter.example --buffer 30%
hand owner attestation.json underwriter
by underwriter $verify

finished "$@"
