//! `sealion digest`: the digest of a journal, as `aws qldb get-digest` printed it.

use sealion::prove::{digest_of, ProveError};
use sealion::{StrandId, Verdict, Verifier};

use crate::args::DigestArgs;
use crate::error::Error;
use crate::input::Input;
use crate::terminal::{self, Bar};

/// Verifies the journal, then prints its digest; or says why there is none.
pub fn run(args: &DigestArgs) -> Result<u8, Error> {
    let mut verifier = Verifier::new().limits(args.limits.all()?);
    if let Some(at) = args.at {
        verifier = verifier.to(at);
    }
    if let Some(strand) = &args.strand {
        verifier = verifier.strand(StrandId::new(strand));
    }
    let input = Input::open(&args.inputs, &args.aws, None)?;
    let bar = Bar::new(false);
    let found = digest_of(&verifier.progress(bar.callback()), &input);
    bar.finish();
    let (digest, report) = match found {
        Err(ProveError::Verify(error)) => return Err(error.into()),
        Err(ProveError::Incomplete { report, .. }) if report.inputs.is_empty() => {
            return Err(super::no_file(&args.inputs));
        }
        found => found.inspect_err(super::explain).map_err(Error::NoDigest)?,
    };
    terminal::print_json(&digest.to_aws_json())?;
    if report.verdict() == Verdict::Inconclusive {
        terminal::remark(
            "all block hashes recompute, but some content does not: see `sealion verify`",
        );
    }
    Ok(0)
}
