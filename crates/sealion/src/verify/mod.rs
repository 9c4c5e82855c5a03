//! Wires the five stages together.

mod access;
mod bundle;
mod checkpoint;
mod collect;
mod confirm;
mod feed;
#[cfg(test)]
mod growth;
mod looking;
mod manifests;
mod parts;
mod pool;
mod read_address;
mod read_digest;
mod resting;
mod run;
mod show;
mod stored_hash;
mod stream;
mod stretches;
mod survey;
mod wanted;

pub(crate) use pool::with_pool;
pub use read_address::ParseAddressError;
pub use show::{show, Shown};
pub(crate) use survey::{Survey, Surveyor};

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use self::run::Ran;
use crate::engine::{Engine, Wanted};
use crate::findings::{Asked, CheckedBlock, Disorder, Request};
use crate::report::CheckpointAnswer;
use crate::source::Archive;
use crate::{Digest, Error, Limits, Report, State, StrandId};

/// Bytes of whole values that one task checks.
const PIECE_BYTES: usize = 128 << 10;

/// How far a run is. Handed to the callback of [`Verifier::progress`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes read so far, as stored.
    pub bytes: u64,
    /// Bytes to read in all, as far as known.
    pub bytes_total: u64,
    /// Blocks checked so far.
    pub blocks: u64,
    /// Files looked at so far. While these are fewer than all, no block is checked yet; bytes are then
    /// those looked at, and how many there will be is not known.
    pub objects: u64,
    /// Files in all.
    pub objects_total: u64,
    /// Whether everything is read once more, by the reference, because the fast engine found
    /// something wrong that it alone may not say.
    pub second_pass: bool,
}

/// What [`Verifier::progress`] was given.
type ProgressCallback = Arc<dyn Fn(Progress) + Send + Sync>;

/// Verifies whatever was saved from QLDB.
#[derive(Clone, Default)]
pub struct Verifier {
    trusted: Vec<(Digest, Arc<str>)>,
    pub(crate) asked: Asked,
    engine: Engine,
    threads: Option<usize>,
    limits: Limits,
    progress: Option<ProgressCallback>,
    /// States to continue, and whether the caller vouches for each.
    states: Vec<(State, bool)>,
    save_state: bool,
    checkpoint: Option<(PathBuf, Duration)>,
    /// Files that are known to be out of order.
    disorder: Disorder,
    /// Whether the report is to have the SHA-256 of each input.
    input_hashes: bool,
}

impl Verifier {
    /// Trusts no digest yet, asks for all blocks, uses all cores.
    pub fn new() -> Verifier {
        Verifier::default()
    }

    /// Against a digest that you trust because you had it from elsewhere. Call
    /// again for several.
    pub fn against(self, digest: Digest) -> Verifier {
        self.against_named(digest, "the caller")
    }

    /// The same, with the name under which reports list the digest's source.
    pub fn against_named(mut self, digest: Digest, source: impl Into<Arc<str>>) -> Verifier {
        self.trusted.push((digest, source.into()));
        self
    }

    /// The same settings, and no trusted digest.
    pub(crate) fn distrusting(mut self) -> Verifier {
        self.trusted.clear();
        self
    }

    /// Only blocks from this sequence number on.
    pub fn from(mut self, sequence_no: u64) -> Verifier {
        self.asked.from = Some(sequence_no);
        self
    }

    /// Only blocks up to this sequence number, inclusive.
    pub fn to(mut self, sequence_no: u64) -> Verifier {
        self.asked.to = Some(sequence_no);
        self
    }

    /// Only this strand.
    pub fn strand(mut self, strand_id: StrandId) -> Verifier {
        self.asked.strand_id = Some(strand_id);
        self
    }

    /// The file of this name is the answer to `request`; if it is of another block or
    /// another document, that is a failure ([`Code::Request`](crate::Code::Request)), however genuine it is.
    /// Call again for several files.
    pub fn expecting(mut self, name: impl Into<Arc<str>>, request: Request) -> Verifier {
        self.asked.requests.insert(name.into(), request);
        self
    }

    /// Which engine makes the hashes; unless told, the fast one.
    pub fn engine(mut self, engine: Engine) -> Verifier {
        self.engine = engine;
        self
    }

    /// Whether warnings count as failures.
    pub fn strict(mut self, strict: bool) -> Verifier {
        self.asked.strict = strict;
        self
    }

    /// Whether the report has the SHA-256 of each input as stored, made along with the reading; unless told, it has
    /// none. It costs what hashing all bytes costs, on the thread that reads.
    pub fn input_hashes(mut self, wanted: bool) -> Verifier {
        self.input_hashes = wanted;
        self
    }

