//! Parameters: imported from ceremonies, checked, downloaded from a server of this test.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;

use crate::common::{self, PARTIES, Place, Run};
use assay_protocol::srs::Srs;
use rand_core::OsRng;
use sha2::{Digest as _, Sha256};

/// The fingerprint of the production key.
const PRODUCTION: &str = "0xca53979d6459c149b2ed4b058b718f2b725750929f3c23c86e3f4ba5ab6c3e1c";
/// Powers of the Hermez ceremony, where the one who runs the test has them.
const CEREMONY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/ceremony/hermez-raw-11");
/// Made by snarkjs, of power 5.
const PTAU: &[u8] = include_bytes!("../../circuits/tests/ceremony/prepared.ptau");

/// A run with an empty cache of its own.
fn run(place: &Place, arguments: &[&str]) -> Run {
    let mut command = place.command(arguments);
    command.env("ASSAY_CACHE_DIR", place.path("cache"));
    common::finish(command)
}

#[test]
fn a_file_of_snarkjs_is_imported_verified_and_of_no_known_ceremony() {
    let place = Place::empty();
    place.write("a.ptau", PTAU);
    let imported = run(&place, &["params", "import", "a.ptau", "--k", "4", "-o", "a.srs", "--json"]).succeeds().json();
    assert_eq!((&imported["k"], &imported["power"]), (&4.into(), &5.into()));
    assert_eq!(imported["format"], "snarkjs .ptau");
    assert_eq!(imported["development"], false);
    let again = run(&place, &["params", "import", "a.ptau", "--k", "4", "-o", "again.srs"]).succeeds();
    assert!(again.err().starts_with("warning: the powers are those of no ceremony that is known"), "{}", again.err());
    assert!(!again.all().contains("next:") && again.out().contains("no ceremony that is known"), "{}", again.all());
    let verified = run(&place, &["params", "verify", "a.srs", "--json"]).succeeds().json();
    assert_eq!(verified["ceremony"], serde_json::Value::Null);
    assert_eq!(verified["digest"], imported["digest"]);
    let text = run(&place, &["params", "verify", "a.srs"]).succeeds().out();
    assert!(text.contains("no ceremony that is known"), "{text}");
    run(&place, &["params", "info", "a.srs"]).succeeds();
    run(&place, &["params", "import", "a.ptau", "-o", "b.srs"]).fails(13, "the SRS has 2^5 powers");
    run(&place, &["setup", "--srs", "a.srs"]).fails(13, "2^4 powers");
    assert!(!place.path("b.srs").exists());
}

#[test]
fn a_larger_srs_is_cut_down_and_one_of_an_older_version_is_refused_with_what_to_do() {
    let place = Place::empty();
    run(&place, &["params", "dev", "-o", "a.srs"]).succeeds();
    let mut file = std::fs::read(place.path("a.srs")).expect("it can be read");
    // The power that proofs need beside those of keys, after 2^10 others.
    let last = 72 + 5 + (64 << 10);
    file.drain(last..last + 64);
    let length = file.len() as u64 - 72;
    file[32..40].copy_from_slice(&length.to_be_bytes());
    let checksum = Sha256::new().chain_update(&file[..40]).chain_update(&file[72..]).finalize();
    file[40..72].copy_from_slice(&checksum);
    place.write("old.srs", &file);
    for arguments in [&["setup", "--srs", "old.srs"][..], &["params", "verify", "old.srs"]] {
        run(&place, arguments).fails(13, "import the ceremony's file again");
    }
    place.write("cache/dev.srs", &file);
    run(&place, &["setup", "--dev"]).fails(13, "assay params dev --force");
    run(&place, &["params", "dev", "--force"]).succeeds();
    run(&place, &["setup", "--dev"]).succeeds();

    let large = Srs::dev(11, OsRng);
    place.write("large.srs", large.to_bytes());
    place.write("cut.srs", large.downsize(10).expect("smaller").to_bytes());
    let json = |arguments: &[&str]| run(&place, &[arguments, &["--json"]].concat()).succeeds().json();
    let digest = &json(&["params", "info", "cut.srs"])["digest"];
    assert_eq!(&json(&["params", "info", "large.srs"])["digests_cut_to_size"]["8"], digest);
    let [key, same] =
        ["large.srs", "cut.srs"].map(|srs| json(&["setup", "--srs", srs, "--force"])["fingerprint"].clone());
    assert_eq!(key, same);
}

