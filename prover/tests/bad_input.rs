//! Input that is wrong: each kind has its exit code, is named with its place, and never echoed.

use crate::common::{self, MAKE, Place};

/// `check` with another text for the example's WETH entry.
fn with_entry(entry: &str) -> common::Run {
    let place = Place::new();
    place.edit("position.toml", "WETH = \"20\"", entry);
    place.run(["check"])
}

#[test]
fn an_amount_is_a_plain_decimal_string() {
    for (entry, what) in [
        ("WETH = \"7731e18\"", "WETH: not a decimal amount"),
        ("WETH = \"-7731\"", "WETH: not a decimal amount"),
        ("WETH = \"+7731\"", "WETH: not a decimal amount"),
        ("WETH = \"0x7731\"", "WETH: not a decimal amount"),
        ("WETH = \" 7731\"", "WETH: not a decimal amount"),
        ("WETH = \"7731 \"", "WETH: not a decimal amount"),
        ("WETH = \"7_731\"", "WETH: not a decimal amount"),
        ("WETH = \"7,731\"", "WETH: not a decimal amount"),
        ("WETH = \"٧٧٣١\"", "WETH: not a decimal amount"),
        ("WETH = \"７７３１\"", "WETH: not a decimal amount"),
        ("WETH = \"NaN\"", "WETH: not a decimal amount"),
        ("WETH = \"inf\"", "WETH: not a decimal amount"),
        ("WETH = \"\"", "WETH: not a decimal amount"),
        ("WETH = \".7731\"", "WETH: not a decimal amount"),
        ("WETH = \"7731.\"", "WETH: not a decimal amount"),
        ("WETH = \"007731\"", "WETH: leading zeros"),
        ("WETH = \"1.0000000000000007731\"", "WETH: more than the asset's 18 digits"),
        ("WETH = \"1329227995784915872.903807060280344576\"", "WETH: too large"),
        ("WETH = \"77310000000000000000000000000000000000000000\"", "WETH: too large"),
        ("WETH = 7731", "WETH: found a number"),
        ("WETH = 77.31", "WETH: found a number"),
        ("WETH = 7731e18", "WETH: found a number"),
        ("WETH = nan", "WETH: found a number"),
        ("WETH = [\"7731\"]", "WETH: found an array"),
        ("WETH = { amount = \"7731\" }", "WETH: found a table"),
        ("WETH = true", "WETH: found a boolean"),
    ] {
        let run = with_entry(entry);
        run.fails(3, "position.toml: line 7, column 8: ");
        run.fails(3, what);
        assert!(!run.all().contains("7731"), "{}", run.all());
        assert!(!run.all().contains("1329227995784915872"), "{}", run.all());
        assert!(!run.all().contains('٧') && !run.all().contains('７'), "{}", run.all());
    }
}

#[test]
fn the_largest_amount_is_read_and_one_more_is_not() {
    let place = Place::new();
    place.edit("position.toml", "WETH = \"20\"", "WETH = \"1329227995784915872.903807060280344575\"");
    place.run(["check"]).succeeds();
    place.edit("position.toml", "280344575", "280344576");
    place.run(["check"]).fails(3, "too large");
}

#[test]
fn a_position_has_known_tables_and_assets_once() {
    for (entry, what) in [
        ("WETH = \"7731\"\nWETH = \"1\"", "line 8, column 1: duplicate key"),
        ("DOGE = \"7731\"", "line 7, column 1: unknown asset `DOGE`; the market has WETH, wstETH"),
        ("weth = \"7731\"", "unknown asset `weth`"),
        ("\"7731\" = \"WETH\"", "unknown asset (not shown)"),
        ("[colateral]\nWETH = \"7731\"", "line 7, column 2: unknown key `colateral`"),
        ("[collateral]\nWETH = \"7731\"", "duplicate key"),
        ("WETH = \"7731", "not valid TOML"),
        ("WETH 7731", "not valid TOML"),
        ("\u{1b}[31m = \"7731\"", "TOML"),
    ] {
        let run = with_entry(entry);
        run.fails(3, what);
        assert!(!run.all().contains("7731"), "{}", run.all());
        assert!(!run.all().contains('\u{1b}'), "{}", run.all());
    }
}

#[test]
fn a_position_that_is_not_text_is_refused() {
    let place = Place::new();
    place.write("position.toml", b"[collateral]\nWETH = \"7731\xff\"\n");
    let run = place.run(["check"]);
    run.fails(3, "position.toml: line 2: not UTF-8");
    assert!(!run.all().contains("7731"));
    place.write("position.toml", b"\0\0\0");
    place.run(["check"]).fails(3, "position.toml: line 1");
}

