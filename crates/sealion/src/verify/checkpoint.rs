//! A run that is interrupted goes on where it was.
//!
//! Every few seconds of work the fold is written to a file, as it is after some
//! block, with the names of the journal files that lie wholly before it. The next
//! run over the same inputs with the same questions starts from there. Only clean
//! progress is kept: after the first failure, and after anything that could not be
//! decided, no further checkpoint is written, so that the next run meets it again.
//!
//! At the end of a run the file is removed, unless something could not be read and
//! that alone left the answer open. Then it stays for the same command, which goes on
//! there once everything can be read. It never stands for more than lies before what
//! was not read: nothing is written beyond, and what the next run can read is held
//! against it once more.
//!
//! The file is as trustworthy as the folder it lies in. Its checksum tells damage,
//! not forgery; one that others may write to is not used.

mod file;
mod identity;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::access::Access;
use super::feed::Merge;
use super::manifests::first_by_name;
use super::survey::{JournalFile, Survey};
use crate::blocks::{BlockAddress, Hash};
use crate::findings::Journal;
use crate::report::{CheckpointAnswer, Verdict};
use file::Passed;
pub(super) use file::{is_checkpoint, Behind, Kept};
pub(super) use identity::identity;

/// The version of the file's form, which no other program reads.
const VERSION: u32 = 3;

/// Writing takes at most one part of so many of the time.
const SHARE: u32 = 20;

/// Blocks between two looks at the clock.
const BLOCKS_A_LOOK: u32 = 16;

/// The checkpoint of a run under way.
pub(super) struct Checkpoint {
    path: PathBuf,
    every: Duration,
    run: Hash,
    due: Instant,
    blocks: u32,
    /// Inputs that are no journal files and were read, each to its end.
    beside: BTreeSet<Arc<str>>,
    /// Inputs that could not be read, or not to their end.
    unread: BTreeSet<Arc<str>>,
    /// Where the first of them begins, if it has the name of an object of an export.
    until: Option<BlockAddress>,
    access: Arc<Access>,
    /// What an earlier run did already.
    behind: Behind,
    /// The block up to which the file stands.
    standing: Option<BlockAddress>,
    /// Set when nothing can be kept, or no more.
    stopped: bool,
    /// Set once one was written because the archive refused something.
    hurried: bool,
    answer: CheckpointAnswer,
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
            beside: BTreeSet::new(),
            unread: BTreeSet::new(),
            until: None,
            access: Arc::default(),
            behind: Behind::default(),
            standing: None,
            stopped: false,
            hurried: false,
            answer: CheckpointAnswer {
                path: path.display().to_string(),
                resumed_after: None,
                kept_after: None,
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
        match file::read(path, checkpoint.run) {
            Ok(kept) => (checkpoint, kept),
            Err(why) => {
                checkpoint.unused(&why);
                (checkpoint, None)
            }
        }
    }

    /// The inputs are known, and the fold begins.
    pub(super) fn begin(&mut self, survey: &Survey, access: &Arc<Access>) {
        self.access = access.clone();
        self.unread = survey.unread.clone();
        self.until = self
            .unread
            .iter()
            .filter_map(|name| first_by_name(name))
            .min();
        let read = survey.beside_the_journal();
        let (partly, whole): (Vec<_>, Vec<_>) = read.partition(|name| self.unread.contains(*name));
        self.beside = whole.into_iter().cloned().collect();
        // What was taken in of these would be kept, and their rest never seen.
        self.stopped |= !partly.is_empty();
        self.due = Instant::now() + self.every;
    }

