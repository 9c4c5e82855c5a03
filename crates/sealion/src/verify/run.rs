//! One run: survey, then the blocks in order, then what it all amounts to.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use super::access::Access;
use super::bundle;
use super::checkpoint::{identity, Behind, Checkpoint, Kept};
use super::collect::Collected;
use super::feed::{merge, Merge, Outcome, Source, Task, Tasks};
use super::looking::Looking;
use super::manifests::check_manifests;
use super::parts::{in_parts, was_put_in_order};
use super::pool::Pool;
use super::stored_hash::StoredHashes;
use super::stretches::{Both, Stretches};
use super::survey::{JournalFile, Survey, Surveyor};
use super::wanted::{places_max, wanted};
use super::{Progress, Verifier, PIECE_BYTES};
use crate::blocks::{BlockAddress, Hash, StrandId};
use crate::engine::{self, Checked, Checker, Doubts, Engine, Passes};
use crate::findings::{
    answers, check_revisions, digest_answers, flaw_finding, join_placeless, Asked, By, Candidate,
    Candidates, CheckedBlock, Code, Conclusion, Disorder, Finding, Findings, Given, Item, Journal,
    Severity, State, Strand, StrandFold, Wanted, Watch,
};
use crate::report::{not_covered, DocumentAnswer, Input, Kinds, Report, Tool, Verdict};
use crate::source::{Archive, Flaw, FlawKind, Object, Pieces};
use crate::{state, Error};

/// A run under way.
pub(crate) struct Run<'r, 's> {
    pub(crate) verifier: &'r Verifier,
    pub(crate) archive: &'s dyn Archive,
    pub(crate) pool: &'r Pool<'s>,
    pub(crate) engine: Engine,
    /// Blocks whose text is to be kept.
    pub(crate) wanted: Option<engine::Wanted>,
    /// Sees every block, in order.
    pub(crate) watch: Option<Watch<'r>>,
    /// Whether the run goes by the checkpoint.
    pub(crate) resumable: bool,
    /// Hashes of what is read, if they are wanted.
    pub(crate) hashes: Option<Arc<StoredHashes>>,
    /// Files that a run before this one found to be out of order.
    pub(crate) disorder: Disorder,
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) report: Report,
    /// Whether the reference finds the same in all single blocks in which the fast engine found something.
    pub(crate) settled: bool,
    /// Files whose blocks are out of order, which the next run may put right.
    pub(crate) disorder: Disorder,
}

