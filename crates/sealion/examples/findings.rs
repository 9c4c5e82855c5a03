//! Reads the findings of a report as data: what a monitoring job would do.
//!
//! `cargo run --example findings -- PATH...`

use sealion::{source::Union, Error, Severity, Verifier};

fn main() -> Result<(), Error> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let report = Verifier::new().verify(&Union::of_paths(&paths)?)?;
    println!("verdict: {}", report.verdict());
    for finding in report.findings() {
        if finding.severity > Severity::Incomplete {
            continue;
        }
        let place = match (&finding.strand_id, finding.sequence_no) {
            (Some(strand), Some(block)) => format!("block {block} of {strand}"),
            _ => "no one block".to_owned(),
        };
        println!("{} {}: {}", finding.code, place, finding.message);
    }
    for strand in &report.strands {
        for run in &strand.coverage {
            println!("{}–{}: {:?}", run.first, run.last, run.state);
        }
    }
    Ok(())
}