#[test]
fn an_opening_is_never_quoted() {
    let place = Place::committed();
    let opening = place.read("opening.json");
    let blinding = opening.split("\"blinding\": \"0x").nth(1).expect("a blinding")[..64].to_owned();
    let cases = [
        (opening.replace(&blinding, &blinding[..62]), 3, "blinding: not 0x and 64 hex digits"),
        (opening.replace(&blinding, &blinding.replace(|_| true, "f")), 3, "blinding: not 0x and 64 hex digits"),
        (opening.replace("\"blinding\"", "\"blinded\""), 3, "unknown key"),
        (opening.replace("opening/v2", "opening/v3"), 13, "format: another than assay/opening/v2"),
        (opening.replace("position/v1", "position/v2"), 13, "scheme: another than assay/position/v1"),
        (opening.trim_end().trim_end_matches('}').to_owned(), 3, "ends too early"),
        (format!("{opening}{opening}"), 3, "not valid JSON"),
        (opening.replace(&format!("\"0x{blinding}\""), &format!("[\"0x{blinding}\"]")), 3, "wrong type"),
        (format!("[1, \"solvency/v1\", \"0x{}\", \"0x{blinding}\"]", "00".repeat(32)), 3, "not a JSON object"),
    ];
    for (text, code, what) in cases {
        assert_ne!(text, opening);
        place.write("opening.json", &text);
        let run = place.prove(&["-vv"]);
        run.fails(code, what);
        run.fails(code, "opening.json: ");
        assert!(!run.all().contains(&blinding[..16]), "{}", run.all());
    }
    let other = Place::new();
    other.edit("position.toml", "WETH = \"20\"", "WETH = \"21\"");
    other.run(["commit"]).succeeds();
    place.write("opening.json", other.read("opening.json"));
    place.prove(&[]).fails(10, "does not open");
}

/// Nothing that was committed to before openings had a format of their own is lost.
#[test]
fn an_opening_of_version_1_is_still_read() {
    let place = Place::committed();
    let head = "\"format\": \"assay/opening/v2\",\n  \"scheme\": \"assay/position/v1\"";
    place.edit("opening.json", head, "\"version\": 1,\n  \"statement\": \"solvency/v1\"");
    place.prove(&[]).succeeds();
    place.verify("attestation.json", &[]).succeeds();
    assert_eq!(place.run(["inspect", "opening.json", "--json"]).succeeds().json()["kind"], "opening");
    place.run(["commit", "--force"]).succeeds();
    assert!(place.read("opening.json").contains(head));
}

#[test]
fn a_policy_is_strict() {
    for (from, to, what) in [
        ("minimum_ratio_bps = 10500", "minimum_ratio_bps = 9999", "minimum_ratio_bps"),
        ("minimum_ratio_bps = 10500", "minimum_ratio_bps = 10500\nminimum_ratio_bps = 1", "duplicate key"),
        ("minimum_ratio_bps = 10500", "minimum_ratio = 10500", "unknown field"),
        ("minimum_ratio_bps = 10500\n", "", "minimum_ratio_bps"),
        ("[assets.AAVE]", "[assets.DOGE]", "AAVE is missing"),
        ("anchor = \"none\"\n", "", "anchor"),
        ("market = \"market.toml\"", "market = \"../market.toml\"", "market"),
    ] {
        let place = Place::new();
        place.edit("policy.toml", from, to);
        for command in ["check", "show"] {
            let run = place.run(["policy", command]);
            run.fails(3, "policy.toml: ");
            run.fails(3, what);
        }
    }
    let place = Place::new();
    place.edit("market.toml", "symbol = \"AAVE\"", "symbol = \"WETH\"");
    place.run(["policy", "check"]).fails(3, "market.toml: WETH: two assets");
}

#[test]
fn a_file_of_another_kind_or_version_is_a_mismatch_that_says_so() {
    let place = Place::proven();
    for (arguments, what) in [
        (["check", "-P", "market.toml"], "market.toml: format: assay/market/v1 where assay/policy/v1 is expected"),
        (["check", "--prices", "attestation.json"], "assay/attestation/v1 where assay/prices/v1 is expected"),
    ] {
        place.run(arguments).fails(13, what);
    }
    place.verify("prices.json", &[]).fails(13, "assay/prices/v1 where assay/attestation/v1 is expected");
    for (name, kind) in [("policy.toml", "policy"), ("prices.json", "prices"), ("market.toml", "market")] {
        let (old, new) = (format!("assay/{kind}/v1"), format!("assay/{kind}/v2"));
        place.edit(name, &old, &new);
        let what = format!("{name}: format: {new} where {old} is expected");
        place.run(["check"]).fails(13, &what);
        place.run(["inspect", name]).fails(13, &what);
        place.edit(name, &new, &old);
    }
    place.run(["check"]).succeeds();
    place.write("position.toml", format!("\u{feff}{}", place.read("position.toml")));
    place.run(["check"]).fails(3, "position.toml: line 1, column 1: a byte order mark");
}

