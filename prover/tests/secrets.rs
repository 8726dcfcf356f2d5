//! What must not leave: amounts and blindings; and what must not be lost: files.

mod common;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use common::{PARTIES, Place, Run};

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

#[test]
fn an_existing_opening_is_not_overwritten() {
    let place = Place::committed();
    let before = place.read("opening.json");
    place.run(["commit"]).fails(4, "opening.json exists already");
    assert_eq!(place.read("opening.json"), before);
    place.run(["init", "."]).fails(4, "market.toml exists already");
    place.run(["commit", "--force"]).succeeds();
    assert_ne!(place.read("opening.json"), before);
}

#[test]
fn init_writes_all_of_its_files_or_none() {
    let place = Place::empty();
    place.write("prices.json", "mine");
    place.run(["init", "."]).fails(4, "prices.json exists already");
    assert_eq!(place.names(), ["prices.json"]);
    place.run(["init", ".", "--force"]).succeeds();
    assert_eq!(place.names(), ["market.toml", "policy.toml", "position.toml", "prices.json"]);
}

#[test]
fn a_failed_run_leaves_the_old_file() {
    let place = Place::proven();
    let before = place.read("attestation.json");
    place.prove(&["--buffer", "50%"]).fails(10, "does not exceed");
    place.prove(&["--prices", "none.json"]).fails(4, "none.json");
    place.prove(&["--srs", "none.srs"]).fails(2, "--srs");
    assert_eq!(place.read("attestation.json"), before);
    place.prove(&["-o", "nowhere/attestation.json"]).fails(4, "nowhere");
    let names = ["attestation.json", "market.toml", "opening.json", "policy.toml", "position.toml", "prices.json"];
    assert_eq!(place.names(), names, "nothing is left over");
}

/// Runs `assay` through a shell that has set something up first.
#[cfg(unix)]
fn run_after(place: &Place, setup: &str, arguments: &[&str]) -> Run {
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", &format!("{setup} \"$0\" \"$@\""), env!("CARGO_BIN_EXE_assay")])
        .args(arguments)
        .current_dir(place.path(""))
        .env("ASSAY_CACHE_DIR", common::cache());
    common::finish(command)
}

#[test]
#[cfg(unix)]
fn a_disk_that_is_full_leaves_the_old_file() {
    let place = Place::proven();
    let before = place.read("attestation.json");
    // No file may grow beyond one block; the signal that would end the process is ignored.
    let full = "trap '' XFSZ; ulimit -f 1; exec";
    let prove = [&["prove", "--dev"][..], &PARTIES].concat();
    run_after(&place, full, &prove).fails(4, "cannot write attestation.json");
    assert_eq!(place.read("attestation.json"), before);
    assert!(!place.names().iter().any(|name| name.ends_with(".tmp")), "{:?}", place.names());
}

#[test]
#[cfg(unix)]
fn a_stdout_that_takes_nothing_is_an_error_and_a_closed_pipe_is_not() {
    let place = Place::new();
    let full = |arguments: &[&str]| {
        let mut command = std::process::Command::new("sh");
        command
            .args(["-c", "exec \"$0\" \"$@\" > /dev/full", env!("CARGO_BIN_EXE_assay")])
            .args(arguments)
            .current_dir(place.path(""));
        common::finish(command)
    };
    if Path::new("/dev/full").exists() {
        full(&["check"]).fails(4, "cannot write to stdout");
        assert_eq!(full(&["check", "--json"]).code, Some(4));
    }
    for more in ["", "--json", "-vv"] {
        // The reader has ended before the first byte is written.
        let line = format!("{{ sleep 0.2; \"$0\" check --progress always {more} 2>&1; echo $? >&3; }} 3>&2 | true");
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &line, env!("CARGO_BIN_EXE_assay")]).current_dir(place.path(""));
        assert_eq!(common::finish(command).err().trim(), "0", "{more}");
    }
}