impl<'s> Run<'_, 's> {
    pub(crate) fn report(mut self) -> Result<Ran, Error> {
        let Verifier { asked, limits, .. } = self.verifier;
        let mut findings = Findings::new(limits.findings_max, asked.strict);
        let objects = self.archive.objects()?;
        let survey = Surveyor {
            archive: self.archive,
            asked,
            limits,
            findings: &mut findings,
            viewer: None,
            looking: self
                .verifier
                .progress
                .clone()
                .map(|tell| Looking::new(tell, objects.len())),
            engine: self.engine,
            hashes: self.hashes.clone(),
        }
        .survey(&objects);
        let (mut checkpoint, kept) = self.checkpoint(&objects)?;
        let access = Arc::new(Access::new(self.hashes.clone()));
        if let Some(checkpoint) = &mut checkpoint {
            checkpoint.begin(&survey, &access);
        }
        let Survey {
            mut inputs,
            journals,
            records,
            collected,
            ..
        } = survey;
        let Collected {
            items,
            digests,
            mut proofs,
            manifests,
            bundles,
            placeless,
            bare,
            unknown,
            ..
        } = collected;
        bundle::finish(
            &bundles,
            &self.verifier.trusted,
            (self.archive, &access),
            &objects,
            &mut findings,
        );
        let objects_total = objects.len();
        findings.extend(self.disorder.iter().filter_map(was_put_in_order));
        // Of many files it is much memory.
        drop(objects);
        proofs.sort_by(|one, other| one.address.strand_id.cmp(&other.address.strand_id));
        let candidates = self.candidates(digests);
        findings.extend(candidates.iter().filter_map(zero_digest));
        let prefixes = self.verifier.prefixes()?;
        let mut wanted = wanted(&candidates, &proofs, &items, &prefixes, limits);
        let hashes = placeless.iter().filter_map(|one| one.record.hash);
        wanted.revisions.extend(hashes);
        for one in &bare {
            wanted.revisions.extend(one.revision);
            wanted.documents.extend(one.data.iter().copied().map(Hash));
        }
        wanted.prefixes = prefixes;
        wanted.trails = self.verifier.save_state;
        let typeless = typeless_rows(&items);
        // What lies before a checkpoint does not come by again.
        let kept = kept.filter(|_| typeless.is_empty());
        let texts = match (self.wanted.clone(), typeless.is_empty()) {
            (wanted, true) => wanted,
            (wanted, false) => Some(Arc::new(move |block: &CheckedBlock| {
                typeless.contains(&block.address)
                    || wanted.as_ref().is_some_and(|wanted| wanted(block))
            }) as engine::Wanted),
        };
        let records = records
            .into_tasks(
                Arc::new(asked.clone()),
                Arc::new(limits.clone()),
                texts.clone(),
            )
            .map_err(|source| Error::System {
                what: "put stream records in order",
                source,
            })?;
        let mut watch = self.watch.take();
        let mut watched = |block: &CheckedBlock, others: &[&CheckedBlock]| {
            if let Some(watch) = &mut watch {
                watch(block, others);
            }
        };
        let plain = self.engine == Engine::Reference;
        // Apart, because a checkpoint keeps these and not what the survey found.
        let mut folded = Findings::new(limits.findings_max, asked.strict);
        let mut journal = Journal::new(&mut folded, asked, limits, &wanted, plain);
        journal.watch = Some(&mut watched);
        let resumed = checkpoint.as_mut().and_then(|checkpoint| {
            let files = journals.iter().filter(|file| file.may_hold(asked));
            checkpoint.resume(kept?, &mut journal, files)
        });
        let (behind, passed) = resumed.unwrap_or_default();
        let checker = Arc::new(Checker {
            engine: self.engine,
            asked: asked.clone(),
            limits: limits.clone(),
            passes: Passes::from(passed),
            doubts: Doubts::default(),
            wanted: texts,
            used: journal.used.clone(),
        });
        let mut others = vec![in_order("stream records", Box::new(records))];
        others.extend(loose_items(items));
        let parts = in_parts(&journals, &self.disorder);
        let sources = self.sources(others, &parts, &checker, &access, &behind);
        let along = |journal: &Journal<'_>, after: &BlockAddress, merge: &Merge<'_, 's>| {
            if let Some(checkpoint) = &mut checkpoint {
                let passed = || checker.settled().then(|| checker.passes.counts());
                checkpoint.pass(journal, after, merge, passed);
            }
        };
        let disorder = self.fold(
            sources,
            &mut journal,
            (&journals, objects_total),
            &wanted,
            &access,
            along,
        );
        let Journal {
            mut strands,
            by_path,
            ..
        } = journal;
        let mut by_path = by_path.into_all();
        let seen_apart = !placeless.is_empty();
        for one in &placeless {
            by_path.entry(one.path.clone()).or_default().revisions += 1;
        }
        join_placeless(
            placeless,
            &mut strands,
            asked,
            candidates.iter().any(|one| one.trusted),
            &mut findings,
        );
        findings.absorb(folded);
        access.unsaid(&mut findings);
        access.padding(&mut findings);
        let elsewhere = journals.iter();
        findings.extend(elsewhere.filter_map(|file| file.of_another_strand(asked)));
        check_manifests(&manifests, &journals, &by_path, asked, &mut findings);
        count_inputs(&mut inputs, &by_path);
        if let Some(hashes) = self.hashes.as_ref().filter(|_| self.verifier.input_hashes) {
            for input in &mut inputs {
                input.sha256 = hashes.of_all(&input.path).map(|hash| format!("{hash:x}"));
            }
        }
        let mut conclusion = Conclusion {
            candidates: Candidates::new(candidates),
            proofs: &proofs,
            asked,
            places_max: places_max(limits),
            findings: &mut findings,
            all_verified: true,
        };
        let told = conclude(&mut conclusion, &mut strands);
        let documents = answers(&bare, &strands, &told);
        let unused = settle_documents(&documents, &mut inputs, unknown);
        conclusion.findings.extend(unused);
        let warned = documents.iter().filter_map(DocumentAnswer::warning);
        conclusion.findings.extend(warned);
        let all_verified = conclusion.all_verified;
        let mut candidates = conclusion.candidates.all;
        candidates.retain(|candidate| !candidate.computed);
        let something = match asked.range() {
            // Of a range nothing but what lies in it is an answer.
            Some(_) => is_in_range(&told, &strands, asked),
            None => {
                let mut seen = told.iter().map(|s| s.blocks + s.revisions.total);
                let resting = strands.values().any(|strand| strand.prefix.is_some());
                let reached = candidates.iter().any(Candidate::reached);
                seen.any(|things| things > 0) || reached || resting || seen_apart
            }
        };
        if !something {
            findings.push(nothing(inputs.len(), asked));
        }
        let verdict = verdict(&findings, &candidates, all_verified);
        let unknown_fields = strands.values().flat_map(|strand| &strand.unknown_fields);
        let has = |kind: &str| inputs.iter().any(|input| input.kind == kind);
        let kinds = Kinds {
            streams: has("stream"),
            manifests: has("manifest"),
            receipts: has("receipt"),
            bundles: !bundles.is_empty(),
            tips: candidates
                .iter()
                .any(|digest| !digest.failed() && !counted(digest, &strands)),
        };
        let warnings = findings.count_of(Severity::Warning);
        let (kept, finding_totals) = findings.into_parts();
        let before = self.verifier.verdict_before();
        let state = self
            .verifier
            .save_state
            .then(|| state::of_run(&strands, &candidates, &kept, verdict, before));
        let report = Report {
            report_version: 1,
            tool: Tool {
                name: "sealion",
                version: env!("CARGO_PKG_VERSION"),
            },
            verdict,
            engine: self.verifier.engine.as_str(),
            passed: checker.passes.counts(),
            run: None,
            asked: asked.clone(),
            inputs,
            strands: told,
            states: self.verifier.state_answers(&strands, &candidates),
            digests: digest_answers(&candidates),
            documents,
            checkpoint: checkpoint.map(|checkpoint| checkpoint.finish(verdict)),
            findings: kept,
            finding_totals,
            warnings,
            not_covered: not_covered(kinds, unknown_fields),
            state,
            disorder: self.disorder.clone(),
        };
        Ok(Ran {
            report,
            settled: checker.settled(),
            disorder,
        })
    }

    /// The checkpoint that was asked for, and what an earlier run left in it.
    fn checkpoint(
        &self,
        objects: &[Object],
    ) -> Result<(Option<Checkpoint<'s>>, Option<Kept>), Error> {
        let Some((path, every)) = self.verifier.checkpoint.as_ref().filter(|_| self.resumable)
        else {
            return Ok((None, None));
        };
        let run = identity(self.verifier, self.engine, objects);
        let inputs = (self.archive, objects);
        let (checkpoint, kept) = Checkpoint::open(path, *every, run, inputs)?;
        Ok((Some(checkpoint), kept))
    }

    fn candidates(&self, claimed: Vec<Candidate>) -> Vec<Candidate> {
        let trusted = self.verifier.trusted.iter();
        let trusted =
            trusted.map(|(digest, source)| Candidate::new(digest.clone(), source.clone(), true));
        trusted.chain(claimed).collect()
    }

    /// All sources in the order in which [`merge`] opens them. Those of files are made when it asks
    /// for them: there may be many, and until then each is one entry of the survey.
    fn sources<'f>(
        &self,
        mut others: Vec<Source<'s>>,
        journals: &'f [JournalFile],
        checker: &'f Arc<Checker>,
        access: &'f Arc<Access>,
        behind: &'f Behind,
    ) -> impl Iterator<Item = Source<'s>> + use<'f, 's> {
        let asked = &checker.asked;
        let archive = self.archive;
        let source = move |file: &JournalFile| {
            let (file, checker, access) = (file.clone(), checker.clone(), access.clone());
            let taken = behind.begun.get(&file.object.name).copied();
            Source {
                first: file.first.clone(),
                path: file.object.name.clone(),
                file: true,
                open: Box::new(move || tasks_of(archive, file, checker, &access, taken)),
            }
        };
        let ahead = |file: &&JournalFile| !behind.finished.contains(&file.object.name);
        let files = journals
            .iter()
            .filter(|file| file.may_hold(asked))
            .filter(ahead);
        let (mut known, unknown): (Vec<_>, Vec<_>) = files.partition(|file| file.first.is_some());
        known.sort_by(|a, b| (&a.first, &a.object.name).cmp(&(&b.first, &b.object.name)));
        others.extend(unknown.into_iter().map(source));
        others.sort_by(|a, b| (&a.first, &a.path).cmp(&(&b.first, &b.path)));
        others.into_iter().chain(known.into_iter().map(source))
    }

    fn fold(
        &self,
        sources: impl Iterator<Item = Source<'s>>,
        journal: &mut Journal<'_>,
        (journals, objects): (&[JournalFile], usize),
        wanted: &Wanted,
        access: &Access,
        mut along: impl FnMut(&Journal<'_>, &BlockAddress, &Merge<'_, 's>),
    ) -> Disorder {
        let asked = &self.verifier.asked;
        let last_tip = match wanted.tipless.is_empty() {
            true => wanted.tips.last().copied().unwrap_or(0),
            // It may be anywhere.
            false => u64::MAX,
        };
        let beyond = |address: &BlockAddress| {
            let other = asked
                .strand_id
                .as_ref()
                .is_some_and(|own| *own != address.strand_id);
            let after = asked
                .to
                .is_some_and(|to| address.sequence_no > to.max(last_tip));
            other || after
        };
        let bytes_total = journals.iter().filter_map(|file| file.object.size).sum();
        let mut blocks = 0;
        let tell = |blocks| {
            if let Some(progress) = &self.verifier.progress {
                progress(Progress {
                    bytes: access.bytes(),
                    bytes_total,
                    blocks,
                    objects: objects as u64,
                    objects_total: objects as u64,
                    second_pass: false,
                });
            }
        };
        tell(0);
        let disorder = merge(
            sources,
            self.pool,
            journal,
            beyond,
            |journal, after, merge| {
                along(journal, after, merge);
                blocks += 1;
                if blocks % 256 == 0 {
                    tell(blocks);
                }
            },
        );
        tell(blocks);
        disorder
    }
}