#[test]
fn weights_over_120_bits_name_the_asset_and_the_scale_that_would_do() {
    let place = Place::new();
    let aave = "[assets.AAVE]\nliquidation_threshold_bps = 7300\nvolatility_buffer_bps = 500\ndebt_interest_bps_per_year = 2000\nprice_decimals = ";
    place.edit("policy.toml", &format!("{aave}8"), &format!("{aave}30"));
    place.run(MAKE).succeeds();
    let run = place.run(["policy", "show"]);
    run.fails(3, "needs more than 120 bits");
    run.fails(3, "scale = \"1");
    let advice = run.err();
    let scale = advice.split("scale = \"").nth(1).and_then(|rest| rest.split('"').next()).expect("a scale").to_owned();
    place.edit("policy.toml", "quote = \"USD\"", &format!("quote = \"USD\"\nscale = \"{scale}\""));
    place.run(["policy", "show"]).succeeds();
}

#[test]
fn prices_are_complete_positive_and_of_the_policy() {
    let price = "\"low\": \"9326464200\"";
    for (from, to, what) in [
        (price, "\"low\": \"0\"", "AAVE: a price of zero"),
        (price, "\"low\": 9326464200", "invalid type"),
        (price, "\"low\": \"-1\"", "AAVE: low"),
        (price, "\"low\": \"9e9\"", "AAVE: low"),
        (price, "\"low\": \"09326464200\"", "AAVE: low"),
        (price, "\"low\": \"99326464200\"", "AAVE: the low price is above the high one"),
        (price, "\"low\": \"1\",\n \"low\": \"1\"", "duplicate field"),
        (price, "\"low\": \"1\",\n \"\\u001b[31mx\": \"1\"", "unknown field"),
        ("\"asset\": \"AAVE\"", "\"asset\": \"LINK\"", "LINK: two prices"),
        ("\"asset\": \"AAVE\"", "\"asset\": \"DOGE\"", "AAVE: the price is missing"),
        ("\"quote\": \"USD\"", "\"quote\": \"EUR\"", "quote: EUR"),
    ] {
        let place = Place::new();
        place.edit("prices.json", from, to);
        let run = place.run(["check"]);
        run.fails(3, "prices.json: ");
        run.fails(3, what);
        assert!(!run.all().contains('\u{1b}'), "{}", run.all());
    }
}

#[test]
fn prices_that_are_too_old_or_from_the_future_are_refused() {
    let place = Place::committed();
    let again = |now: &str| place.run(["init", ".", "--force", "--now", now]).succeeds();
    again("2023-10-31T00:00:00Z");
    for run in [place.run(["check"]), place.prove(&[])] {
        run.fails(12, "2023-10-31T00:00:00Z");
        run.fails(12, "newer prices");
    }
    again("2999-01-01T00:00:00Z");
    place.run(["check"]).fails(12, "2999-01-01T00:00:00Z");
}

#[test]
fn a_policy_that_asks_for_signatures_is_not_proven_without() {
    let place = Place::committed();
    place.edit(
        "policy.toml",
        "anchor = \"none\"",
        "anchor = { minimum = 1, attesters = [\"0x6B175474E89094C44Da98b954EedeAC495271d0F\"] }",
    );
    let run = place.run(["policy", "check"]).succeeds();
    assert_eq!(run.err(), "", "nothing to warn of");
    assert!(run.out().contains("0x6B175474E89094C44Da98b954EedeAC495271d0F"), "{}", run.out());
    place.prove(&[]).fails(15, "anchor of 1 attesters");
    assert!(!place.path("attestation.json").exists());
}