#[test]
fn files_that_are_no_ceremony_are_refused_with_a_reason() {
    let place = Place::empty();
    place.write("text", "hello, this is text");
    place.write("cut.ptau", &PTAU[..PTAU.len() - 1]);
    let mut damaged = PTAU.to_vec();
    damaged[300] ^= 1;
    place.write("damaged.ptau", damaged);
    let import = |name: &str| run(&place, &["params", "import", name, "--k", "4", "-o", "out.srs"]);
    import("text").fails(14, "neither a .ptau file");
    place.write("page", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>NoSuchKey</Code></Error>");
    import("page").fails(14, "a page in XML or HTML");
    import("cut.ptau").fails(14, "truncated");
    import("damaged.ptau").fails(14, "off the curve");
    import("none").fails(4, "cannot read none");
    import(".").fails(4, "a directory");
    place.write("a.ptau", PTAU);
    run(&place, &["params", "import", "a.ptau", "--k", "4", "-o", "a.ptau"]).fails(4, "there is a file already");
    run(&place, &["params", "import", "a.ptau", "--k", "60", "-o", "out.srs"]).fails(2, "60");
    run(&place, &["params", "verify", "a.ptau"]).fails(14, "not a binary file of Assay");
    assert!(!place.path("out.srs").exists());
}

#[test]
fn the_ceremony_gives_the_production_key_and_attestations_verify_with_nothing_but_the_program() {
    if !PathBuf::from(CEREMONY).exists() {
        eprintln!("SKIPPED: the ceremony's file is not there; see params/README.md for where to get it");
        return;
    }
    let place = Place::committed();
    let imported = run(&place, &["params", "import", CEREMONY, "-o", "hermez.srs", "--json"]).succeeds().json();
    assert_eq!((&imported["ceremony"], &imported["k"]), (&"hermez".into(), &10.into()));
    let verified = run(&place, &["params", "verify", "hermez.srs", "--json"]).succeeds().json();
    assert_eq!(verified["ceremony"], "hermez");
    run(&place, &["params", "import", CEREMONY, "--k", "11", "-o", "whole.srs"]).fails(13, "need one more");
    let key = run(&place, &["setup", "--srs", "hermez.srs", "-o", "made.vk", "--json"]).succeeds().json();
    assert_eq!(key["fingerprint"], PRODUCTION);
    let made = std::fs::read(place.path("made.vk")).expect("it was written");
    assert!(made == include_bytes!("../../params/solvency-v1.vk"), "byte for byte");
    let prove: Vec<_> = ["prove", "--srs", "hermez.srs"].iter().chain(&PARTIES).copied().collect();
    run(&place, &prove).succeeds();
    let inspect = run(&place, &["inspect", "attestation.json", "--json"]).succeeds().json();
    assert_eq!(inspect["production_key"], true);
    // A lender: another cache, empty; no SRS, no key, no flag.
    let verify: Vec<_> = ["verify", "attestation.json", "--json"].iter().chain(&PARTIES).copied().collect();
    let mut command = place.command(&verify);
    command.env("ASSAY_CACHE_DIR", place.path("nothing"));
    let verdict = common::finish(command).succeeds().json();
    assert_eq!((&verdict["verifying_key"], &verdict["development_key"]), (&PRODUCTION.into(), &false.into()));
    assert!(!place.path("nothing").exists());
    place.write("marked.vk", common::with_mark(&made, 1));
    let marked: Vec<_> = verify.iter().copied().chain(["--vk", "marked.vk"]).collect();
    assert_eq!(run(&place, &marked).succeeds().json()["development_key"], false, "its fingerprint says what it is");
    // A key of another secret under the name of the production key.
    run(&place, &["params", "dev"]).succeeds();
    run(&place, &["setup", "--dev", "-o", "dev.vk"]).succeeds();
    let swapped: Vec<_> = verify.iter().copied().chain(["--vk", "dev.vk"]).collect();
    assert_eq!(run(&place, &swapped).code, Some(13));
}

#[test]
fn a_consistent_srs_of_another_secret_is_unknown_and_its_proofs_are_refused() {
    let place = Place::proven();
    place.run(["params", "dev", "-o", "dev.srs"]).succeeds();
    let mut srs = std::fs::read(place.path("dev.srs")).expect("it can be read");
    // The mark is taken off and the checksum made anew: nothing in the file tells that one person made it.
    srs[76] = 0;
    let checksum: [u8; 32] = Sha256::new().chain_update(&srs[..40]).chain_update(&srs[72..]).finalize().into();
    srs[40..72].copy_from_slice(&checksum);
    place.write("forged.srs", &srs);
    let verified = place.run(["params", "verify", "forged.srs", "--json"]).succeeds().json();
    assert_eq!((&verified["ceremony"], &verified["development"]), (&serde_json::Value::Null, &false.into()));
    let run = |arguments: &[&str]| run(&place, arguments);
    let key = run(&["setup", "--srs", "forged.srs", "--json"]).succeeds().json();
    assert_ne!(key["fingerprint"], PRODUCTION);
    let prove: Vec<_> = ["prove", "--srs", "forged.srs"].iter().chain(&PARTIES).copied().collect();
    run(&prove).succeeds();
    let verify: Vec<_> = ["verify", "attestation.json"].iter().chain(&PARTIES).copied().collect();
    run(&verify).fails(14, "is not among those that are accepted");
}

/// How the server answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Server {
    /// As it should, ranges too.
    Good,
    /// Always with the whole file.
    NoRanges,
    /// With half of the file, then it hangs up.
    HangsUp,
    /// With another file.
    Lies,
    /// With more than the file.
    Endless,
    /// With an error.
    Absent,
    /// With a redirect to another address.
    Redirects,
}

