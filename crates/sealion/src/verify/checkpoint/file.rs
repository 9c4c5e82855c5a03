//! The file of a checkpoint: a line with its checksum, and what the fold held.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::identity::sum;
use crate::blocks::Hash;
use crate::findings::KeptJournal;

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

/// What an earlier run of this kind left; `None` if there is nothing.
pub(super) fn read(path: &Path, run: Hash) -> Result<Option<Kept>, String> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if writable_by_others(&metadata) {
        return Err("others may write to it".to_owned());
    }
    let text = fs::read(path).map_err(|error| error.to_string())?;
    let damaged = || "it is not a checkpoint, or a damaged one".to_owned();
    let end = memchr::memchr(b'\n', &text).ok_or_else(damaged)?;
    let (claimed, body) = (&text[..end], &text[end + 1..]);
    if claimed != sum(body).to_string().as_bytes() {
        return Err(damaged());
    }
    let kept: Kept = serde_json::from_slice(body)
        .map_err(|error| format!("it is of another version of this program: {error}"))?;
    if kept.run != run {
        return Err("it is of other inputs, other questions or another version".to_owned());
    }
    Ok(Some(kept))
}

/// Whether a file that begins so is a checkpoint, or was one.
pub(in crate::verify) fn is_checkpoint(head: &[u8]) -> bool {
    let checksum = head.iter().position(|byte| *byte == b'\n');
    let (line, body) = head.split_at(checksum.unwrap_or(0));
    line.len() == 44 && body.starts_with(b"\n{\"run\":\"")
}

#[cfg(unix)]
fn writable_by_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o022 != 0
}

#[cfg(not(unix))]
fn writable_by_others(_: &fs::Metadata) -> bool {
    false
}

/// Puts the checkpoint in place of the one before, at once or not at all.
pub(super) fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let body = serde_json::to_vec(kept)?;
    let new = beside(path);
    let _ = fs::remove_file(&new);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    writeln!(file, "{}", sum(&body))?;
    file.write_all(&body)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

/// A name for the file in the making, the same each time: what a killed run leaves
/// is cleared away by the next.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}
