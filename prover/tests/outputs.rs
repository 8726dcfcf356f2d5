//! Written files: what they may replace, and what is there after a run that fails, is killed or interrupted.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::common::{self, PARTIES, Place};

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
    assert_eq!(place.names(), ["market.toml", "policy.toml", "position.toml", "prices.json", "reports"]);
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
    let names =
        ["attestation.json", "market.toml", "opening.json", "policy.toml", "position.toml", "prices.json", "reports"];
    assert_eq!(place.names(), names, "nothing is left over");
}

#[test]
#[cfg(unix)]
fn a_disk_that_is_full_leaves_the_old_file() {
    let place = Place::proven();
    let before = place.read("attestation.json");
    // No file may grow beyond one block; the signal that would end the process is ignored.
    let full = "trap '' XFSZ; ulimit -f 1; exec";
    let prove = [&["prove", "--dev"][..], &PARTIES].concat();
    common::run_after(&place, full, &prove).fails(4, "cannot write attestation.json");
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
    let there = place.names();
    let all: Vec<_> = there.iter().filter(|name| *name != "reports").cloned().collect();
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
        for name in all.iter().filter(|name| own.is_empty() || !name.ends_with(own)) {
            let output = format!("./{name}");
            let run = place.run(command.iter().copied().chain(["-o", &output]));
            assert_eq!(run.code, Some(4), "{command:?} -o {name}: {}", run.all());
            assert!(run.err().contains(name.as_str()), "{}", run.err());
        }
    }
    assert_eq!(all.iter().map(bytes).collect::<Vec<_>>(), before);
    assert_eq!(place.names(), there);
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
    place.prove(&["-o", "-"]).fails(4, "a file named - is ./-");
    assert!(!place.path("-").exists());
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