    /// How many threads check blocks; unless told, as many as there are cores.
    pub fn threads(mut self, threads: usize) -> Verifier {
        self.threads = Some(threads.max(1));
        self
    }

    /// Other bounds on input.
    pub fn limits(mut self, limits: Limits) -> Verifier {
        self.limits = limits;
        self
    }

    /// Continues from what an earlier run left: its blocks need not be here. Call
    /// again for states of other strands.
    ///
    /// Blocks that follow the state are verified if its nodes and their leaves fold
    /// to a trusted digest; that needs no trust in the state. Of the blocks in it
    /// nothing is said but that the state was written. A state to which the blocks
    /// do not chain, or that contradicts them, is named by a finding and not used.
    pub fn on_top_of(mut self, state: State) -> Verifier {
        self.states.push((state, false));
        self
    }

    /// The same for a state that you vouch for: that an honest run wrote it, and
    /// that nobody could change it since. Then a digest that its nodes give counts
    /// as verified without any of its blocks.
    pub fn vouching_for(mut self, state: State) -> Verifier {
        self.states.push((state, true));
        self
    }

    /// Whether to keep what the next run can continue from, for
    /// [`Report::state`]: of the blocks asked for, one more pair hash a block.
    pub fn save_state(mut self, save: bool) -> Verifier {
        self.save_state = save;
        self
    }

    /// Keeps in a file, every so often, how far the run is, and goes on from there if
    /// an earlier run over the same inputs with the same questions was interrupted.
    /// The file is removed at the end of the run, unless inputs could not be read and
    /// the verdict is [`Inconclusive`](crate::Verdict::Inconclusive): then it stands for
    /// the blocks before the first of them ([`kept_after`](CheckpointAnswer::kept_after)),
    /// and the same run goes on there.
    ///
    /// Writing takes at most a twentieth of the time, however short `every` is, unless
    /// it is zero: then the file is written after every 16 blocks.
    ///
    /// Journal files that lie wholly before are then not read again;
    /// [`Report::checkpoint`] lists them, and says how many blocks were taken from the
    /// file. One that is damaged or of another run is not used, and the report says so;
    /// nor is one that others may have put there ([`Verifier::checkpoint_problem`]), or
    /// whose inputs have changed. Inputs whose archive gives no
    /// [`stamp`](crate::source::Object::stamp) cannot be gone on with.
    ///
    /// Put it where only you can write, and not among the inputs. Anything else at
    /// `path` is an [`Error::Occupied`] of [`Verifier::verify`], and stays as it is.
    pub fn checkpoint(mut self, path: impl Into<PathBuf>, every: Duration) -> Verifier {
        self.checkpoint = Some((path.into(), every));
        self
    }

    /// Why a checkpoint would be neither used nor kept where it is to be; `None` if it
    /// would. Whoever can write to a checkpoint, or exchange it, could write any result
    /// into it. So it must be a file of yours, no link, to which nobody else may write, in a
    /// folder of yours or root's, as must all above be; and no others may write to those,
    /// but in one such as `/tmp`, where they cannot move it.
    pub fn checkpoint_problem(&self) -> Option<String> {
        let (path, _) = self.checkpoint.as_ref()?;
        checkpoint::exchangeable(path)
    }

    /// Calls `callback` now and then, from the thread that called `verify` or
    /// another one.
    pub fn progress(mut self, callback: impl Fn(Progress) + Send + Sync + 'static) -> Verifier {
        self.progress = Some(Arc::new(callback));
        self
    }

    /// Reads everything in `archive`, recomputes what can be recomputed, and
    /// ties it to the trusted digests.
    ///
    /// # Errors
    /// Only if the archive cannot be listed or the system refuses a thread or a
    /// temporary file. Whatever is wrong with the data is in the report.
    pub fn verify(&self, archive: &dyn Archive) -> Result<Report, Error> {
        self.verify_with(archive, &mut Unwatched, true)
    }

    /// [`Verifier::verify`] while somebody looks on.
    pub(crate) fn verify_watched(
        &self,
        archive: &dyn Archive,
        watcher: &mut dyn Watcher,
    ) -> Result<Report, Error> {
        self.verify_with(archive, watcher, false)
    }

    /// `resumable`: goes by the checkpoint. Who looks on wants to see every block.
    fn verify_with(
        &self,
        archive: &dyn Archive,
        watcher: &mut dyn Watcher,
        resumable: bool,
    ) -> Result<Report, Error> {
        let Ran {
            report, settled, ..
        } = self.run(archive, self.engine, watcher, resumable)?;
        match self.engine {
            Engine::Fast if !settled || confirm::needs_confirmation(report.findings()) => {
                Ok(Report {
                    // What the fast engine passed on is still worth knowing.
                    passed: report.passed,
                    // Everything was read now.
                    checkpoint: report.checkpoint.map(CheckpointAnswer::unused),
                    ..self
                        .in_second_pass()
                        .run(archive, Engine::Reference, watcher, false)?
                        .report
                })
            }
            _ => Ok(report),
        }
    }

