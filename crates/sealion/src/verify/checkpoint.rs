//! A run that is interrupted goes on where it was.
//!
//! Every few seconds of work the fold is written to a file, as it is after some
//! block, with the names of the journal files that lie wholly before it. The next
//! run over the same inputs with the same questions starts from there. Only clean
//! progress is kept: after the first failure, and after anything that could not be
//! decided, no further checkpoint is written, so that the next run meets it again.
//!
//! The file is as trustworthy as the folder it lies in. Its checksum tells damage,
//! not forgery; one that others may write to is not used.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::feed::Merge;
use super::Verifier;
use crate::blocks::{BlockAddress, Hash};
use crate::engine::Engine;
use crate::findings::{Findings, Journal, KeptJournal};
use crate::report::CheckpointAnswer;
use crate::source::Object;

/// The version of the file's form, which no other program reads.
const VERSION: u32 = 2;

/// Writing takes at most one part of so many of the time.
const SHARE: u32 = 20;

/// Blocks between two looks at the clock.
const BLOCKS_A_LOOK: u32 = 16;

/// What the file holds, after a line with its checksum.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    /// What was asked, of which inputs, by which program.
    run: Hash,
    surveyed: Findings,
    journal: KeptJournal,
    passed: Passed,
    behind: Behind,
}

/// How many values the fast engine passed on, and why.
type Passed = BTreeMap<String, u64>;

/// How much of the inputs lies before a checkpoint.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Behind {
    /// Journal files that lie wholly before.
    pub(super) finished: BTreeSet<Arc<str>>,
    /// Of others that were begun, the offset of the last block before.
    pub(super) begun: BTreeMap<Arc<str>, u64>,
}

/// The checkpoint of a run under way.
pub(super) struct Checkpoint {
    path: PathBuf,
    every: Duration,
    run: Hash,
    due: Instant,
    blocks: u32,
    /// The findings before the first block. Graver ones than these end the checkpoints,
    /// and other ones than these are a sign that the inputs are not as they were.
    surveyed: Findings,
    /// What an earlier run did already.
    behind: Behind,
    /// Set when nothing can be kept, or no more.
    stopped: bool,
    pub(super) answer: CheckpointAnswer,
}

impl Checkpoint {
    /// The checkpoint of this run at `path`, and what an earlier run left there.
    pub(super) fn open(
        path: &Path,
        every: Duration,
        run: Result<Hash, String>,
    ) -> (Checkpoint, Option<Kept>) {
        let mut checkpoint = Checkpoint {
            path: path.to_owned(),
            every,
            run: Hash::ZERO,
            due: Instant::now() + every,
            blocks: 0,
            surveyed: Findings::default(),
            behind: Behind::default(),
            stopped: false,
            answer: CheckpointAnswer {
                path: path.display().to_string(),
                resumed_after: None,
                not_read_again: Vec::new(),
                remark: None,
            },
        };
        match run {
            Ok(run) => checkpoint.run = run,
            Err(why) => {
                checkpoint.stop(format!("this run cannot go on later: {why}"));
                return (checkpoint, None);
            }
        }
        match read(path, checkpoint.run) {
            Ok(kept) => (checkpoint, kept),
            Err(why) => {
                checkpoint.unused(&why);
                (checkpoint, None)
            }
        }
    }

    /// The fold begins.
    pub(super) fn begin(&mut self, journal: &Journal<'_>) {
        self.surveyed = journal.findings.clone();
        self.due = Instant::now() + self.every;
    }

    /// Lets the fold go on from what was kept, and says what need not be read.
    pub(super) fn resume(
        &mut self,
        kept: Kept,
        journal: &mut Journal<'_>,
    ) -> Option<(Behind, Passed)> {
        let Kept {
            surveyed,
            journal: kept,
            passed,
            behind,
            ..
        } = kept;
        let after = kept.after.clone();
        if surveyed != self.surveyed {
            self.unused("the inputs do not look as they did");
            return None;
        }
        if !journal.restore(kept) {
            self.unused("it contradicts itself");
            return None;
        }
        self.answer.resumed_after = Some(after);
        self.answer.not_read_again = behind.finished.iter().cloned().collect();
        self.behind = behind.clone();
        Some((behind, passed))
    }

