//! Verifies one revision that is in memory: the answers of GetRevision and
//! GetDigest that the AWS CLI's help publishes.

use sealion::{source::Memory, Digest, Error, Verdict, Verifier};

const REVISION: &str = include_str!("../../../fixtures/published/aws-cli/get-revision.json");

fn main() -> Result<(), Error> {
    let digest: Digest = "6m6BMXobbJKpMhahwVthAEsN6awgnHK62Qq5McGP1Gk=@123"
        .parse()
        .expect("a digest as BASE64@SEQUENCENO");
    let verifier = Verifier::new().against(digest);
    let answer = Memory::new().with("get-revision.json", REVISION.as_bytes());
    let report = verifier.verify(&answer)?;
    assert_eq!(report.verdict(), Verdict::Verified);

    // One changed letter in the document, and it no longer holds.
    let forged = REVISION.replace("Everett", "Everest");
    let answer = Memory::new().with("get-revision.json", forged.into_bytes());
    let report = verifier.verify(&answer)?;
    assert_eq!(report.verdict(), Verdict::Failed);
    println!("{report}");
    Ok(())
}
