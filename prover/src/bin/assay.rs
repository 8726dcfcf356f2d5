//! The program `assay`.

fn main() -> std::process::ExitCode {
    assay_prover::main()
}
