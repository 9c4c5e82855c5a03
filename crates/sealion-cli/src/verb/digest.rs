//! `sealion digest`: the digest of a journal, as `aws qldb get-digest` printed it.

use sealion::report::{ComputedDigest, Strand};
use sealion::{Code, Report, Severity, StrandId, Verdict, Verifier};

use crate::args::DigestArgs;
use crate::error::Error;
use crate::input::Input;
use crate::terminal;

/// Incomplete findings about content or evidence beside the blocks. A digest is made
/// of block hashes alone, and those recompute.
const BESIDE_THE_DIGEST: [Code; 3] = [Code::DataFromJson, Code::DeletionRule, Code::NoDigest];

/// Verifies the journal, then prints its digest; or says why there is none.
pub fn run(args: &DigestArgs) -> Result<u8, Error> {
    let mut verifier = Verifier::new();
    if let Some(at) = args.at {
        verifier = verifier.to(at);
    }
    if let Some(strand) = &args.strand {
        verifier = verifier.strand(StrandId::new(strand));
    }
    let input = Input::open(&args.inputs, &args.aws, None)?;
    let report = super::verify_archive(verifier, &input, false)?;
    if report.inputs.is_empty() {
        return Err(super::no_file(&args.inputs));
    }
    let (strand, computed) = match digest_of(&report, args.at) {
        Ok(found) => found,
        Err(why) => {
            if matches!(report.verdict(), Verdict::Failed | Verdict::Inconclusive) {
                terminal::explain(&report);
            }
            let wrong = report.verdict() == Verdict::Failed;
            return Err(Error::Refused { why, wrong });
        }
    };
    terminal::print(&aws_json(&strand.strand_id, computed))?;
    if report.verdict() == Verdict::Inconclusive {
        terminal::remark(
            "all block hashes recompute, but some content does not: see `sealion verify`",
        );
    }
    Ok(0)
}

/// The digest that was asked for, if the journal holds and is all there; else why not.
fn digest_of(report: &Report, at: Option<u64>) -> Result<(&Strand, &ComputedDigest), String> {
    if report.verdict() == Verdict::Failed {
        return Err("the journal does not hold, as reported above".to_owned());
    }
    let missing = report.findings().iter().find(|finding| {
        finding.severity == Severity::Incomplete && !BESIDE_THE_DIGEST.contains(&finding.code)
    });
    if let Some(finding) = missing {
        return Err(format!("{}: {}", finding.code, finding.message));
    }
    let strand = match report.strands.as_slice() {
        [strand] => strand,
        [] => return Err("no block was found; name the journal's blocks, from 0 on".to_owned()),
        several => {
            let ids: Vec<_> = several
                .iter()
                .map(|strand| strand.strand_id.as_str())
                .collect();
            return Err(format!(
                "several strands; choose by --strand: {}",
                ids.join(", ")
            ));
        }
    };
    match (&strand.computed_digest, at) {
        (None, None) => Err("it takes all blocks from 0 on, and they are not all here".to_owned()),
        (None, Some(at)) => Err(format!(
            "it takes all blocks from 0 to {at}, and they are not all here"
        )),
        (Some(found), Some(at)) if found.sequence_no != at => Err(format!(
            "the last block here is {}, not {at}",
            found.sequence_no
        )),
        (Some(found), _) => Ok((strand, found)),
    }
}

/// The shape of the AWS CLI: four blanks, the address as Ion text in a JSON string.
fn aws_json(strand_id: &StrandId, computed: &ComputedDigest) -> String {
    // JSON's escapes mean the same in Ion text, so one quoting serves the id in both.
    let json = |text: &str| serde_json::Value::from(text).to_string();
    let tip = format!(
        "{{strandId:{},sequenceNo:{}}}",
        json(strand_id.as_str()),
        computed.sequence_no
    );
    format!(
        "{{\n    \"Digest\": {},\n    \"DigestTipAddress\": {{\n        \"IonText\": {}\n    }}\n}}\n",
        json(&computed.digest.to_string()),
        json(&tip)
    )
}
