//! Consistency proofs: the journal under one digest is the head of another's.
//!
//! A digest that you trust vouches for an older one that it extends. The other way
//! round nothing follows: whoever makes a newer digest can put an older one at its
//! head, and anything behind it.
//!
//! The rules are those of RFC 6962 with `dot` as node hash. Because `dot` sorts its
//! operands, the hashes of a proof carry no sides: a proof that holds shows that
//! whatever hangs under the older digest hangs under the newer one, while the number
//! of blocks is a claim of the file, bound as far as the number of hashes fits it.

use std::collections::HashSet;
use std::sync::Arc;

use super::code::{Code, Severity};
use super::digests::{Anchors, Candidate, Candidates};
use super::facts::{of_digest, Fact};
use super::finding::{Finding, Findings};
use super::outcome::By;
use crate::blocks::{BlockAddress, Digest, Proof, StrandId};
use crate::merkle::{consistency, fold_consistency};
use crate::words::blocks;

/// What a claimed digest came with: the proof that it extends an older one.
#[derive(Clone, Debug)]
pub(crate) struct Extends {
    pub(crate) from: Digest,
    pub(crate) proof: Proof,
    pub(crate) offset: u64,
}

/// A proof that holds, and the digests at its two ends: trusted ones and claims.
pub(crate) struct Link {
    pub(crate) older: Vec<usize>,
    pub(crate) newer: Vec<usize>,
    pub(crate) source: Arc<str>,
    pub(crate) extends: Arc<Extends>,
    /// The older and the newer root.
    pub(crate) ends: (Fact, Fact),
    older_tip: u64,
    newer_tip: u64,
}

/// Checks the proofs of `strand_id`, and marks what hangs under a trusted digest
/// through them.
pub(crate) fn check_consistency(
    strand_id: &StrandId,
    candidates: &mut Candidates,
    anchors: &mut Anchors,
    findings: &mut Findings,
) -> Vec<Link> {
    let mut links = Vec::new();
    let of_strand = |candidate: &&Candidate| candidate.digest.strand_id.as_ref() == Some(strand_id);
    let claims = candidates.of(strand_id);
    let claims = claims.filter(|candidate| candidate.extends.is_some());
    let claims: Vec<Candidate> = claims.filter(of_strand).cloned().collect();
    let mut seen = HashSet::new();
    for candidate in claims {
        let Some(extends) = &candidate.extends else {
            continue;
        };
        // One proof in many copies says what it says once.
        if !seen.insert((
            extends.from.clone(),
            candidate.digest.clone(),
            extends.proof.clone(),
        )) {
            continue;
        }
        match holds(&candidate, extends, strand_id) {
            Ok(tips) => {
                let ends = [(&extends.from, tips.0), (&candidate.digest, tips.1)];
                let roots = ends.map(|(digest, tip)| of_digest(digest.hash, tip));
                let [older, newer] = ends.map(|(digest, tip)| {
                    ends_at(digest, tip, strand_id, &candidate, candidates, findings)
                });
                // `holds` made sure that both tips have a tree.
                let [Some(from), Some(to)] = roots else {
                    continue;
                };
                links.push(Link {
                    older,
                    newer,
                    source: candidate.source.clone(),
                    extends: extends.clone(),
                    ends: (from, to),
                    older_tip: tips.0,
                    newer_tip: tips.1,
                });
            }
            Err(finding) => {
                anchors.explained = true;
                findings.push(finding.source(&candidate.source, Some(extends.offset)));
            }
        }
    }
    // From the newest down, so that one pass follows proofs that build on one another.
    links.sort_by_key(|link| std::cmp::Reverse((link.newer_tip, link.older_tip)));
    for link in &links {
        if link
            .newer
            .iter()
            .any(|&index| candidates.all[index].vouches())
        {
            link.older
                .iter()
                .for_each(|&index| candidates.all[index].under = true);
        }
    }
    links
}

