//! Takes in an evidence bundle. It is trusted in nothing: its items go the way of
//! answers of GetBlock and GetRevision, its digest that of any claim.

use std::sync::Arc;

use super::access::Access;
use super::collect::Collector;
use crate::blocks::claim::RecordedHash;
use crate::blocks::evidence::{AttachmentClaim, AttachmentKind, BundleClaim, Evidence, ItemClaim};
use crate::blocks::{Digest, Hash};
use crate::findings::{
    check_bundled, nobody_vouches, said_by_bundle, Code, Finding, Findings, FoundItem, Item,
    LooseProof,
};
use crate::source::{hash_all, Archive, Object};

/// What is still to be looked at when all files are known.
pub(crate) struct Bundled {
    path: Arc<str>,
    offset: u64,
    digest: Option<Digest>,
    attachments: Vec<AttachmentClaim>,
}

impl Collector<'_> {
    /// Takes in all that a bundle holds.
    pub(super) fn bundle(&mut self, claim: BundleClaim) {
        let kinds = std::mem::take(&mut self.kinds);
        let candidate = self.candidate(&claim.digest, "digest.Digest");
        let digest = candidate.as_ref().map(|one| one.digest.clone());
        self.collected.digests.extend(candidate);
        for item in claim.items.iter() {
            if self.full(item.offset) {
                break;
            }
            self.item(item, &claim);
        }
        for said in claim.warned {
            self.findings.push(said_by_bundle(&self.path, said));
        }
        self.kinds = kinds;
        self.kinds.insert("bundle");
        self.collected.bundles.push(Bundled {
            path: self.path.clone(),
            offset: claim.offset,
            digest,
            attachments: claim.attachments,
        });
    }

    /// Takes one in as if it had come alone, then compares it with what the bundle
    /// says of it.
    fn item(&mut self, item: &ItemClaim, bundle: &BundleClaim) {
        let (items, proofs) = (self.collected.items.len(), self.collected.proofs.len());
        let (content, proof) = (item.content.clone(), Some(item.proof.clone()));
        let answer = match item.document {
            Some(_) => Evidence::Revision {
                revision: content,
                proof,
            },
            None => Evidence::Block {
                block: content,
                proof,
            },
        };
        if let Err(unfit) = self.evidence(answer) {
            self.flaw(unfit.into());
        }
        let taken = self.collected.items.get_mut(items..).unwrap_or_default();
        let found = match taken {
            [Item::Block(block)] => FoundItem {
                address: &block.address,
                document: None,
                hash: block.hash,
                proof: self.collected.proofs.get(proofs).map(|proof| &proof.proof),
            },
            [Item::Loose(loose)] => {
                loose.bundled = true;
                let document = loose.record.document.as_ref();
                FoundItem {
                    address: &loose.address,
                    document: document.map(|(id, version)| (id.as_str(), *version)),
                    hash: loose.record.hash,
                    proof: match &loose.proof {
                        LooseProof::Whole(proof, _) => Some(proof),
                        _ => None,
                    },
                }
            }
            // It could not be read, which is a finding already; or it is only shown.
            _ => return,
        };
        let findings = check_bundled(&self.path, item, &found, &bundle.digest);
        self.findings.extend(findings);
    }
}

/// What remains to be said of bundles: whether somebody vouches for them, and whether
/// their attachments are among the inputs.
pub(super) fn finish(
    bundles: &[Bundled],
    trusted: &[(Digest, Arc<str>)],
    (archive, access): (&dyn Archive, &Arc<Access>),
    objects: &[Object],
    findings: &mut Findings,
) {
    let mut files = Files {
        archive,
        access,
        objects,
        hashes: vec![None; objects.len()],
    };
    for bundle in bundles {
        if let Some(digest) = &bundle.digest {
            let strand_id = digest.strand_id.as_ref();
            let speaks = |own: &Digest| strand_id.is_none_or(|strand| own.may_be_of(strand));
            if !trusted.iter().any(|(own, _)| speaks(own)) {
                findings.push(nobody_vouches(&bundle.path, bundle.offset, digest));
            }
        }
        for attachment in &bundle.attachments {
            let found = files.attached(attachment);
            findings.extend(found.map(|finding| {
                finding
                    .field("attachments")
                    .source(&bundle.path, Some(attachment.offset))
            }));
        }
    }
}

/// The inputs as stored.
struct Files<'a> {
    archive: &'a dyn Archive,
    access: &'a Arc<Access>,
    objects: &'a [Object],
    /// Size and hash of those that were read: each once, however many attachments
    /// there are.
    hashes: Vec<Option<(u64, Hash)>>,
}

impl Files<'_> {
    /// Compares an attached file with the inputs of its name or its size.
    fn attached(&mut self, attachment: &AttachmentClaim) -> Option<Finding> {
        let AttachmentKind::File {
            name,
            bytes,
            sha256: RecordedHash { hash, .. },
        } = &attachment.kind
        else {
            return None;
        };
        let mut other = None;
        for (index, object) in self.objects.iter().enumerate() {
            let named = file_name(&object.name) == file_name(name);
            if !named && object.size.is_some_and(|size| size != *bytes) {
                continue;
            }
            // That it cannot be read is remembered, and said.
            let Some(own) = self.hash_of(index) else {
                continue;
            };
            if own.0 == *bytes && Some(own.1) == *hash {
                let message = format!(
                    "{} is the file that the bundle has attached as {name}; nothing authenticates attachments",
                    object.name
                );
                return Some(Finding::new(Code::UnknownFile, message));
            }
            if named {
                other = Some((object, own));
            }
        }
        let (object, (size, own)) = other?;
        let message = format!(
            "{} has the name of an attached file and is another one",
            object.name
        );
        let remedy = "get the file that was attached, or leave this one out: the verdict on the evidence does not need it";
        Some(
            Finding::new(Code::Request, message)
                .values(words(*bytes, *hash), words(size, Some(own)))
                .remedy(remedy),
        )
    }

    fn hash_of(&mut self, index: usize) -> Option<(u64, Hash)> {
        if self.hashes[index].is_none() {
            let object = &self.objects[index];
            let input = self.access.open_stored(self.archive, object);
            self.hashes[index] = input.and_then(hash_all).ok();
        }
        self.hashes[index]
    }
}

fn words(size: u64, hash: Option<Hash>) -> String {
    match hash {
        Some(hash) => format!("{size} bytes, SHA-256 {hash:x}"),
        None => format!("{size} bytes, and no SHA-256"),
    }
}

/// The last part of a path, whichever system wrote it.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