#[test]
fn a_snapshot_with_other_sources_or_decimals_than_the_policy_s_is_refused() {
    let place = Place::proven();
    let text = place.read("prices.json");
    for (from, to, what) in [
        ("\"decimals\": 8", "\"decimals\": 18", "prices.json: WETH: 18 decimals, the policy says 8"),
        ("\"pyth\"", "\"elsewhere\"", "prices.json: WETH: elsewhere: the policy does not list this source"),
    ] {
        assert!(text.contains(from));
        place.write("prices.json", text.replacen(from, to, 1));
        place.run(["check"]).fails(3, what);
        place.verify("attestation.json", &[]).fails(3, what);
    }
}

#[test]
fn an_environment_that_halo2_cannot_bear_is_named() {
    let place = Place::new();
    let with = |degree: &str| {
        let mut command = place.command(["check"]);
        command.env("MAX_DEGREE", degree);
        common::finish(command)
    };
    with("nine").fails(2, "unset MAX_DEGREE");
    with("3").succeeds();
}

#[test]
fn deep_nesting_is_refused_in_every_format() {
    let place = Place::committed();
    let deep = "[".repeat(100_000);
    for (file, text) in [
        ("position.toml", format!("x = {deep}")),
        ("policy.toml", format!("x = {deep}")),
        ("market.toml", format!("x = {deep}")),
        ("market.toml", format!("x = {}", "{ a = ".repeat(100_000))),
        ("prices.json", deep.clone()),
        ("prices.json", "{\"a\":".repeat(100_000)),
        ("opening.json", "{\"a\":".repeat(100_000)),
        ("attestation.json", "{\"a\":".repeat(10_000)),
        ("position.toml", "a.".repeat(3_000_000)),
    ] {
        let kept = std::fs::read(place.path(file)).ok();
        place.write(file, text);
        let run = match file {
            "attestation.json" => place.verify(file, &[]),
            _ => place.prove(&[]),
        };
        run.fails(3, file);
        place.run(["inspect", file]).fails(3, file);
        match kept {
            Some(kept) => place.write(file, kept),
            None => std::fs::remove_file(place.path(file)).expect("it can be removed"),
        }
    }
}

/// Runs the binary with at most 600 MB of address space, of which a fraction is ever used.
#[cfg(unix)]
fn run_in_little_memory(place: &Place, arguments: &[&str]) -> common::Run {
    common::run_after(place, "ulimit -v 600000; exec", arguments)
}

#[test]
#[cfg(unix)]
fn files_that_never_end_or_never_begin_are_refused() {
    let place = Place::proven();
    let huge = std::fs::File::create(place.path("huge")).expect("a file");
    huge.set_len(1 << 30).expect("a sparse file");
    let made = std::process::Command::new("mkfifo").arg(place.path("pipe")).status().expect("mkfifo runs");
    assert!(made.success());
    for (file, code, what) in [
        ("pipe", 4, "it is a named pipe"),
        ("/dev/zero", 4, "it is a device"),
        (".", 4, "it is a directory"),
        ("missing", 4, "no such file"),
        ("huge", 3, "too large"),
    ] {
        let verify = ["verify", "attestation.json", "--subject", common::SUBJECT, "--audience", common::AUDIENCE];
        for (arguments, code) in [
            (vec!["check", "-i", file], code),
            (vec!["check", "-P", file], code),
            (vec!["check", "--prices", file], code),
            (vec!["prove", "--dev", "--subject", common::SUBJECT, "--audience", "a", "--opening", file], code),
            ([&["verify", file], &verify[2..]].concat(), code),
            ([&verify[..], &["--prices", file]].concat(), code),
            ([&verify[..], &["--vk", file]].concat(), 14),
            (vec!["setup", "--srs", file], 14),
            (vec!["inspect", file], code),
        ] {
            let run = run_in_little_memory(&place, &arguments);
            run.fails(code, what);
        }
    }
    for target in ["pipe", "/dev/full", "."] {
        place.run(["commit", "--force", "-o", target]).fails(4, "not a regular file");
        place.prove(&["-o", target]).fails(4, "not a regular file");
    }
}

#[test]
#[cfg(unix)]
fn names_of_files_cannot_steer_the_terminal() {
    let place = Place::new();
    let name = "a\u{1b}[2J\u{9b}31m\u{202e}\nb.toml";
    place.write(name, "[collateral]\nx = 1\n");
    for json in [false, true] {
        for arguments in [["check", "-i", name], ["inspect", name, "-v"], ["check", "-P", name]] {
            let mut all: Vec<&str> = arguments.to_vec();
            if json {
                all.push("--json");
            }
            let run = place.run(&all);
            assert!(run.code.is_some());
            for c in ['\u{1b}', '\u{9b}', '\u{202e}'] {
                assert!(!run.all().contains(c), "{:?}", run.all());
            }
        }
    }
}