/// Whether the blocks up to a digest's tip were counted from 0, if need be on a state that
/// the caller vouches for.
fn counted(candidate: &Candidate, strands: &BTreeMap<StrandId, StrandFold>) -> bool {
    let strand = candidate.digest.strand_id.as_ref();
    let strand = strand.and_then(|id| strands.get(id));
    candidate.tip_given
        && match candidate.by {
            Some(By::Journal) => true,
            Some(By::Prefix) => strand.is_some_and(StrandFold::is_vouched_from_0),
            _ => false,
        }
}

/// Ties all strands to the digests, then says what hangs under none.
fn conclude(
    conclusion: &mut Conclusion<'_>,
    strands: &mut BTreeMap<StrandId, StrandFold>,
) -> Vec<crate::findings::Strand> {
    strands.values_mut().for_each(StrandFold::finish_nodes);
    check_revisions(strands, conclusion.findings);
    // With one strand a digest that names none can only be of that one.
    if let (Some(only), 1) = (strands.keys().next(), strands.len()) {
        for candidate in &mut conclusion.candidates.all {
            candidate
                .digest
                .strand_id
                .get_or_insert_with(|| only.clone());
        }
    }
    let tied: Vec<_> = strands
        .iter()
        .map(|(id, strand)| conclusion.tie(id, strand))
        .collect();
    let told = strands
        .iter_mut()
        .zip(tied)
        .map(|((id, strand), tied)| conclusion.strand(id, strand, tied))
        .collect();
    let seen: BTreeSet<StrandId> = strands.keys().cloned().collect();
    conclusion.rest(&seen);
    told
}