const SIZE: usize = 300_000;

fn content() -> Vec<u8> {
    (0..SIZE).map(|i| u8::try_from(i % 251).expect("it is smaller")).collect()
}

/// Serves [`content`] on a port of its own until the test ends.
fn serve(server: Server) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                request.push(byte[0]);
            }
            let request = String::from_utf8_lossy(&request).to_lowercase();
            let from =
                request.lines().find_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-')?.parse().ok());
            let (head, body) = answer(server, from);
            let _ = stream.write_all(format!("HTTP/1.1 {head}connection: close\r\n\r\n").as_bytes());
            let _ = stream.write_all(&body);
        }
    });
    address
}

fn answer(server: Server, from: Option<usize>) -> (String, Vec<u8>) {
    let whole = content();
    let sized = |status: &str, length: usize| format!("{status}\r\ncontent-length: {length}\r\n");
    match (server, from) {
        (Server::Good, Some(from)) if from >= SIZE => (sized("416 Range Not Satisfiable", 0), vec![]),
        (Server::Good, Some(from)) => {
            let range = format!("content-range: bytes {from}-{}/{SIZE}\r\n", SIZE - 1);
            (sized("206 Partial Content", SIZE - from) + &range, whole[from..].to_vec())
        }
        (Server::HangsUp, _) => (sized("200 OK", SIZE), whole[..SIZE / 2].to_vec()),
        (Server::Lies, _) => (sized("200 OK", SIZE), vec![7; SIZE]),
        (Server::Endless, _) => (sized("200 OK", 2 * SIZE), [whole.clone(), whole].concat()),
        (Server::Absent, _) => (sized("404 Not Found", 0), vec![]),
        (Server::Redirects, _) => {
            ("302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n".to_owned(), vec![])
        }
        (Server::Good | Server::NoRanges, _) => (sized("200 OK", SIZE), whole),
    }
}

fn fetch(place: &Place, url: &str, sha256: &str) -> Command {
    place.command(["params", "fetch", "--url", url, "--sha256", sha256, "-o", "out", "--loopback", "--json"])
}

fn fetched(place: &Place, server: Server) -> Run {
    let url = format!("http://{}/file", serve(server));
    common::finish(fetch(place, &url, &hex::encode(Sha256::digest(content()))))
}

