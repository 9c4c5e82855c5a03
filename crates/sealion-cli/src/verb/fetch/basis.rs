//! What an answer is verified against: a digest that the user trusts, or none.

use std::ffi::OsStr;

use sealion::{BlockAddress, Digest, Report, StrandId, Verdict, Verifier};
use sealion_fetch::{verify, Answer, Ledger};

use super::typed::address;
use crate::args::TipArgs;
use crate::error::Error;
use crate::terminal;

/// What an answer is verified against.
pub struct Basis {
    /// The tip of the digest that proofs are to lead to.
    pub tip: BlockAddress,
    /// What the user trusts, and its name.
    trusted: Option<(Digest, String)>,
    /// What the endpoint says, if it had to be asked because the user trusts nothing.
    claimed: Option<(Digest, Answer)>,
}

impl Basis {
    /// The tip that the user named, else that of the trusted digest, else that of the ledger's own
    /// digest. That is asked for only if needed, also where nothing else tells the strand.
    pub fn of(
        ledger: &Ledger,
        args: &TipArgs,
        strand_id: Option<&StrandId>,
    ) -> Result<Basis, Error> {
        let trusted = trusted(args.digest.as_deref())?;
        let named = args.digest_tip_address.as_deref();
        let mut tip = named
            .map(|text| address("--digest-tip-address", text))
            .transpose()?;
        if let (None, Some((digest, _))) = (&tip, &trusted) {
            let strand_id = digest.strand_id.as_ref().or(strand_id);
            tip = strand_id
                .zip(digest.sequence_no)
                .map(|(strand_id, number)| BlockAddress::new(strand_id.clone(), number));
        }
        if let Some(tip) = tip {
            return Ok(Basis {
                tip,
                trusted,
                claimed: None,
            });
        }
        let (digest, answer) = ledger.digest()?;
        let own = trusted.as_ref().and_then(|(digest, _)| digest.sequence_no);
        let (strand_id, number) = (digest.strand_id.clone(), own.or(digest.sequence_no));
        let tip = strand_id
            .zip(number)
            .map(|(id, number)| BlockAddress::new(id, number));
        Ok(Basis {
            // A fetched digest always has its tip.
            tip: tip.unwrap_or_else(|| BlockAddress::new(StrandId::new(""), 0)),
            claimed: trusted.is_none().then_some((digest, answer)),
            trusted,
        })
    }

    /// The block with this number in the tip's strand.
    pub fn address(&self, sequence_no: u64) -> BlockAddress {
        BlockAddress::new(self.tip.strand_id.clone(), sequence_no)
    }

    pub fn verify(&self, answers: &[Answer]) -> Result<Report, Error> {
        let mut verifier = Verifier::new();
        if let Some((digest, name)) = &self.trusted {
            verifier = verifier.against_named(digest.clone(), name.as_str());
        }
        let claimed = self.claimed.iter().map(|(_, answer)| answer);
        Ok(verify(verifier, answers.iter().chain(claimed))?)
    }

    /// Says what came of it: in a line if all is well, else in full.
    pub fn tell(&self, ledger: &Ledger, report: &Report) -> u8 {
        match report.verdict() {
            Verdict::Verified | Verdict::Consistent => {
                let text = report.to_string();
                terminal::remark(text.lines().next().unwrap_or_default());
            }
            Verdict::Failed | Verdict::Inconclusive => terminal::explain(report),
        }
        if let Some((digest, _)) = &self.claimed {
            claimed(ledger, digest);
        }
        report.verdict().exit_status()
    }
}

/// Says what a digest is worth that merely came from the endpoint.
pub fn claimed(ledger: &Ledger, digest: &Digest) {
    terminal::remark(&format!(
        "the digest {digest} is only what {} says: it vouches for nothing before you compare it with \
         one that was kept elsewhere (--digest)",
        ledger.endpoint()
    ));
}

/// The digest that `--digest` names.
pub fn trusted(digest: Option<&OsStr>) -> Result<Option<(Digest, String)>, Error> {
    let named = |text| super::super::digest_named(text, &[]);
    digest.map(named).transpose()
}