/// Notes in each input how many blocks and revisions it gave.
fn count_inputs(inputs: &mut [Input], by_path: &BTreeMap<Arc<str>, Given>) {
    for input in inputs {
        if let Some(given) = by_path.get(&input.path) {
            input.blocks = (given.blocks > 0).then_some(given.blocks);
            input.revisions = (given.revisions > 0).then_some(given.revisions);
        }
    }
}

/// Notes which inputs hold documents of revisions here; gives what is still said of those that are
/// used for nothing.
fn settle_documents(
    documents: &[DocumentAnswer],
    inputs: &mut [Input],
    mut unused: Vec<Finding>,
) -> Vec<Finding> {
    let found = documents.iter().filter(|one| !one.matches.is_empty());
    let matched: BTreeSet<&Arc<str>> = found.map(|one| &one.path).collect();
    let is_matched = |path: &Arc<str>| matched.contains(path);
    unused.retain(|finding| {
        let source = finding.source.as_ref();
        let is_matched = source.is_some_and(|source| is_matched(&source.path));
        finding.code != Code::UnknownFile || !is_matched
    });
    for input in inputs.iter_mut().filter(|input| is_matched(&input.path)) {
        input.kind = "document";
    }
    unused
}

/// A trusted digest that no journal has.
fn zero_digest(candidate: &Candidate) -> Option<Finding> {
    let zero = candidate.trusted && candidate.digest.hash == Hash::ZERO;
    let message = format!(
        "the digest from {} is all zeros, which SHA-256 never gives",
        candidate.source
    );
    zero.then(|| {
        Finding::new(Code::Emulator, message)
            .claimed(Hash::ZERO.to_string())
            .remedy("this comes from a test double of QLDB, not from the service")
    })
}

impl From<Checked> for Outcome {
    fn from(checked: Checked) -> Outcome {
        let blocks = checked.blocks.into_iter();
        Outcome {
            items: blocks.map(Item::Block).collect(),
            findings: checked.findings,
            refused: checked.refused,
        }
    }
}

