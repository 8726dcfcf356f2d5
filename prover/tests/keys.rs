//! SRS and keys: damaged, mislabelled, missing or not accepted.

use crate::common::{self, PARTIES, Place, Run};

/// Exit 13 or 14, and a reason.
#[track_caller]
fn assert_refused(run: &Run, name: &str) {
    assert!(matches!(run.code, Some(13 | 14)), "{name}: {:?} {}", run.code, run.all());
    assert!(run.err().contains("error: "), "{name}: {}", run.err());
}

/// A place with a copy of the development SRS and its key.
fn place_with_keys() -> Place {
    let place = Place::empty();
    place.run(["params", "dev", "-o", "a.srs"]).succeeds();
    place.run(["setup", "--dev", "-o", "a.vk"]).succeeds();
    place
}

#[test]
fn a_damaged_srs_is_refused() {
    let place = place_with_keys();
    let srs = std::fs::read(place.path("a.srs")).expect("it can be read");
    let setup = |name: &str, bytes: &[u8]| {
        place.write("b.srs", bytes);
        assert_refused(&place.run(["setup", "--srs", "b.srs"]), name);
        assert_refused(&place.run(["params", "info", "b.srs"]), name);
    };
    for at in [0, 8, 12, 20, 36, 44, 72, 76, 77, 1_000, srs.len() / 2, srs.len() - 1] {
        let mut damaged = srs.clone();
        damaged[at] ^= 1;
        setup(&format!("bit flipped in byte {at}"), &damaged);
    }
    for length in [0, 7, 71, 72, 100, srs.len() - 1] {
        setup(&format!("cut to {length} bytes"), &srs[..length]);
    }
    setup("one byte appended", &[&srs[..], &[0]].concat());
    setup("a verifying key", &std::fs::read(place.path("a.vk")).expect("it can be read"));
    setup("text", b"hello");
    place.run(["setup", "--srs", "a.srs"]).succeeds();
}

#[test]
fn an_srs_with_a_right_checksum_and_wrong_points_is_refused() {
    use sha2::Digest as _;
    let place = place_with_keys();
    let mut srs = std::fs::read(place.path("a.srs")).expect("it can be read");
    let (header, points) = (72, 72 + 5);
    let second = points + 64;
    let third = srs[second + 64..second + 128].to_vec();
    srs[second..second + 64].copy_from_slice(&third);
    let mut hash = sha2::Sha256::new();
    hash.update(&srs[..40]);
    hash.update(&srs[header..]);
    let hash: [u8; 32] = hash.finalize().into();
    srs[40..72].copy_from_slice(&hash);
    place.write("b.srs", srs);
    place.run(["setup", "--srs", "b.srs"]).fails(14, "not consecutive powers");
    place.run(["params", "info", "b.srs"]).fails(14, "not consecutive powers");
}

#[test]
fn a_damaged_or_mislabelled_key_is_refused() {
    let place = Place::proven();
    place.run(["params", "dev", "-o", "a.srs"]).succeeds();
    place.run(["setup", "--dev", "-o", "a.vk"]).succeeds();
    place.verify("attestation.json", &["--vk", "a.vk"]).succeeds();
    let key = std::fs::read(place.path("a.vk")).expect("it can be read");
    let verify = |name: &str, bytes: &[u8]| {
        place.write("b.vk", bytes);
        assert_refused(&place.verify("attestation.json", &["--vk", "b.vk"]), name);
        assert_refused(&place.run(["inspect", "b.vk"]), name);
    };
    for at in (12..key.len()).step_by(23) {
        let mut damaged = key.clone();
        damaged[at] ^= 0x10;
        verify(&format!("bit flipped in byte {at}"), &damaged);
    }
    for length in [12, 71, 72, key.len() - 1] {
        verify(&format!("cut to {length} bytes"), &key[..length]);
    }
    verify("one byte appended", &[&key[..], &[0]].concat());
    place.verify("attestation.json", &["--vk", "a.srs"]).fails(13, "expected a file of kind verifying key, found SRS");
    place.verify("attestation.json", &["--vk", "none.vk"]).fails(14, "name the verifying key with --vk FILE");
    let run = place.verify("attestation.json", &["--vk", "prices.json"]);
    run.fails(14, "not a binary file of Assay");
    assert!(!run.err().contains("hint: name"), "what was named is not told to be named: {}", run.err());
}

