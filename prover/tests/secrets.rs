//! What must not leave: amounts and blindings.

use std::path::Path;

use crate::common::{self, PARTIES, Place, Run};

/// Unlikely digits, as somebody would write them.
const HELD: &str = "771234567.890123456789012345";
const OWED: &str = "663355779.246801";

/// How an amount might show: as written, in parts, in base units, in hex, as bytes in either order.
fn disguises(amount: &str) -> Vec<Vec<u8>> {
    let (whole, fraction) = amount.split_once('.').expect("a point");
    let base_units: u128 = format!("{whole}{fraction}").parse().expect("digits");
    let whole_units: u128 = whole.parse().expect("digits");
    let grouped = format!("{},{},{}", &whole[..3], &whole[3..6], &whole[6..]);
    let mut all =
        vec![amount.into(), whole.into(), fraction.into(), grouped.into_bytes(), base_units.to_string().into()];
    for number in [base_units, whole_units] {
        all.push(format!("{number:x}").into());
        all.push(format!("{number:X}").into());
        let big: Vec<u8> = number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
        all.push(big.iter().rev().copied().collect());
        all.push(big);
    }
    all
}

#[track_caller]
fn assert_free(haystack: &[u8], secrets: &[Vec<u8>], name: &str) {
    for secret in secrets {
        let found = haystack.windows(secret.len()).any(|window| window == secret);
        assert!(!found, "{name} shows {}", String::from_utf8_lossy(secret));
    }
}

