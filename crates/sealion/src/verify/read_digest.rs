//! Reading the digest that a user trusts from whatever file it was saved in.

use std::path::Path;

use super::pool::with_pool;
use super::survey::Surveyor;
use crate::blocks::Digest;
use crate::findings::{Asked, Candidate, Code, Findings, Severity};
use crate::source::{Archive, OneFile, Stdin};
use crate::{Engine, Error, Limits};

impl Digest {
    /// Reads a digest from a file: what `aws qldb get-digest` printed (JSON, text
    /// or YAML), the console's digest file, a receipt, a `.proofs.json`, or
    /// `BASE64` / `BASE64@SEQUENCENO` alone.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read; [`Error::NoDigest`] if it holds
    /// no digest, a damaged one, or several different ones.
    pub fn read(path: impl AsRef<Path>) -> Result<Digest, Error> {
        let path = path.as_ref();
        Digest::in_archive(&OneFile::open(path)?, &path.display().to_string())
    }

    /// Reads a digest in the same forms from standard input.
    ///
    /// # Errors
    /// As of [`Digest::read`].
    pub fn read_stdin() -> Result<Digest, Error> {
        Digest::in_archive(&Stdin::new(), "standard input")
    }

    fn in_archive(archive: &dyn Archive, name: &str) -> Result<Digest, Error> {
        let (digests, problem) = with_pool(1, |_| digests_in(archive))??;
        let refused = |reason: String| Error::NoDigest {
            path: name.to_owned(),
            reason,
        };
        if let Some(problem) = problem {
            return Err(refused(problem));
        }
        let mut different: Vec<Digest> = Vec::new();
        for candidate in digests {
            if !different.contains(&candidate.digest) {
                different.push(candidate.digest);
            }
        }
        match different.len() {
            0 => Err(refused(
                "expected what get-digest printed, the console's digest file, a receipt, or BASE64@SEQUENCENO".to_owned(),
            )),
            1 => Ok(different.swap_remove(0)),
            count => Err(refused(format!(
                "found {count} different digests: say which one you trust, as BASE64@SEQUENCENO"
            ))),
        }
    }
}

/// The digests in a file, and what is wrong with it.
fn digests_in(archive: &dyn Archive) -> Result<(Vec<Candidate>, Option<String>), Error> {
    let objects = archive.objects()?;
    let limits = Limits::default();
    let mut findings = Findings::new(limits.findings_max, false);
    let survey = Surveyor {
        archive,
        asked: &Asked::default(),
        limits: &limits,
        findings: &mut findings,
        viewer: None,
        looking: None,
        engine: Engine::default(),
        hashes: None,
    }
    .survey(&objects);
    findings.extend(survey.collected.unknown);
    let grave = |severity| severity <= Severity::Incomplete;
    let (found, _) = findings.into_parts();
    // An all-zero digest is a digest, and fails by its own finding.
    let problem = found
        .into_iter()
        .find(|finding| grave(finding.severity) && finding.code != Code::Emulator);
    Ok((
        survey.collected.digests,
        problem.map(|finding| finding.message),
    ))
}
