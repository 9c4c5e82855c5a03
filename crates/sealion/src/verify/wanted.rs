//! What the blocks are looked at for, as it follows from everything beside them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::blocks::{Hash, Proof, StrandId};
use crate::findings::{AskedFacts, BlockProof, Candidate, Item, LooseProof, Prefix, Wanted};
use crate::Limits;

/// Places of a strand's tree that are held against one another at most: some more than a
/// proof names in a journal of a million blocks that has many proofs.
pub(super) fn places_max(limits: &Limits) -> usize {
    (limits.evidence_max as usize).saturating_mul(16)
}

/// Tips, proofs and hashes to look out for while the blocks go by.
pub(super) fn wanted(
    candidates: &[Candidate],
    proofs: &[BlockProof],
    items: &[Item],
    prefixes: &BTreeMap<StrandId, Prefix>,
    limits: &Limits,
) -> Wanted {
    let mut wanted = Wanted::default();
    let mut facts = AskedFacts::new(places_max(limits));
    for candidate in candidates {
        match candidate.digest.sequence_no {
            Some(tip) => {
                wanted.tips.insert(tip);
                facts.leaf(tip);
            }
            None => _ = wanted.tipless.insert(candidate.digest.hash),
        }
        if let Some(extends) = &candidate.extends {
            let tip = extends.from.sequence_no.unwrap_or_default();
            facts.proof(tip, None, &extends.proof);
        }
    }
    let mut hashes = HashMap::new();
    for item in items {
        match item {
            Item::Block(block) => {
                facts.leaf(block.address.sequence_no);
                hashes.extend(block.hash.map(|hash| (&block.address, hash)));
            }
            Item::Loose(loose) => {
                wanted.revisions.extend(loose.record.hash);
                if let LooseProof::Whole(proof, _) = &loose.proof {
                    facts.proof(loose.address.sequence_no, loose.record.hash, proof);
                }
            }
        }
    }
    hashes.values().for_each(|hash| facts.hash(*hash));
    for proof in proofs {
        let leaf = hashes.get(&proof.address).copied();
        facts.proof(proof.address.sequence_no, leaf, &proof.proof);
    }
    for prefix in prefixes.values() {
        for (place, hash) in prefix.span.facts() {
            facts.leaf(place.begin);
            facts.hash(hash);
        }
    }
    facts.settle();
    wanted.facts = Arc::new(facts);
    wanted.proven = proofs.iter().map(|proof| proof.address.clone()).collect();
    let of_blocks = proofs
        .iter()
        .filter_map(|one| Some((*hashes.get(&one.address)?, &one.proof)));
    let digests = candidates.iter().map(|one| one.digest.hash).collect();
    let proven = of_blocks.chain(items.iter().filter_map(proven));
    wanted.tipless.extend(without_digest(proven, &digests));
    wanted
}

/// A revision's hash and its proof.
fn proven(item: &Item) -> Option<(Hash, &Proof)> {
    match item {
        Item::Loose(loose) => match &loose.proof {
            LooseProof::Whole(proof, _) => Some((loose.record.hash?, proof)),
            _ => None,
        },
        Item::Block(_) => None,
    }
}

/// What proofs fold to that is none of these digests: it may be the digest of the blocks here at an
/// older tip, whose file was not kept.
fn without_digest<'a>(
    proven: impl Iterator<Item = (Hash, &'a Proof)>,
    digests: &HashSet<Hash>,
) -> Vec<Hash> {
    let roots = proven.map(|(leaf, proof)| proof.fold(&leaf));
    roots.filter(|root| !digests.contains(root)).collect()
}
