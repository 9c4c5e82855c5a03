//! The JSON form of a state, version 1, described by `state-1.schema.json`.

use serde::{Deserialize, Serialize};

use super::{ReachedDigest, State, StrandState};
use crate::blocks::read::Envelope;
use crate::blocks::time::Time;
use crate::blocks::{Hash, StrandId};
use crate::findings::{RevisionCounts, Span};
use crate::merkle::Range;
use crate::report::{safe_json, Verdict};

/// The version of the form.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    state_version: u32,
    tool: Tool,
    verdict: String,
    strands: Vec<Strand>,
    /// SHA-256 of the other members, as compact JSON in this order. `None` while
    /// that is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    checksum: Option<Hash>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    name: String,
    version: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strand {
    strand_id: String,
    first: u64,
    last: u64,
    nodes: Vec<Hash>,
    previous_hash: Option<Hash>,
    last_hash: Hash,
    last_timestamp: String,
    blocks: u64,
    revisions: RevisionCounts,
    digest: Option<Hash>,
    digests: Vec<ReachedDigest>,
}

impl State {
    /// The JSON form, one object, indented, with a line end; safe to print.
    pub fn to_json(&self) -> String {
        let mut written = Written {
            state_version: VERSION,
            tool: Tool {
                name: "sealion".to_owned(),
                version: self.tool_version.clone(),
            },
            verdict: self.verdict.as_str().to_owned(),
            strands: self.strands.iter().map(Strand::of).collect(),
            checksum: None,
        };
        written.checksum = Some(written.sum());
        safe_json(&written) + "\n"
    }

    /// Whether a value has the form of a state.
    pub(crate) fn is_one(envelope: &Envelope<'_>) -> bool {
        envelope.has("state_version") && envelope.has("strands")
    }

    /// Reads the JSON form. `source` is its name in reports.
    ///
    /// # Errors
    /// What was expected and what was found, as [`State::read`] says.
    pub fn from_json(text: &[u8], source: &str) -> Result<State, String> {
        let named = |error: serde_json::Error| {
            format!("expected a state of sealion, found what cannot be read as one ({error})")
        };
        let value: serde_json::Value = serde_json::from_slice(text).map_err(named)?;
        match value
            .get("state_version")
            .and_then(serde_json::Value::as_u64)
        {
            None => return Err("expected a state of sealion, found no state_version".to_owned()),
            Some(version) if version != u64::from(VERSION) => {
                return Err(format!(
                    "expected a state of version {VERSION}, found {version}"
                ));
            }
            Some(_) => {}
        }
        // From the text: a member that stands twice is an error only there.
        let mut written: Written = serde_json::from_slice(text).map_err(named)?;
        let claimed = written.checksum.take();
        let sum = written.sum();
        if claimed != Some(sum) {
            let found = claimed.map_or_else(|| "none".to_owned(), |hash| hash.to_string());
            return Err(format!("the state was damaged or changed: its checksum is {found}, its content gives {sum}"));
        }
        let verdict = match written.verdict.as_str() {
            "verified" => Verdict::Verified,
            "consistent" => Verdict::Consistent,
            "inconclusive" => Verdict::Inconclusive,
            other => {
                return Err(format!(
                    "expected verified, consistent or inconclusive, found `{other}`"
                ))
            }
        };
        let strands: Result<Vec<_>, _> = written.strands.into_iter().map(Strand::read).collect();
        let strands: Vec<StrandState> = strands?;
        if strands.is_empty() {
            return Err("expected at least one strand, found none".to_owned());
        }
        let rises = |pair: &[StrandState]| pair[0].strand_id < pair[1].strand_id;
        if !strands.windows(2).all(rises) {
            return Err("expected strands in the order of their ids, each once".to_owned());
        }
        Ok(State {
            source: source.into(),
            tool_version: written.tool.version,
            verdict,
            strands,
        })
    }
}

impl Written {
    fn sum(&self) -> Hash {
        let compact = serde_json::to_vec(self);
        let compact = compact.expect("a state has no value that JSON lacks");
        Hash(sealion_reference::sha256(&compact))
    }
}

impl Strand {
    fn of(strand: &StrandState) -> Strand {
        let span = &strand.span;
        Strand {
            strand_id: strand.strand_id.as_str().to_owned(),
            first: strand.first(),
            last: strand.last(),
            nodes: strand.nodes().to_vec(),
            previous_hash: span.previous,
            last_hash: span.last_hash,
            last_timestamp: span.last_time.to_string(),
            blocks: span.range.end() - span.range.begin(),
            revisions: span.revisions,
            digest: strand.digest(),
            digests: strand.digests.clone(),
        }
    }

    /// Whatever contradicts itself is no state.
    fn read(self) -> Result<StrandState, String> {
        let Strand { first, last, .. } = self;
        let refused = |why: String| Err(format!("strand {}: {why}", self.strand_id));
        let end = match last.checked_add(1) {
            Some(end) if first < end => end,
            _ => {
                return refused(format!(
                    "expected a last block from {first} on, found {last}"
                ))
            }
        };
        if self.blocks != end - first {
            return refused(format!(
                "expected {} blocks, found {}",
                end - first,
                self.blocks
            ));
        }
        let count = self.nodes.len();
        let Some(range) = Range::from_nodes(first, end, self.nodes) else {
            return refused(format!(
                "blocks {first} to {last} do not have {count} nodes"
            ));
        };
        if range.root() != self.digest {
            return refused("its nodes do not fold to its digest".to_owned());
        }
        // The last node of an odd number of leaves, and of one, is the last leaf.
        let alone = end % 2 == 1 || end - first == 1;
        if alone && range.nodes().last() != Some(&self.last_hash) {
            return refused("its last hash is not its last node".to_owned());
        }
        if self.previous_hash.is_none() && first > 0 {
            return refused(format!("expected the hash of block {}", first - 1));
        }
        let at_end = |d: &&ReachedDigest| d.sequence_no == last && first == 0;
        let other = self.digests.iter().filter(at_end);
        if other.into_iter().any(|d| Some(d.digest) != self.digest) {
            return refused("a digest at its end that was reached is not its digest".to_owned());
        }
        let Some(last_time) = Time::parse(&self.last_timestamp) else {
            return refused(format!("expected a time, found `{}`", self.last_timestamp));
        };
        Ok(StrandState {
            strand_id: StrandId::new(&self.strand_id),
            span: Span {
                range,
                previous: self.previous_hash,
                last_hash: self.last_hash,
                last_time,
                revisions: self.revisions,
            },
            digests: self.digests,
        })
    }
}