    /// The same, which knows from `report` which files are out of order.
    pub(crate) fn knowing(&self, report: &Report) -> Verifier {
        Verifier {
            disorder: report.disorder.clone(),
            ..self.clone()
        }
    }

    /// The same, whose progress is that of a second pass.
    fn in_second_pass(&self) -> Verifier {
        let progress = self.progress.clone().map(|tell| -> ProgressCallback {
            Arc::new(move |at| {
                tell(Progress {
                    second_pass: true,
                    ..at
                })
            })
        });
        Verifier {
            progress,
            ..self.clone()
        }
    }

    /// Lets all blocks go by once more, as the last run left them; `report` is that
    /// run's, and this one must find the same.
    ///
    /// # Errors
    /// As of [`Verifier::verify`]; if a file cannot be read that could be read then; and
    /// [`Error::Changed`] if something else was read now.
    pub(crate) fn pass_over(
        &self,
        archive: &dyn Archive,
        report: &Report,
        watcher: &mut dyn Watcher,
    ) -> Result<(), Error> {
        // In the order in which that run put them: rows that went out are not taken back.
        let known = report.disorder.clone();
        let Ran {
            report: again,
            disorder,
            ..
        } = self.run_once(archive, self.engine, watcher, false, known)?;
        if !disorder.is_empty() {
            return Err(Error::Changed);
        }
        let unread = |report: &Report| -> Vec<(Arc<str>, String)> {
            let findings = report.findings().iter();
            let unread = findings.filter(|finding| finding.code.is_unread());
            unread
                .filter_map(|finding| {
                    let path = finding.source.as_ref()?.path.clone();
                    Some((path, finding.message.clone()))
                })
                .collect()
        };
        let before = unread(report);
        let known = |path: &str| before.iter().any(|(own, _)| **own == *path);
        if let Some((path, message)) = unread(&again).into_iter().find(|(path, _)| !known(path)) {
            return Err(Error::Io {
                source: std::io::Error::other(format!(
                    "it could be read when it was verified, and not again: {message}"
                )),
                path: path.to_string(),
            });
        }
        match again.repeats(report) {
            true => Ok(()),
            false => Err(Error::Changed),
        }
    }

    /// Files that turn out to be out of order are read once more, in their parts.
    fn run(
        &self,
        archive: &dyn Archive,
        engine: Engine,
        watcher: &mut dyn Watcher,
        resumable: bool,
    ) -> Result<Ran, Error> {
        let ran = self.run_once(archive, engine, watcher, resumable, self.disorder.clone())?;
        match ran.disorder.is_empty() {
            true => Ok(ran),
            false => {
                let again = self.in_second_pass();
                let again = again.run_once(archive, engine, watcher, false, ran.disorder)?;
                let checkpoint = ran.report.checkpoint.map(CheckpointAnswer::unused);
                Ok(Ran {
                    report: Report {
                        checkpoint,
                        ..again.report
                    },
                    ..again
                })
            }
        }
    }

    fn run_once(
        &self,
        archive: &dyn Archive,
        engine: Engine,
        watcher: &mut dyn Watcher,
        resumable: bool,
        disorder: Disorder,
    ) -> Result<Ran, Error> {
        let threads = self.threads.unwrap_or_else(|| {
            std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
        });
        watcher.start();
        let wanted = watcher.wanted();
        pool::with_pool(threads, |pool| {
            let run = run::Run {
                verifier: self,
                archive,
                pool,
                engine,
                resumable,
                hashes: (self.input_hashes || self.checkpoint.is_some()).then(Arc::default),
                wanted,
                disorder,
                watch: Some(&mut |block, others| watcher.copies(block, others)),
            };
            run.report()
        })?
    }
}

/// Looks on while a journal is verified. A run may start anew, from the first block.
pub(crate) trait Watcher: Send {
    /// Forgets what it saw.
    fn start(&mut self) {}

    /// Which blocks are to come with their text.
    fn wanted(&self) -> Option<Wanted> {
        None
    }

    /// The next block; addresses rise.
    fn block(&mut self, block: &CheckedBlock);

    /// The same with the other copies of it that are at hand, hold, and do not contradict
    /// it: what one was stripped of another may have.
    fn copies(&mut self, block: &CheckedBlock, _others: &[&CheckedBlock]) {
        self.block(block);
    }
}

/// Nobody looks on.
struct Unwatched;

impl Watcher for Unwatched {
    fn block(&mut self, _: &CheckedBlock) {}
}