    /// After the block at `after`: writes a checkpoint if it is time for one.
    pub(super) fn pass(
        &mut self,
        journal: &Journal<'_>,
        after: &BlockAddress,
        merge: &Merge<'_, '_>,
        passed: impl FnOnce() -> Passed,
    ) {
        self.blocks = self.blocks.wrapping_add(1);
        if self.stopped || !self.blocks.is_multiple_of(BLOCKS_A_LOOK) || Instant::now() < self.due {
            return;
        }
        // Blocks that come again on the way to where the last run was.
        if self
            .answer
            .resumed_after
            .as_ref()
            .is_some_and(|before| after <= before)
        {
            return;
        }
        if journal.findings.grave() > self.surveyed.grave() {
            self.stopped = true;
            return;
        }
        let began = Instant::now();
        let mut behind = self.behind.clone();
        behind.finished.extend(merge.finished().iter().cloned());
        behind.begun.extend(merge.begun());
        behind
            .begun
            .retain(|path, _| !behind.finished.contains(path));
        let kept = Kept {
            run: self.run,
            surveyed: self.surveyed.clone(),
            journal: journal.keep(after),
            passed: passed(),
            behind,
        };
        if let Err(error) = write(&self.path, &kept) {
            self.stop(format!("no checkpoint could be written: {error}"));
        }
        let pause = match self.every {
            Duration::ZERO => Duration::ZERO,
            every => every.max(began.elapsed() * SHARE),
        };
        self.due = Instant::now() + pause;
    }

    /// The run is at its end.
    pub(super) fn finish(self) -> CheckpointAnswer {
        for path in [&self.path, &beside(&self.path)] {
            // It may never have been written.
            let _ = fs::remove_file(path);
        }
        self.answer
    }

    fn unused(&mut self, why: &str) {
        self.remark(format!(
            "not used, everything was read from the start: {why}"
        ));
    }

    fn remark(&mut self, remark: String) {
        self.answer.remark.get_or_insert(remark);
    }

    fn stop(&mut self, remark: String) {
        self.stopped = true;
        self.remark(remark);
    }
}

/// What makes two runs the same: program, questions, and inputs by name, size and
/// the mark that changes with them.
///
/// # Errors
/// An input has no such mark, so that it could have changed unseen.
pub(super) fn identity(
    verifier: &Verifier,
    engine: Engine,
    objects: &[Object],
) -> Result<Hash, String> {
    let mut inputs = Vec::with_capacity(objects.len());
    for object in objects {
        if object.stamp.is_none() || object.size.is_none() {
            return Err(format!(
                "whether {} changes in between cannot be told",
                object.name
            ));
        }
        inputs.push(json!([
            object.name,
            object.size,
            object.stamp,
            object.problem
        ]));
    }
    let digest = |(digest, source): &(crate::Digest, Arc<str>)| {
        json!([digest.hash, digest.strand_id, digest.sequence_no, source])
    };
    let states = verifier.states.iter();
    let run = json!({
        "version": [VERSION, env!("CARGO_PKG_VERSION")],
        "engine": engine.as_str(),
        "asked": verifier.asked,
        "limits": format!("{:?}", verifier.limits),
        "digests": verifier.trusted.iter().map(digest).collect::<Vec<_>>(),
        "states": states.map(|(state, vouched)| json!([state.to_json(), vouched])).collect::<Vec<_>>(),
        "save_state": verifier.save_state,
        "inputs": inputs,
    });
    Ok(sum(run.to_string().as_bytes()))
}

fn sum(bytes: &[u8]) -> Hash {
    sealion_hash::sha256(bytes)
}

/// What an earlier run of this kind left; `None` if there is nothing.
fn read(path: &Path, run: Hash) -> Result<Option<Kept>, String> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if writable_by_others(&metadata) {
        return Err("others may write to it".to_owned());
    }
    let text = fs::read(path).map_err(|error| error.to_string())?;
    let damaged = || "it is not a checkpoint, or a damaged one".to_owned();
    let end = memchr::memchr(b'\n', &text).ok_or_else(damaged)?;
    let (claimed, body) = (&text[..end], &text[end + 1..]);
    if claimed != sum(body).to_string().as_bytes() {
        return Err(damaged());
    }
    let kept: Kept = serde_json::from_slice(body)
        .map_err(|error| format!("it is of another version of this program: {error}"))?;
    if kept.run != run {
        return Err("it is of other inputs, other questions or another version".to_owned());
    }
    Ok(Some(kept))
}

#[cfg(unix)]
fn writable_by_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o022 != 0
}

#[cfg(not(unix))]
fn writable_by_others(_: &fs::Metadata) -> bool {
    false
}

/// Puts the checkpoint in place of the one before, at once or not at all.
fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let body = serde_json::to_vec(kept)?;
    let new = beside(path);
    let _ = fs::remove_file(&new);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    writeln!(file, "{}", sum(&body))?;
    file.write_all(&body)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

/// A name for the file in the making, the same each time: what a killed run leaves
/// is cleared away by the next.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}
