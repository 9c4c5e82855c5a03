//! Which runs are the same, so that one may go on where another was.

use std::sync::Arc;

use serde_json::json;

use super::VERSION;
use crate::blocks::Hash;
use crate::engine::Engine;
use crate::source::Object;
use crate::verify::Verifier;

/// What makes two runs the same: program, questions, and inputs by name, size and
/// the mark that changes with them.
///
/// # Errors
/// An input has no such mark, so that it could have changed unseen.
pub(in crate::verify) fn identity(
    verifier: &Verifier,
    engine: Engine,
    objects: &[Object],
) -> Result<Hash, String> {
    let mut inputs = Vec::with_capacity(objects.len());
    for object in objects {
        if object.stamp.is_none() || object.size.is_none() {
            return Err(format!(
                "whether {} changes in between cannot be told",
                object.name
            ));
        }
        inputs.push(json!([
            object.name,
            object.size,
            object.stamp,
            object.problem
        ]));
    }
    let digest = |(digest, source): &(crate::Digest, Arc<str>)| {
        json!([digest.hash, digest.strand_id, digest.sequence_no, source])
    };
    let states = verifier.states.iter();
    let run = json!({
        "version": [VERSION, env!("CARGO_PKG_VERSION")],
        "engine": engine.as_str(),
        "asked": verifier.asked,
        "limits": format!("{:?}", verifier.limits),
        "digests": verifier.trusted.iter().map(digest).collect::<Vec<_>>(),
        "states": states.map(|(state, vouched)| json!([state.to_json(), vouched])).collect::<Vec<_>>(),
        "save_state": verifier.save_state,
        "inputs": inputs,
    });
    Ok(sum(run.to_string().as_bytes()))
}

pub(super) fn sum(bytes: &[u8]) -> Hash {
    sealion_hash::sha256(bytes)
}