/// Whether the proof holds; then both tips.
pub(crate) fn holds(
    newer: &Candidate,
    extends: &Extends,
    strand_id: &StrandId,
) -> Result<(u64, u64), Box<Finding>> {
    let Extends { from, proof, .. } = extends;
    if from.strand_id.as_ref() != Some(strand_id) {
        let other = from.strand_id.as_ref().map_or("", StrandId::as_str);
        return Err(Box::new(
            Finding::new(
                Code::Address,
                "the two digests of this consistency proof name different strands",
            )
            .strand(strand_id)
            .field("FromDigest.DigestTipAddress")
            .values(other, strand_id.as_str())
            .remedy("a ledger has one strand: one of the addresses is not the genuine one"),
        ));
    }
    let tip = |digest: &Digest| digest.sequence_no.unwrap_or(u64::MAX);
    let (older_tip, newer_tip) = (tip(from), tip(&newer.digest));
    let shape = |why: String| {
        let finding = Finding::new(Code::ProofShape, why)
            .at(&BlockAddress::new(strand_id.clone(), older_tip))
            .field("ConsistencyProof")
            .remedy("a tip or the proof is not the genuine one: the number of hashes follows from both tips");
        Box::new(finding)
    };
    // Counts are compared before anything is hashed.
    let (Some(first), Some(second)) = (older_tip.checked_add(1), newer_tip.checked_add(1)) else {
        return Err(shape("a tip is larger than any journal".to_owned()));
    };
    let Some(nodes) = consistency(first, second) else {
        return Err(shape(format!(
            "the older digest's tip {older_tip} comes after the newer one's, {newer_tip}"
        )));
    };
    if nodes.len() != proof.len() {
        let (found, expected) = (proof.len(), nodes.len());
        return Err(shape(format!(
            "a consistency proof from tip {older_tip} to {newer_tip} has {expected} hashes, and this has {found}"
        )));
    }
    let Some((smaller, larger)) = fold_consistency(first, second, &from.hash, proof) else {
        return Err(shape("no such trees".to_owned()));
    };
    let ends = [
        ("older", &from.hash, smaller, older_tip),
        ("newer", &newer.digest.hash, larger, newer_tip),
    ];
    match ends.into_iter().find(|(_, claimed, folded, _)| *claimed != folded) {
        None => Ok((older_tip, newer_tip)),
        Some((which, claimed, folded, tip)) => Err(Box::new(Finding::new(
            Code::Proof,
            format!("the consistency proof from tip {older_tip} to {newer_tip} does not fold to the {which} digest"),
        )
        .at(&BlockAddress::new(strand_id.clone(), tip))
        .field("ConsistencyProof")
        .values(claimed.to_string(), folded.to_string())
        .remedy("a digest, a tip or the proof is not the genuine one: make the proof anew from the journal (`sealion prove consistency`)"))),
    }
}

/// The digests with this hash at this tip. Trusted ones that have the hash and may
/// not have the tip are findings.
fn ends_at(
    digest: &Digest,
    tip: u64,
    strand_id: &StrandId,
    claim: &Candidate,
    candidates: &mut Candidates,
    findings: &mut Findings,
) -> Vec<usize> {
    let mut found = candidates.equal_to(&digest.hash, strand_id);
    found.retain(|&index| {
        let candidate = &mut candidates.all[index];
        let finding = match candidate.digest.sequence_no {
            Some(own) if own == tip => {
                candidate
                    .digest
                    .strand_id
                    .get_or_insert_with(|| strand_id.clone());
                return true;
            }
            _ if !candidate.trusted => return false,
            Some(own) => Finding::new(
                Code::Address,
                format!(
                    "{} puts a digest at tip {tip} that you trust at tip {own}",
                    claim.source
                ),
            )
            .values(tip.to_string(), own.to_string())
            .remedy("a digest has one tip: at least one of the two numbers is not the genuine one"),
            // That is said once.
            None => return false,
        };
        findings.push(
            finding
                .at(&BlockAddress::new(strand_id.clone(), tip))
                .source(&claim.source, claim.offset),
        );
        false
    });
    // One hash may be claimed at many tips.
    found.shrink_to_fit();
    found
}

/// Says what the proofs that hold came to, once the journal and its proofs have
/// been tied to the digests. `to` is the last block that was asked for: of what is behind it nothing is wanted.
pub(crate) fn settle_consistency(
    strand_id: &StrandId,
    links: &[Link],
    candidates: &mut Candidates,
    anchors: &Anchors,
    to: Option<u64>,
    findings: &mut Findings,
) {
    let trusting = candidates.trusting;
    for link in links {
        let all = &mut candidates.all;
        // A claim that verified blocks recompute to is as good as trusted.
        let stands = |all: &[Candidate], ends: &[usize], tip| {
            ends.iter().any(|&index| {
                all[index].vouches() || (all[index].by == Some(By::Journal) && anchors.covers(tip))
            })
        };
        let newer = stands(all, &link.newer, link.newer_tip);
        let older = stands(all, &link.older, link.older_tip);
        if newer || older || !trusting {
            link.older
                .iter()
                .for_each(|&index| all[index].reach(By::Consistency));
        }
        if newer || !trusting {
            link.newer
                .iter()
                .for_each(|&index| all[index].reach(By::Consistency));
            continue;
        }
        let (older_tip, newer_tip) = (link.older_tip, link.newer_tip);
        let finding = match older {
            true => Finding::new(
                Code::AfterDigest,
                format!("{} shows that the digest at tip {newer_tip} extends the one that you trust, at tip {older_tip}; that verifies nothing of the newer one or of {}", link.source, blocks(older_tip + 1, newer_tip)),
            )
            .remedy("give the newer digest with --digest if you have it from elsewhere: a digest vouches for older ones, never for newer ones"),
            false => Finding::new(
                Code::NoDigest,
                format!("{} shows that the digest at tip {newer_tip} extends the one at tip {older_tip}, and you trust neither", link.source),
            )
            .remedy("give the newer digest with --digest if you trust it"),
        };
        let finding = match to.is_some_and(|to| newer_tip > to) {
            true => finding.severity(Severity::Note),
            false => finding,
        };
        findings.push(
            finding
                .at(&BlockAddress::new(
                    strand_id.clone(),
                    older_tip.saturating_add(1),
                ))
                .source(&link.source, Some(link.extends.offset)),
        );
    }
}
