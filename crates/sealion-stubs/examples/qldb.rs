//! QLDB's API over a made ledger, to try clients on:
//!
//! ```text
//! cargo run -p sealion-stubs --example qldb -- DIR [PORT]
//! ```
//!
//! Writes the ledger's export to `DIR/export` and its digest to `DIR/digest.json`, prints the port as the
//! first line and the ledger's name as the second, and answers until its standard input ends.

use std::path::PathBuf;

use sealion_stubs::qldb::{Ledger, Qldb};
use sealion_testkit::write::{Folder, Sink as _};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = "usage: qldb DIR [PORT]";
    let folder = PathBuf::from(arguments.next().expect(usage));
    let port = arguments
        .next()
        .map_or(0, |port| port.to_string_lossy().parse().expect(usage));
    let ledger = Ledger::made("boat-registry", 4, 40);
    let mut export = Folder(folder.join("export"));
    for (name, bytes) in &ledger.files {
        export.put(name, bytes)?;
    }
    let digest = ledger.digest(ledger.last()).to_aws_json();
    std::fs::write(folder.join("digest.json"), digest)?;
    let name = ledger.name.clone();
    let server = Qldb::serve(ledger, port);
    println!("{}\n{name}", server.address.port());
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
