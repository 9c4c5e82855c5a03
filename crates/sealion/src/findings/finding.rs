//! One thing that was found, with everything needed to look at it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::code::{Code, Severity};
use crate::blocks::{BlockAddress, StrandId};

/// Where in the input a finding stands.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Location {
    /// The input, as it was named or found.
    pub path: Arc<str>,
    /// Bytes from the start of the (decompressed) input, of the field where the
    /// format has offsets, else of the value that holds it.
    pub offset: Option<u64>,
}

/// The field of a bundle that holds its maker's findings.
pub(super) const BUNDLED_REPORT: &str = "report.findings";

/// One finding. Members that do not apply are `None`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// What it weighs.
    pub severity: Severity,
    /// The strand it is about.
    pub strand_id: Option<StrandId>,
    /// The block it is about.
    pub sequence_no: Option<u64>,
    /// The document it is about.
    pub document_id: Option<String>,
    /// The version of that document.
    pub version: Option<u64>,
    /// The field, as a path from the block or file: `revisions[2].hash`.
    pub field: Option<String>,
    /// The input and the byte offset in it.
    pub source: Option<Location>,
    /// What the input says.
    pub claimed: Option<String>,
    /// What was computed from the input.
    pub recomputed: Option<String>,
    /// What was found, in a sentence.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Finding {
    /// A finding of `code` with its usual severity and nothing but a message.
    pub fn new(code: Code, message: impl Into<String>) -> Finding {
        Finding {
            code,
            severity: code.severity(),
            strand_id: None,
            sequence_no: None,
            document_id: None,
            version: None,
            field: None,
            source: None,
            claimed: None,
            recomputed: None,
            message: message.into(),
            remedy: None,
        }
    }

    /// Whether it is what the report in a bundle says, and nothing that was seen here.
    fn is_hearsay(&self) -> bool {
        self.field.as_deref() == Some(BUNDLED_REPORT)
    }

    pub(crate) fn severity(mut self, severity: Severity) -> Finding {
        self.severity = severity;
        self
    }

    pub(crate) fn at(mut self, address: &BlockAddress) -> Finding {
        self.strand_id = Some(address.strand_id.clone());
        self.sequence_no = Some(address.sequence_no);
        self
    }

    pub(crate) fn strand(mut self, strand: &StrandId) -> Finding {
        self.strand_id = Some(strand.clone());
        self
    }

    pub(crate) fn sequence_no(mut self, sequence_no: u64) -> Finding {
        self.sequence_no = Some(sequence_no);
        self
    }

    pub(crate) fn document(mut self, id: impl Into<String>, version: Option<u64>) -> Finding {
        self.document_id = Some(id.into());
        self.version = version;
        self
    }

    pub(crate) fn field(mut self, field: impl Into<String>) -> Finding {
        self.field = Some(field.into());
        self
    }

    pub(crate) fn source(mut self, path: &Arc<str>, offset: Option<u64>) -> Finding {
        self.source = Some(Location {
            path: path.clone(),
            offset,
        });
        self
    }

    pub(crate) fn values(
        mut self,
        claimed: impl Into<String>,
        recomputed: impl Into<String>,
    ) -> Finding {
        self.claimed = Some(claimed.into());
        self.recomputed = Some(recomputed.into());
        self
    }

    pub(crate) fn claimed(mut self, claimed: impl Into<String>) -> Finding {
        self.claimed = Some(claimed.into());
        self
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Finding {
        self.remedy = Some(remedy.into());
        self
    }
}

/// All findings of a run: the first of each code in full, every one counted.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Findings {
    kept: Vec<Finding>,
    totals: BTreeMap<Code, u64>,
    severities: BTreeMap<Severity, u64>,
    kept_max: u64,
    strict: bool,
}

impl Findings {
    pub(crate) fn new(kept_max: u32, strict: bool) -> Findings {
        Findings {
            // What looks for a code among them must find it.
            kept_max: kept_max.max(1).into(),
            strict,
            ..Findings::default()
        }
    }

    pub(crate) fn push(&mut self, mut finding: Finding) {
        if self.strict && finding.severity == Severity::Warning {
            finding.severity = Severity::Failure;
        }
        *self.severities.entry(finding.severity).or_default() += 1;
        let total = self.totals.entry(finding.code).or_default();
        *total += 1;
        if *total <= self.kept_max {
            self.kept.push(finding);
            return;
        }
        // A graver one is never crowded out, nor is what was seen here by what others say.
        let lighter = |kept: &&mut Finding| {
            let hearsay = kept.is_hearsay() && !finding.is_hearsay();
            kept.code == finding.code
                && (kept.severity > finding.severity
                    || hearsay && kept.severity == finding.severity)
        };
        if let Some(kept) = self.kept.iter_mut().rev().find(lighter) {
            *kept = finding;
        }
    }

    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            self.push(finding);
        }
    }

    /// Takes in what came of a later step. The caps are those of this one.
    pub(crate) fn absorb(&mut self, later: Findings) {
        let (mut totals, mut severities) = (self.totals.clone(), self.severities.clone());
        for (code, count) in later.totals {
            *totals.entry(code).or_default() += count;
        }
        for (severity, count) in later.severities {
            *severities.entry(severity).or_default() += count;
        }
        self.extend(later.kept);
        // Those that were counted and not kept are among these.
        (self.totals, self.severities) = (totals, severities);
    }

    /// Whether one of these codes says that something in the file at `path` is wrong or open.
    pub(crate) fn leave_open(&self, path: &str, codes: &[Code]) -> bool {
        let grave = |finding: &&Finding| finding.severity <= Severity::Incomplete;
        let mut grave = self.kept.iter().filter(grave);
        grave.any(|finding| {
            let source = finding.source.as_ref();
            codes.contains(&finding.code) && source.is_some_and(|source| *source.path == *path)
        })
    }

    /// How many there are that leave something wrong or undecided.
    pub(crate) fn grave(&self) -> u64 {
        self.count_of(Severity::Failure) + self.count_of(Severity::Incomplete)
    }

    pub(crate) fn count_of(&self, severity: Severity) -> u64 {
        self.severities.get(&severity).copied().unwrap_or(0)
    }

    /// The kept findings, the gravest first, then by place; and all counts.
    pub(crate) fn into_parts(mut self) -> (Vec<Finding>, BTreeMap<Code, u64>) {
        // Stable: findings of one block stay in the order of the checks. Those of no block stand
        // as they do in the files: which of two files is behind when one is looked at follows
        // from how they were cut.
        let in_files = |finding: &Finding| {
            let source = finding.source.as_ref();
            let source = source.filter(|_| finding.sequence_no.is_none());
            source.map(|source| (source.path.clone(), source.offset))
        };
        // What could not be read comes first: blocks that are missing often follow from it.
        let unread = |finding: &Finding| {
            let unread = finding.severity == Severity::Incomplete;
            unread
                && (finding.code.is_unread()
                    || matches!(finding.code, Code::Malformed | Code::Limit))
        };
        self.kept.sort_by_cached_key(|one| {
            let place = (
                one.severity,
                !unread(one),
                one.strand_id.clone(),
                one.sequence_no,
            );
            let in_files = in_files(one);
            (place, in_files.is_none(), in_files)
        });
        (self.kept, self.totals)
    }
}