#[test]
fn an_output_never_replaces_an_input() {
    let place = Place::committed();
    place.run(["params", "dev", "-o", "own.srs"]).succeeds();
    place.run(["setup", "--srs", "own.srs", "-o", "own.vk"]).succeeds();
    place.run(["commit", "-o", "other.opening.json"]).succeeds();
    place.prove(&["-o", "attestation.json"]).succeeds();
    place.write("notes.txt", "mine");
    let all = place.names();
    let bytes = |name: &String| std::fs::read(place.path(name)).expect("it can be read");
    let before: Vec<_> = all.iter().map(bytes).collect();
    let parties = |own: bool| [&["prove"][..], if own { &["--srs", "own.srs"] } else { &["--dev"] }, &PARTIES].concat();
    for (command, own) in [
        (parties(false), "attestation.json"),
        (parties(true), "attestation.json"),
        (vec!["commit"], ""),
        (vec!["commit", "--force"], "opening.json"),
        (vec!["setup", "--dev"], "own.vk"),
        (vec!["setup", "--srs", "own.srs"], "own.vk"),
        (vec!["setup", "--dev", "--force"], "own.vk"),
        (vec!["params", "dev"], ""),
    ] {
        for name in all.iter().filter(|name| !(name.ends_with(own) && !own.is_empty())) {
            let output = format!("./{name}");
            let run = place.run(command.iter().copied().chain(["-o", &output]));
            assert_eq!(run.code, Some(4), "{command:?} -o {name}: {}", run.all());
            assert!(run.err().contains(name.as_str()), "{}", run.err());
        }
    }
    assert_eq!(all.iter().map(bytes).collect::<Vec<_>>(), before);
    assert_eq!(place.names(), all);
}

#[test]
fn an_output_replaces_its_own_kind_and_an_empty_file() {
    let place = Place::proven();
    let before = place.read("attestation.json");
    place.prove(&[]).succeeds();
    assert_ne!(place.read("attestation.json"), before);
    place.write("empty", "");
    place.prove(&["-o", "empty"]).succeeds();
    assert_eq!(place.run(["inspect", "empty", "--json"]).succeeds().json()["kind"], "attestation");
    let later = before.replace("assay/attestation/v1", "assay/attestation/v2");
    place.write("attestation.json", later);
    place.prove(&[]).succeeds();
    place.write("market.toml", place.read("opening.json"));
    place.run(["init", ".", "--force"]).fails(4, "the opening of a commitment, not a market");
}

#[test]
#[cfg(unix)]
fn a_link_is_no_output() {
    let place = Place::proven();
    let before = place.read("attestation.json");
    std::os::unix::fs::symlink("attestation.json", place.path("link.json")).expect("a link");
    place.prove(&["-o", "link.json"]).fails(4, "it is a symbolic link");
    assert_eq!(place.read("attestation.json"), before);
    assert!(place.path("link.json").is_symlink());
}

/// The attestation is there and complete.
fn assert_whole(place: &Place) {
    place.verify("attestation.json", &[]).succeeds();
}

#[test]
fn a_killed_run_leaves_the_old_file_or_a_complete_new_one() {
    let place = Place::proven();
    common::cache();
    for delay in (0..120).step_by(6) {
        let mut command = place.command(["prove", "--dev"].iter().chain(&PARTIES));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(delay));
        let _ = child.kill();
        child.wait().expect("it ends");
        assert_whole(&place);
    }
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_says_so_and_leaves_nothing_behind() {
    let place = Place::proven();
    common::cache();
    let mut interrupted = 0;
    for delay in (0..120).step_by(6).cycle().take(400) {
        if interrupted == 3 {
            break;
        }
        let mut command = place.command(["prove", "--dev", "--json", "-q"].iter().chain(&PARTIES));
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(delay));
        let kill =
            std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status();
        kill.expect("kill runs");
        let output = child.wait_with_output().expect("it ends");
        // Without a code the signal came before the program could say anything.
        if let Some(code) = output.status.code() {
            let object: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
            match code {
                0 => assert!(object.get("error").is_none(), "{object}"),
                130 => {
                    interrupted += 1;
                    // The result may have been printed before the signal came; the file is then complete.
                    assert!(object["code"] == "interrupted" || object.get("error").is_none(), "{object}");
                }
                other => panic!("{other}: {object}"),
            }
        }
        assert_whole(&place);
        let leftovers: Vec<_> = place.names().into_iter().filter(|name| name.starts_with(".assay")).collect();
        assert!(leftovers.is_empty(), "{leftovers:?}");
    }
    assert!(interrupted > 0, "some of the signals came in time");
}
