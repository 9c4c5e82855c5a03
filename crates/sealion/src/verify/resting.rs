//! States that a run continues: put where the fold looks for them, and told of
//! in the report.

use std::collections::BTreeMap;

use super::Verifier;
use crate::blocks::StrandId;
use crate::findings::{By, Candidate, Prefix, StrandFold};
use crate::report::{StateAnswer, Verdict};
use crate::state::{worse, StrandState};
use crate::{Error, State};

impl Verifier {
    /// What all states say of the strands asked for.
    fn resting(&self) -> impl Iterator<Item = (&State, &StrandState, bool)> {
        let strands = self.states.iter().flat_map(|(state, vouched)| {
            let strands = state.strands().iter();
            strands.map(move |strand| (state, strand, *vouched))
        });
        let asked = self.asked.strand_id.as_ref();
        strands.filter(move |(_, strand, _)| asked.is_none_or(|id| id == strand.strand_id()))
    }

    /// The states by strand.
    ///
    /// # Errors
    /// [`Error::Unsuitable`] if two of them are of one strand, and if one that nobody
    /// vouches for does not tie its last hash to its nodes.
    pub(super) fn prefixes(&self) -> Result<BTreeMap<StrandId, Prefix>, Error> {
        let mut prefixes: BTreeMap<StrandId, Prefix> = BTreeMap::new();
        for (state, strand, vouched) in self.resting() {
            if !vouched && !strand.is_tied() {
                return Err(Error::Unsuitable {
                    path: state.source.to_string(),
                    reason: "it is a state of version 1, which does not tie its last hash to its nodes, so that other blocks could follow: save it anew from the journal, or, if you vouch for the run that wrote it, go on from it with `verify --trust-state` and --save-state".to_owned(),
                });
            }
            let prefix = Prefix {
                source: state.source.clone(),
                vouched,
                span: strand.span.clone(),
            };
            if let Some(other) = prefixes.insert(strand.strand_id().clone(), prefix) {
                return Err(Error::Unsuitable {
                    path: state.source.to_string(),
                    reason: format!(
                        "{} is a state of strand {} as well: merge the two first",
                        other.source,
                        strand.strand_id()
                    ),
                });
            }
        }
        Ok(prefixes)
    }

    /// What became of each state.
    pub(super) fn state_answers(
        &self,
        strands: &BTreeMap<StrandId, StrandFold>,
        candidates: &[Candidate],
    ) -> Vec<StateAnswer> {
        let answer = |(state, strand, vouched): (&State, &StrandState, bool)| {
            let fold = strands.get(strand.strand_id());
            let reached = |c: &Candidate| {
                c.by == Some(By::Prefix) && c.digest.strand_id.as_ref() == Some(strand.strand_id())
            };
            let fits = fold.is_some_and(|fold| fold.prefix.is_some());
            let rests = fold.is_some_and(StrandFold::rests);
            StateAnswer {
                path: state.source.clone(),
                strand_id: strand.strand_id().clone(),
                first: strand.first(),
                last: strand.last(),
                verdict: state.verdict(),
                vouched,
                used: fits && (rests || candidates.iter().any(reached)),
            }
        };
        self.resting().map(answer).collect()
    }

    /// The least verdict of the states.
    pub(super) fn verdict_before(&self) -> Option<Verdict> {
        self.states
            .iter()
            .map(|(state, _)| state.verdict())
            .reduce(worse)
    }
}