#[test]
fn keys_are_accepted_by_fingerprint_and_only_on_request() {
    let place = Place::proven();
    let verify = |more: &[&str]| place.run(["verify", "attestation.json"].iter().chain(&PARTIES).chain(more));
    verify(&[]).fails(14, "is not among those that are accepted");
    verify(&[]).fails(14, "--allow-dev-srs");
    let key = place.run(["setup", "--dev", "--json"]).succeeds().json();
    let fingerprint = key["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let verdict = verify(&["--allow-vk", &fingerprint, "--json"]).succeeds().json();
    assert_eq!(verdict["key_acceptance"], "allow_vk");
    assert_eq!(verdict["verifying_key"], fingerprint.as_str());
    assert!(verify(&["--allow-vk", &fingerprint]).err().contains("development"), "the verdict is not all that says so");
    let other = format!("0x{}", "11".repeat(32));
    verify(&["--allow-vk", &other]).fails(14, "is not among those that are accepted");
    verify(&["--allow-vk", "0x11"]).fails(2, "--allow-vk");
    for (command, member) in [("setup --dev --json", "srs_digest"), ("params info --json", "digest")] {
        let digest = place.run(command.split(' ')).succeeds().json()[member].clone();
        assert!(digest.as_str().is_some_and(|digest| digest.starts_with("0x") && digest.len() == 66), "{digest}");
    }
    place.edit("attestation.json", &fingerprint, &other);
    verify(&["--allow-vk", &other]).fails(13, "is for the verifying key");
}

#[test]
fn a_development_key_is_known_by_its_fingerprint_and_not_by_the_mark_in_its_file() {
    let place = Place::proven();
    let key = place.run(["setup", "--dev", "-o", "a.vk", "--json"]).succeeds().json();
    let fingerprint = key["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let bytes = std::fs::read(place.path("a.vk")).expect("it can be read");
    place.write("a.vk", common::with_mark(&bytes, 0));
    let inspected = place.run(["inspect", "a.vk", "--json"]).succeeds().json();
    assert_eq!(inspected["fingerprint"], fingerprint.as_str(), "the mark is no part of it");
    assert_eq!(inspected["development"], false);
    let allow = ["--allow-vk", fingerprint.as_str(), "--vk", "a.vk"];
    let verify = place.run(["verify", "attestation.json"].iter().chain(&PARTIES).chain(&allow)).succeeds();
    for run in [place.verify("attestation.json", &["--vk", "a.vk"]).succeeds(), verify] {
        assert!(run.out().contains("DEVELOPMENT") && run.err().contains("development"), "{}", run.all());
    }
}

#[test]
fn a_policy_cannot_bring_its_own_key() {
    let place = Place::committed();
    let key = place.run(["setup", "--dev", "--json"]).succeeds().json();
    let fingerprint = key["fingerprint"].as_str().expect("a fingerprint").to_owned();
    place.edit("policy.toml", "quote =", &format!("verifying_key = \"{fingerprint}\"\nquote ="));
    place.prove(&[]).succeeds();
    let verify = |more: &[&str]| place.run(["verify", "attestation.json"].iter().chain(&PARTIES).chain(more));
    verify(&[]).fails(14, "is not among those that are accepted");
    verify(&["--allow-vk", &fingerprint]).succeeds();
    let check = place.run(["policy", "check"]).succeeds();
    assert!(check.out().contains(&fingerprint), "{}", check.out());
    let check = place.run(["policy", "check", "--json"]).succeeds().json();
    assert_eq!(check["rules"]["verifying_key"], fingerprint.as_str());
}

#[test]
#[cfg(unix)]
fn a_development_srs_that_others_can_replace_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::committed();
    let run = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env("ASSAY_CACHE_DIR", place.path("cache"));
        common::finish(command)
    };
    let prove = [&["prove", "--dev"][..], &PARTIES].concat();
    let verify = [&["verify", "attestation.json", "--allow-dev-srs"][..], &PARTIES].concat();
    run(&["params", "dev"]).succeeds();
    run(&["setup", "--dev"]).succeeds();
    run(&prove).succeeds();
    for (name, open, closed) in [("cache", 0o777, 0o700), ("cache/dev.srs", 0o666, 0o644)] {
        let chmod = |mode: u32| {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(place.path(name), permissions).expect("the mode can be set");
        };
        chmod(open);
        for arguments in [&verify[..], &prove, &["setup", "--dev"], &["params", "dev"], &["params", "info"]] {
            run(arguments).fails(14, "others may write to");
            run(arguments).fails(14, "chmod go-w");
        }
        run(&["doctor"]).fails(14, "not in order");
        chmod(closed);
        run(&verify).succeeds();
    }
}

#[test]
#[cfg(unix)]
fn a_new_development_srs_is_closed_to_others_whatever_the_umask() {
    let place = Place::empty();
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", "umask 0; \"$0\" params dev && \"$0\" setup --dev && \"$0\" doctor", env!("CARGO_BIN_EXE_assay")])
        .current_dir(place.path(""))
        .env("ASSAY_CACHE_DIR", place.path("cache"));
    common::finish(command).succeeds();
}

#[test]
fn keys_of_another_srs_do_not_verify() {
    let place = Place::proven();
    let mut command = place.command(["params", "dev"]);
    command.env("ASSAY_CACHE_DIR", place.path("other"));
    common::finish(command).succeeds();
    let mut command = place.command(["setup", "--dev", "-o", "other.vk"]);
    command.env("ASSAY_CACHE_DIR", place.path("other"));
    common::finish(command).succeeds();
    place.verify("attestation.json", &["--vk", "other.vk"]).fails(13, "is for the verifying key");
    let mut command = place.command(["verify", "attestation.json", "--allow-dev-srs"].iter().chain(&PARTIES));
    command.env("ASSAY_CACHE_DIR", place.path("other"));
    common::finish(command).fails(14, "is not in the cache");
}