fn files(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("it can be listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn amounts_appear_nowhere_but_in_the_position() {
    let place = Place::new();
    place.edit("position.toml", "WETH = \"20\"", &format!("WETH = \"{HELD}\""));
    place.edit("position.toml", "USDC = \"25000\"", &format!("USDC = \"{OWED}\""));
    let short = place.read("position.toml").replace(&format!("WETH = \"{HELD}\""), "").replace("\"0.5\"", "\"0.4\"");
    place.write("short.toml", short);
    place.write("broken.toml", place.read("position.toml").replace("USDC = \"", "USDC = \"x"));
    place.write("number.toml", place.read("position.toml").replace(&format!("\"{HELD}\""), HELD));

    let secrets = [disguises(HELD), disguises(OWED)].concat();
    let temporary = place.path("temporary");
    std::fs::create_dir(&temporary).expect("it can be made");
    let mut runs: Vec<(String, Run)> = Vec::new();
    let mut run = |line: &str| {
        for more in ["-vv", "--json"] {
            let words: Vec<&str> = line.split(' ').chain([more, "--progress", "always"]).collect();
            let mut command = place.command(&words);
            command.env("TMPDIR", &temporary).env("RUST_BACKTRACE", "1").env("RUST_LOG", "trace");
            runs.push((words.join(" "), common::finish(command)));
        }
    };
    let prove = format!("prove --dev {}", PARTIES.join(" "));
    let verify = format!("verify attestation.json --allow-dev-srs {}", PARTIES.join(" "));
    for line in [
        "policy show",
        "commit --force",
        "check",
        &prove,
        &verify,
        "inspect attestation.json",
        "inspect position.toml",
        "inspect opening.json",
        "check -i short.toml",
        "commit -i short.toml --force -o short.json",
        &format!("{prove} -i short.toml --opening short.json -o none.json"),
        &format!("{prove} -i short.toml"),
        "check -i broken.toml",
        "commit -i broken.toml",
        "check -i number.toml",
        "inspect broken.toml",
        "inspect number.toml",
        "policy check -P position.toml",
        "check --prices position.toml",
        "verify position.toml --subject 0x00000000000000000000000000000000000a11ce --audience a",
        "setup --srs position.toml",
        "commit -i /dev/zero",
        "commit",
        "doctor",
    ] {
        run(line);
    }
    assert!(place.path("attestation.json").exists(), "the position could be proven");
    let codes: Vec<_> = runs.iter().map(|(_, run)| run.code).collect();
    assert!(codes.contains(&Some(0)) && codes.contains(&Some(10)) && codes.contains(&Some(3)), "{codes:?}");
    for (line, run) in &runs {
        assert_free(&run.stdout, &secrets, &format!("stdout of assay {line}"));
        assert_free(&run.stderr, &secrets, &format!("stderr of assay {line}"));
    }
    let own = ["position.toml", "short.toml", "broken.toml", "number.toml"].map(|name| place.path(name));
    let public = files(&place.path("")).into_iter().chain(files(common::cache())).filter(|path| !own.contains(path));
    for path in public {
        assert_free(&std::fs::read(&path).expect("it can be read"), &secrets, &path.display().to_string());
    }
    assert!(files(&temporary).is_empty(), "no temporary files are left");
}

#[test]
fn figures_go_to_stdout_and_never_to_stderr() {
    let place = Place::new();
    for more in ["50%", "10%"] {
        let run = place.run(["check", "--buffer", more, "-vv"]);
        let margin = run.out().lines().find_map(|line| line.trim().strip_prefix("margin").map(str::to_owned));
        let margin = margin.expect("a margin").trim().trim_end_matches(" USD").to_owned();
        assert!(!run.err().contains(&margin) && !run.err().contains("USD"), "{}", run.err());
    }
}

#[test]
fn the_blinding_is_in_the_opening_alone() {
    let place = Place::proven();
    let opening = place.read("opening.json");
    let blinding = opening.split("\"blinding\": \"0x").nth(1).expect("a blinding")[..64].to_owned();
    let bytes = hex::decode(&blinding).expect("hex");
    let secrets =
        [blinding.clone().into_bytes(), blinding[..32].into(), bytes.clone(), bytes.into_iter().rev().collect()];
    for path in files(&place.path("")) {
        if path != place.path("opening.json") {
            assert_free(&std::fs::read(&path).expect("it can be read"), &secrets, &path.display().to_string());
        }
    }
    for line in ["inspect opening.json", "commit", "commit --force"] {
        let run = place.run(line.split(' ').chain(["-vv"]));
        assert_free(&[run.stdout, run.stderr].concat(), &secrets, line);
    }
}

#[test]
fn private_files_in_the_place_of_others_are_not_quoted() {
    let place = Place::new();
    place.edit("position.toml", "WETH = \"20\"", "WETH = \"7731.1377\"");
    place.run(["commit"]).succeeds();
    place.prove(&[]).succeeds();
    let opening: serde_json::Value = serde_json::from_str(&place.read("opening.json")).expect("JSON");
    let blinding = opening["blinding"].as_str().expect("a blinding")[2..].to_owned();
    for file in ["position.toml", "opening.json"] {
        let verify = |options: &[&str]| place.verify("attestation.json", options);
        for run in [
            place.run(["check", "-vv", "-P", file]),
            place.run(["check", "-vv", "--prices", file]),
            place.run(["check", "-vv", "-i", "opening.json"]),
            place.run(["policy", "check", "-vv", "-P", file]),
            place.run(["setup", "-vv", "--srs", file]),
            place.run(["params", "info", "-vv", file]),
            place.prove(&["-vv", "--opening", "position.toml"]),
            place.verify(file, &["-vv"]),
            verify(&["-vv", "--vk", file]),
            verify(&["-vv", "--prices", file]),
            verify(&["-vv", "-P", file]),
        ] {
            let all = run.all();
            assert_ne!(run.code, Some(0), "{all}");
            assert!(!all.contains("7731") && !all.contains("1377") && !all.contains(&blinding[..16]), "{all}");
        }
        for arguments in [["inspect", "-vv", file], ["inspect", "--json", file]] {
            let all = place.run(arguments).succeeds().all();
            assert!(!all.contains("7731") && !all.contains("1377") && !all.contains(&blinding[..16]), "{all}");
        }
    }
}

#[test]
fn two_commitments_to_one_position_differ() {
    let place = Place::new();
    let commit = || place.run(["commit", "--force"]).succeeds().out();
    assert_ne!(commit(), commit());
}

#[test]
#[cfg(unix)]
fn private_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| std::fs::metadata(path).expect("it exists").permissions().mode() & 0o777;
    let chmod = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("the mode can be set");
    };
    let place = Place::proven();
    for name in ["position.toml", "opening.json"] {
        assert_eq!(mode(&place.path(name)), 0o600, "{name}");
    }
    let attestation = mode(&place.path("attestation.json"));
    assert_ne!(attestation & 0o044, 0, "an attestation is public as far as the umask lets it: {attestation:o}");
    let opening = place.path("opening.json");
    chmod(&opening, 0o644);
    let run = place.prove(&[]).succeeds();
    assert!(run.err().contains("opening.json is private but its mode is 0644"), "{}", run.err());
    assert!(run.err().contains("chmod 600 opening.json"), "{}", run.err());
    place.run(["commit", "--force"]).succeeds();
    assert_eq!(mode(&opening), 0o600, "a more open file is replaced by a closed one");
    let mut command = place.command(["params", "dev"]);
    command.env("ASSAY_CACHE_DIR", place.path("cache"));
    common::finish(command).succeeds();
    assert_eq!(mode(&place.path("cache")), 0o700);
    chmod(&place.path("cache"), 0o777);
    let mut command = place.command(["doctor"]);
    command.env("ASSAY_CACHE_DIR", place.path("cache"));
    common::finish(command).fails(14, "not in order");
}
