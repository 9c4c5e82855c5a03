//! The JSON form of a state, version 2, described by `state-2.schema.json`. Version 1 had
//! no siblings of the last block: it is read, and whoever continues it must vouch for it.

use serde::{Deserialize, Serialize};

use super::{ReachedDigest, State, StrandState};
use crate::blocks::read::Envelope;
use crate::blocks::time::Time;
use crate::blocks::{Hash, StrandId};
use crate::findings::{RevisionCounts, Span};
use crate::merkle::{Edge, Range};
use crate::report::{safe_json, Verdict};

/// The version of the form.
const VERSION: u32 = 2;

/// The version without siblings of the last block.
const UNTIED: u32 = 1;

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
    /// From version 2 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_siblings: Option<Vec<Hash>>,
    last_timestamp: String,
    blocks: u64,
    revisions: RevisionCounts,
    digest: Option<Hash>,
    digests: Vec<ReachedDigest>,
}

impl State {
    /// The JSON form, one object, indented, with a line end; safe to print: version 2, or
    /// version 1 for what was read from that.
    pub fn to_json(&self) -> String {
        let tied = self.strands.iter().all(StrandState::is_tied);
        let mut written = Written {
            state_version: if tied { VERSION } else { UNTIED },
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
            Some(version) if ![UNTIED, VERSION].map(u64::from).contains(&version) => {
                return Err(format!(
                    "expected a state of version {UNTIED} or {VERSION}, found {version}"
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
        let tied = written.state_version == VERSION;
        if let Some(strand) = written
            .strands
            .iter()
            .find(|s| s.last_siblings.is_some() != tied)
        {
            return Err(format!(
                "strand {}: last_siblings is a member of version {VERSION} and of no other",
                strand.strand_id
            ));
        }
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
            last_siblings: span.edge.as_ref().map(|edge| edge.siblings().to_vec()),
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
        let Some(last_time) = Time::parse(&self.last_timestamp) else {
            return refused(format!("expected a time, found `{}`", self.last_timestamp));
        };
        if self.previous_hash.is_none() && first > 0 {
            return refused(format!("expected the hash of block {}", first - 1));
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
        let span = Span {
            range,
            previous: self.previous_hash,
            last_hash: self.last_hash,
            edge: self.last_siblings.map(Edge::of),
            last_time,
            revisions: self.revisions,
        };
        if let Err(why) = right_edge(&span) {
            return refused(why);
        }
        if let Some(number) = contradicted(&self.digests, &span.range) {
            return refused(format!(
                "a digest at tip {number} that was reached is not what its nodes give"
            ));
        }
        Ok(StrandState {
            strand_id: StrandId::new(&self.strand_id),
            span,
            digests: self.digests,
        })
    }
}

/// The tip of a digest that was reached and is not what the nodes give: these fold to a digest at the end, and at the
/// end of each of them.
fn contradicted(digests: &[ReachedDigest], range: &Range) -> Option<u64> {
    let (first, end) = (range.begin(), range.end());
    let sizes = (0..64).rev().map(|bit| 1u64 << bit);
    let sizes = sizes.filter(|size| first == 0 && end & size != 0);
    let mut prefix = 0;
    for (count, size) in sizes.enumerate() {
        prefix += size;
        let nodes = range.nodes().get(..=count)?.to_vec();
        let root = Range::from_nodes(0, prefix, nodes)?.root();
        let tip = prefix - 1;
        let mut at_tip = digests.iter().filter(|one| one.sequence_no == tip);
        if at_tip.any(|one| Some(one.digest) != root) {
            return Some(tip);
        }
    }
    None
}

/// Whether the last block's hash is the rightmost leaf of the last node, as far as the
/// state's version can show it, and no hash stands in two places.
fn right_edge(span: &Span) -> Result<(), String> {
    let (first, end) = (span.range.begin(), span.range.end());
    let last_node = span.range.nodes().last();
    match &span.edge {
        Some(edge) => {
            let (found, expected) = (edge.siblings().len(), Edge::places(first, end).len());
            let Some(path) = edge.fold(first, end, span.last_hash) else {
                return Err(format!(
                    "the last of blocks {first} to {} has {expected} siblings within its last node, found {found}",
                    span.last()
                ));
            };
            if path.last().map(|(_, node)| node) != last_node {
                return Err("it was changed: its last hash and the siblings of that do not fold to its last node".to_owned());
            }
        }
        // A node that is one leaf.
        None if Edge::places(first, end).is_empty() && last_node != Some(&span.last_hash) => {
            return Err("its last hash is not its last node".to_owned());
        }
        None => {}
    }
    let mut facts = span.facts();
    facts.sort_unstable_by_key(|(_, hash)| *hash);
    match facts.windows(2).find(|pair| pair[0].1 == pair[1].1) {
        Some(pair) => Err(format!(
            "it was changed: one hash stands for blocks {} to {} and for blocks {} to {}",
            pair[0].0.begin,
            pair[0].0.end - 1,
            pair[1].0.begin,
            pair[1].0.end - 1
        )),
        None => Ok(()),
    }
}
