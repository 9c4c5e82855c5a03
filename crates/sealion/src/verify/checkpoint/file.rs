//! The file of a checkpoint: a line with its checksum, and what the fold held.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::identity::sum;
use super::trust;
use crate::blocks::Hash;
use crate::findings::KeptJournal;
use crate::output::{is_checkpoint, NewFile, HEAD_BYTES};
use crate::verify::stored_hash::Head;
use crate::Error;

/// What the file holds, after a line with its checksum.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::verify) struct Kept {
    /// What was asked, of which inputs, by which program.
    pub(super) run: Hash,
    /// Inputs that are no journal files and were read before the first block: what they hold is not kept.
    pub(super) beside: BTreeSet<Arc<str>>,
    pub(super) journal: KeptJournal,
    pub(super) passed: Passed,
    pub(super) behind: Behind,
    /// What was read of the files in `behind`: all of those that are finished, and of others at least what lies before.
    pub(super) read: BTreeMap<Arc<str>, Head>,
}

/// How many values the fast engine passed on, and why.
pub(super) type Passed = BTreeMap<String, u64>;

/// How much of the inputs lies before a checkpoint.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::verify) struct Behind {
    /// Journal files that lie wholly before.
    pub(in crate::verify) finished: BTreeSet<Arc<str>>,
    /// Of others that were begun, the offset of the last block before.
    pub(in crate::verify) begun: BTreeMap<Arc<str>, u64>,
}

/// What stands where the checkpoint is to be.
pub(super) enum Found {
    Nothing,
    /// What an earlier run of this kind left.
    Kept(Box<Kept>),
    /// A checkpoint of ours that is of no use, and why: another one may take its place.
    Unfit(String),
    /// What others may have put there, and how: neither used nor touched.
    Doubtful(String),
}

pub(super) fn read(path: &Path, run: Hash) -> Found {
    let text = match trust::open(path) {
        Ok(None) => return Found::Nothing,
        Ok(Some(mut file)) => {
            let mut text = Vec::new();
            file.read_to_end(&mut text).map(|_| text)
        }
        Err(why) => return Found::Doubtful(why),
    };
    match text
        .map_err(|error| error.to_string())
        .and_then(|text| kept(&text, run))
    {
        Ok(kept) => Found::Kept(Box::new(kept)),
        Err(why) => Found::Unfit(why),
    }
}

fn kept(text: &[u8], run: Hash) -> Result<Kept, String> {
    let damaged = || "it is not a checkpoint, or a damaged one".to_owned();
    let end = memchr::memchr(b'\n', text).ok_or_else(damaged)?;
    let (claimed, body) = (&text[..end], &text[end + 1..]);
    if claimed != sum(body).to_string().as_bytes() {
        return Err(damaged());
    }
    let kept: Kept = serde_json::from_slice(body)
        .map_err(|error| format!("it is of another version of this program: {error}"))?;
    if kept.run != run {
        return Err("it is of other inputs, other questions or another version".to_owned());
    }
    Ok(kept)
}

/// Puts the checkpoint in place of the one before, at once or not at all.
pub(super) fn write(file: &NewFile, kept: &Kept) -> Result<(), Error> {
    let failed = |error| Error::System {
        what: "write what the run holds as JSON",
        source: error,
    };
    let body = serde_json::to_vec(kept).map_err(|error| failed(error.into()))?;
    file.write_with(|out| {
        writeln!(out, "{}", sum(&body))?;
        out.write_all(&body)
    })
}

/// Removes a checkpoint of ours, and nothing else that came there.
pub(super) fn remove(path: &Path) {
    let mut head = Vec::new();
    let own = trust::open(path).ok().flatten();
    let read = own.and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head).ok());
    if read.is_some() && is_checkpoint(&head) {
        // It is of no use to anybody, and stands in nobody's way.
        let _ = fs::remove_file(path);
    }
}