#[test]
fn a_new_development_srs_replaces_the_old_only_on_request() {
    let place = Place::empty();
    let run = |arguments: &[&str]| {
        let mut command = place.command(arguments.iter().chain(&["--json"]));
        command.env("ASSAY_CACHE_DIR", place.path("cache"));
        common::finish(command)
    };
    let digest = |arguments: &[&str]| run(arguments).succeeds().json()["digest"].clone();
    let first = digest(&["params", "dev"]);
    assert_eq!(digest(&["params", "dev"]), first);
    assert_eq!(digest(&["params", "info"]), first);
    assert_ne!(digest(&["params", "dev", "--force"]), first);
    place.write("cache/dev.srs", b"damaged");
    assert_eq!(run(&["params", "dev"]).code, Some(14));
    assert_eq!(run(&["setup", "--dev"]).code, Some(14));
    let doctor = run(&["doctor"]);
    assert_eq!(doctor.code, Some(14));
    let broken = |check: &&serde_json::Value| check["state"] == "broken";
    let checks = doctor.json()["checks"].as_array().expect("checks").clone();
    assert_eq!(checks.iter().filter(broken).count(), 1);
    assert!(digest(&["params", "dev", "--force"]).is_string());
}

#[test]
fn a_damaged_or_swapped_key_in_the_cache_is_named_with_the_command_that_mends_it() {
    let place = Place::committed();
    let cached = |arguments: &[&str]| {
        let mut command = place.command(arguments.iter().chain(&PARTIES));
        command.env("ASSAY_CACHE_DIR", place.path("cache"));
        common::finish(command)
    };
    let setup = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env("ASSAY_CACHE_DIR", place.path("cache"));
        common::finish(command)
    };
    setup(&["params", "dev"]).succeeds();
    let file = setup(&["setup", "--dev", "--json"]).succeeds().json()["file"].as_str().expect("a path").to_owned();
    std::fs::write(&file, b"damaged").expect("it can be written");
    cached(&["prove", "--dev"]).fails(14, "assay setup --dev --force");
    setup(&["setup", "--dev"]).fails(14, "assay setup --dev --force");
    place.run(["setup", "--dev", "-o", "other.vk"]).succeeds();
    std::fs::copy(place.path("other.vk"), &file).expect("it can be copied");
    cached(&["prove", "--dev"]).fails(13, "not the key of this circuit and this SRS");
    cached(&["prove", "--dev"]).fails(13, "assay setup --dev --force");
    setup(&["setup", "--dev", "--force"]).succeeds();
    cached(&["prove", "--dev"]).succeeds();
}

#[test]
fn each_size_has_its_srs_and_its_key_and_the_smallest_that_fits_is_chosen() {
    let place = Place::empty();
    let run = |line: &str| {
        let mut command = place.command(line.split(' '));
        command.env("ASSAY_CACHE_DIR", place.path("cache"));
        common::finish(command)
    };
    for (assets, size, k) in [(1, 8, 10), (9, 16, 11), (17, 32, 12)] {
        assert_eq!(run(&format!("params dev --assets {assets} --json")).succeeds().json()["k"], k);
        assert_eq!(run(&format!("setup --dev --assets {assets} --json")).succeeds().json()["assets"], size);
    }
    run("setup --dev --assets 64").fails(14, "assay params dev --assets 64");
    for wrong in ["0", "65", "many"] {
        run(&format!("params dev --assets {wrong}")).fails(2, "not a number of assets from 1 to 64");
    }
    let checks = run("doctor --json").succeeds().json()["checks"].clone();
    let state = |name: &str| checks.as_array().expect("a list").iter().find(|check| check["name"] == name).cloned();
    for (name, expected) in [
        ("production key", "ok"),
        ("production key 16", "ok"),
        ("production key 32", "absent"),
        ("production key 64", "absent"),
        ("dev key", "ok"),
        ("dev key 16", "ok"),
        ("dev key 32", "ok"),
    ] {
        assert_eq!(state(name).expect(name)["state"], expected, "{name}");
    }
    assert!(state("dev key 64").is_none());
    let remedy = state("production key 32").expect("it is listed")["remedy"].to_string();
    assert!(remedy.contains("assay params import FILE.ptau") && remedy.contains("--assets 32"), "{remedy}");
}

#[test]
fn an_attestation_of_one_size_is_refused_under_the_key_of_another() {
    let place = Place::proven();
    place.run(["params", "dev", "--assets", "16"]).succeeds();
    place.run(["setup", "--dev", "--assets", "16", "-o", "16.vk"]).succeeds();
    place.verify("attestation.json", &["--vk", "16.vk"]).fails(13, "the key is for solvency/v1 for 16 assets");
    assert_eq!(place.verify("attestation.json", &["--vk", "16.vk", "--json"]).json()["reason"], "other_circuit");
}
