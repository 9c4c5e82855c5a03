//! Verifies a folder against a digest file, with progress on standard error.
//!
//! `cargo run --example verify_folder -- FOLDER DIGEST_FILE`

use std::process::ExitCode;

use sealion::{source::Directory, Digest, Error, Verifier};

fn main() -> Result<ExitCode, Error> {
    let mut args = std::env::args().skip(1);
    let (Some(folder), Some(digest)) = (args.next(), args.next()) else {
        eprintln!("usage: verify_folder FOLDER DIGEST_FILE");
        return Ok(ExitCode::from(2));
    };
    let digest = Digest::read(digest)?;
    let export = Directory::open(folder)?;
    let report = Verifier::new()
        .against(digest)
        .progress(|at| eprintln!("{} of {} bytes", at.bytes, at.bytes_total))
        .verify(&export)?;
    println!("{report}");
    Ok(ExitCode::from(report.verdict().exit_status()))
}