#[test]
fn a_file_with_the_right_digest_is_downloaded_once() {
    let place = Place::empty();
    let done = fetched(&place, Server::Good).succeeds().json();
    assert_eq!((&done["downloaded"], &done["resumed_at"]), (&true.into(), &serde_json::Value::Null));
    assert!(std::fs::read(place.path("out")).expect("it is there") == content());
    let again = fetched(&place, Server::Absent).succeeds().json();
    assert_eq!(again["downloaded"], false);
    assert_eq!(place.names(), ["out"]);
    place.write("out", "something else");
    assert_eq!(fetched(&place, Server::Good).code, Some(4));
    assert_eq!(place.read("out"), "something else");
}

#[test]
fn a_download_that_was_cut_off_goes_on_where_it_stopped() {
    let place = Place::empty();
    let cut = fetched(&place, Server::HangsUp);
    assert_eq!(cut.code, Some(4), "{}", cut.all());
    assert_eq!(place.names(), ["out.part"]);
    let arrived = std::fs::metadata(place.path("out.part")).expect("a part").len();
    assert!(arrived > 0);
    let done = fetched(&place, Server::Good).succeeds().json();
    assert_eq!(done["resumed_at"], arrived);
    assert!(std::fs::read(place.path("out")).expect("it is there") == content());
    assert_eq!(place.names(), ["out"]);
}

#[test]
fn a_server_without_ranges_and_a_part_that_is_whole_do_no_harm() {
    let place = Place::empty();
    place.write("out.part", &content()[..1000]);
    let done = fetched(&place, Server::NoRanges).succeeds().json();
    assert_eq!(done["resumed_at"], serde_json::Value::Null);
    assert!(std::fs::read(place.path("out")).expect("it is there") == content());
    std::fs::remove_file(place.path("out")).expect("it is there");
    place.write("out.part", content());
    fetched(&place, Server::Good).succeeds();
    assert!(std::fs::read(place.path("out")).expect("it is there") == content());
}

#[test]
fn another_file_than_the_pinned_one_is_thrown_away() {
    let place = Place::empty();
    for server in [Server::Lies, Server::Endless] {
        let run = fetched(&place, server);
        assert_eq!(run.code, Some(14), "{}", run.all());
        assert!(run.json()["error"].as_str().is_some_and(|error| error.contains("SHA-256")), "{}", run.all());
        assert!(place.names().is_empty());
    }
    place.write("out.part", "a part of another file");
    assert_eq!(fetched(&place, Server::Good).code, Some(14));
    assert!(place.names().is_empty());
    fetched(&place, Server::Good).succeeds();
}

#[test]
fn without_a_network_or_a_file_there_is_a_clear_error_and_nothing_is_written() {
    let place = Place::empty();
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let sha256 = "00".repeat(32);
    let run = common::finish(fetch(&place, &format!("http://{closed}/file"), &sha256));
    assert_eq!(run.code, Some(4), "{}", run.all());
    assert!(run.json()["error"].as_str().is_some_and(|error| error.contains("cannot download")), "{}", run.all());
    assert!(fetched(&place, Server::Absent).json()["error"].as_str().is_some_and(|error| error.contains("404")));
    assert_eq!(fetched(&place, Server::Redirects).code, Some(4));
    assert!(place.names().is_empty());
}

#[test]
fn only_https_and_only_known_names_are_fetched() {
    let place = Place::empty();
    let sha256 = "00".repeat(32);
    let fetch = |more: &[&str]| place.run(["params", "fetch"].iter().chain(more));
    for url in ["http://example.org/file", "http://127.0.0.1:1/file", "file:///etc/passwd", "ftp://example.org/"] {
        fetch(&["--url", url, "--sha256", &sha256, "-o", "out"]).fails(2, "only https");
    }
    for url in ["http://example.org/file", "http://127.0.0.1.example.org:80/", "http://127.0.0.1:80@example.org/"] {
        fetch(&["--url", url, "--sha256", &sha256, "-o", "out", "--loopback"]).fails(2, "only https");
    }
    fetch(&["--url", "https://example.org/file", "-o", "out"]).fails(2, "--sha256");
    fetch(&["--url", "https://example.org/file", "--sha256", "12", "-o", "out"]).fails(2, "64 hexadecimal digits");
    fetch(&["another"]).fails(2, "hermez-raw-11");
    fetch(&[]).fails(2, "NAME");
    assert!(place.names().is_empty());
}