/// A source that is in order already.
fn in_order<'s>(name: &str, tasks: Tasks<'s>) -> Source<'s> {
    Source {
        first: None,
        path: name.into(),
        file: false,
        open: Box::new(move || tasks),
    }
}

/// The blocks that rows in JSON name whose data lost its types.
fn typeless_rows(items: &[Item]) -> BTreeSet<BlockAddress> {
    let rows = items.iter().filter_map(|item| match item {
        Item::Loose(loose) if loose.typeless.is_some() => Some(loose.address.clone()),
        _ => None,
    });
    rows.collect()
}

/// Blocks and revisions that came one by one, put in order.
fn loose_items<'s>(mut items: Vec<Item>) -> Option<Source<'s>> {
    if items.is_empty() {
        return None;
    }
    items.sort_by(|a, b| a.address().cmp(b.address()));
    let task = move || Outcome {
        items,
        ..Outcome::default()
    };
    let task: Task<'s> = Box::new(task);
    Some(in_order(
        "single blocks and revisions",
        Box::new(std::iter::once(task)),
    ))
}

/// The tasks of a journal file: its pieces, each to be read and checked.
fn tasks_of<'s>(
    archive: &'s dyn Archive,
    file: JournalFile,
    checker: Arc<Checker>,
    access: &Arc<Access>,
    taken: Option<u64>,
) -> Tasks<'s> {
    let path = file.object.name.clone();
    let pieces = || -> io::Result<_> {
        // The last part is read to the file's end, whatever became of the others.
        let input = match file.part.is_last() {
            true => access.open(archive, &file.object)?,
            false => access.open_part(archive, &file.object)?,
        };
        Ok(Pieces::new(
            input,
            file.encoding,
            &checker.limits,
            PIECE_BYTES,
        ))
    };
    let of = |pieces| {
        let stretches = Stretches::new(pieces, path.clone(), checker.clone(), file.json);
        stretches.after(taken).part(file.part)
    };
    let tasks = || -> io::Result<Tasks<'s>> {
        Ok(match checker.engine {
            Engine::Fast => Box::new(of(pieces()?)),
            Engine::Reference => Box::new(of(pieces()?.uncut())),
            Engine::Both => Box::new(Both::new(of(pieces()?.uncut()), of(pieces()?))),
        })
    };
    tasks().unwrap_or_else(|error| {
        let flaw = Flaw::new(0, FlawKind::Unreadable(error));
        let finding = flaw_finding(flaw, &path);
        let task = move || Outcome {
            findings: vec![finding],
            ..Outcome::default()
        };
        Box::new(std::iter::once(Box::new(task) as Task<'s>))
    })
}

/// Whether a block or a revision here is one of those asked for by number.
fn is_in_range(told: &[Strand], strands: &BTreeMap<StrandId, StrandFold>, asked: &Asked) -> bool {
    let mut runs = told.iter().flat_map(|strand| &strand.coverage);
    let mut loose = strands.values().flat_map(|strand| &strand.placed);
    runs.any(|run| run.state != State::Missing)
        || loose.any(|placed| asked.includes(placed.loose.address.sequence_no))
}

fn nothing(inputs: usize, asked: &Asked) -> Finding {
    let mut filter = match &asked.strand_id {
        Some(strand) => format!(" of strand {strand}, the one asked for"),
        None => String::new(),
    };
    if let Some(range) = asked.range() {
        filter += &format!(" with a number {range}, which was asked for");
    }
    Finding::new(
        Code::MissingStart,
        format!(
            "{} no block, revision or proof{filter}: nothing was verified",
            crate::words::counted(inputs, "input holds", "inputs hold")
        ),
    )
    .remedy("hand over a journal export, stream records, or an answer of get-block or get-revision; `sealion show FILE` says what a file is")
}

/// The verdict follows from the findings, from what hangs under a digest, and from whether
/// every trusted digest is known to be that of something here.
fn verdict(findings: &Findings, candidates: &[Candidate], all_verified: bool) -> Verdict {
    let mut trusted = candidates.iter().filter(|one| one.trusted).peekable();
    let trusting = trusted.peek().is_some();
    let all_reached = trusted.all(|one| one.reached() && one.vouches());
    if findings.count_of(Severity::Failure) > 0 {
        Verdict::Failed
    } else if findings.count_of(Severity::Incomplete) > 0 {
        Verdict::Inconclusive
    } else if trusting {
        match all_verified && all_reached {
            true => Verdict::Verified,
            false => Verdict::Inconclusive,
        }
    } else {
        Verdict::Consistent
    }
}