    /// Lets the fold go on from what was kept, and says what need not be read. `files`:
    /// those that will be.
    pub(super) fn resume<'f>(
        &mut self,
        kept: Kept,
        journal: &mut Journal<'_>,
        mut files: impl Iterator<Item = &'f JournalFile>,
    ) -> Option<(Behind, Passed)> {
        let after = kept.journal.after.clone();
        if self.stopped || kept.beside != self.beside {
            if self.stopped || kept.beside.is_superset(&self.beside) {
                self.stopped = true;
                self.standing = Some(after);
                self.unused("an input that it rests on could not be read this time");
            } else {
                self.unused("it was written when some of the inputs could not be read");
            }
            return None;
        }
        let Kept {
            journal: kept,
            passed,
            mut behind,
            ..
        } = kept;
        // Whatever begins before was read: to its end, or as far as the checkpoint goes.
        let fits = |file: &JournalFile| {
            let name = &file.object.name;
            let begun = behind.finished.contains(name) || behind.begun.contains_key(name);
            begun || file.first.as_ref().is_some_and(|first| *first > after)
        };
        if !files.all(fits) {
            self.unused("a file that could not be read then begins before it");
            return None;
        }
        if !journal.restore(kept) {
            self.unused("it contradicts itself");
            return None;
        }
        let ahead = |name: &&Arc<str>| !behind.finished.contains(*name);
        let unread = self.unread.iter().filter(ahead);
        self.until = unread.filter_map(|name| first_by_name(name)).min();
        // The next checkpoint must not say that their rest was read.
        behind.begun.retain(|name, _| !self.unread.contains(name));
        self.standing = Some(after.clone());
        self.answer.resumed_after = Some(after);
        self.answer.not_read_again = behind.finished.iter().cloned().collect();
        self.behind = behind.clone();
        Some((behind, passed))
    }

    /// After the block at `after`: writes a checkpoint if it is time for one. `passed` gives
    /// nothing if the run is void.
    pub(super) fn pass(
        &mut self,
        journal: &Journal<'_>,
        after: &BlockAddress,
        merge: &Merge<'_, '_>,
        passed: impl FnOnce() -> Option<Passed>,
    ) {
        self.blocks = self.blocks.wrapping_add(1);
        if self.stopped || !self.is_due(after) {
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
        let beyond = self.until.as_ref().is_some_and(|until| after >= until);
        let gap = !self.unread.is_empty() && journal.has_gap();
        if beyond || gap || journal.findings.grave() > 0 {
            self.stopped = true;
            return;
        }
        let began = Instant::now();
        let Some(passed) = passed() else {
            self.stopped = true;
            return;
        };
        let mut behind = self.behind.clone();
        behind.finished.extend(merge.finished().iter().cloned());
        behind.begun.extend(merge.begun());
        behind
            .begun
            .retain(|path, _| !behind.finished.contains(path));
        let kept = Kept {
            run: self.run,
            beside: self.beside.clone(),
            journal: journal.keep(after),
            passed,
            behind,
        };
        match file::write(&self.path, &kept) {
            Ok(()) => self.standing = Some(after.clone()),
            Err(error) => self.stop(format!("no checkpoint could be written: {error}")),
        }
        let pause = match self.every {
            Duration::ZERO => Duration::ZERO,
            every => every.max(began.elapsed() * SHARE),
        };
        self.due = Instant::now() + pause;
    }

    /// Whether the time has come, or a better one will not: the archive refused
    /// something further on, or the next block is in a file that could not be read.
    fn is_due(&mut self, after: &BlockAddress) -> bool {
        if !self.hurried && self.access.refused() > 0 {
            self.hurried = true;
            return true;
        }
        let last = self.until.as_ref().is_some_and(|until| {
            until.strand_id == after.strand_id
                && after.sequence_no.checked_add(1) == Some(until.sequence_no)
        });
        last || self.blocks.is_multiple_of(BLOCKS_A_LOOK) && Instant::now() >= self.due
    }

    /// The run is at its end, with this verdict.
    pub(super) fn finish(mut self, verdict: Verdict) -> CheckpointAnswer {
        let unread = !self.unread.is_empty() || self.access.refused() > 0;
        let open = unread && verdict == Verdict::Inconclusive;
        // It may never have been written.
        let _ = fs::remove_file(file::beside(&self.path));
        match self.standing.take().filter(|_| open) {
            Some(after) => self.answer.kept_after = Some(after),
            None => _ = fs::remove_file(&self.path),
        }
        if open && self.answer.kept_after.is_none() {
            self.remark(
                "none was written before the first input that could not be read: the same \
                 command begins at the start"
                    .to_owned(),
            );
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
