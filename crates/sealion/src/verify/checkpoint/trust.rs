//! Whose a checkpoint is. What it says is believed without another look at the blocks, so
//! nobody but the user himself, or root, may have been able to put it there.

use std::fs::File;
use std::path::Path;

#[cfg(unix)]
use crate::output::folder_of;
use crate::output::open_plainly;

/// Opens a checkpoint of ours; `None` if there is nothing.
///
/// # Errors
/// Why it may not be ours.
pub(super) fn open(path: &Path) -> Result<Option<File>, String> {
    #[cfg(unix)]
    if std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        return Err("it is a symbolic link".to_owned());
    }
    let Some(file) = open_plainly(path).map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    let found = file.metadata().map_err(|error| error.to_string())?;
    if !found.is_file() {
        return Err("it is no file".to_owned());
    }
    #[cfg(unix)]
    owned(&found, path)?;
    Ok(Some(file))
}

/// That a file is of the user who runs this, and nobody else may write to it.
#[cfg(unix)]
fn owned(found: &std::fs::Metadata, path: &Path) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt as _;
    if found.uid() != own() {
        return Err("it belongs to another user".to_owned());
    }
    if found.mode() & OTHERS_WRITE != 0 {
        return Err("others may write to it".to_owned());
    }
    // In a folder such as /tmp others can move nothing of ours, but can link to what is ours
    // elsewhere: to a copy of a file that they made, for one.
    let folder = std::fs::metadata(folder_of(path)).map_err(|error| error.to_string())?;
    if folder.mode() & OTHERS_WRITE != 0 && found.nlink() != 1 {
        return Err("it has another name, and others may write to its folder".to_owned());
    }
    Ok(())
}

/// Why a checkpoint at `path` could be exchanged by others, if it could: each folder on the
/// way there must be of the user or of root, and of those to which others may write, none
/// but such as /tmp, where each can move only what is his own.
#[cfg(unix)]
pub(in crate::verify) fn exchangeable(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    const STICKY: u32 = 0o1000;
    let folder = folder_of(path);
    let told = |error: std::io::Error| Some(format!("cannot look at its folder: {error}"));
    let ways =
        std::path::absolute(folder).and_then(|way| Ok([way, std::fs::canonicalize(folder)?]));
    let ways = match ways {
        Ok(ways) => ways,
        Err(error) => return told(error),
    };
    for place in ways.iter().flat_map(|way| way.ancestors()) {
        let found = match std::fs::symlink_metadata(place) {
            Ok(found) => found,
            Err(error) => return told(error),
        };
        let name = place.display();
        if ![0, own()].contains(&found.uid()) {
            return Some(format!("{name}, in which it lies, belongs to another user"));
        }
        let open = found.mode() & OTHERS_WRITE != 0 && found.mode() & STICKY == 0;
        if found.is_dir() && open {
            return Some(format!("others may write to {name}, in which it lies"));
        }
    }
    None
}

/// Not known on this system.
#[cfg(not(unix))]
pub(in crate::verify) fn exchangeable(_: &Path) -> Option<String> {
    None
}

/// The group, and all others.
#[cfg(unix)]
const OTHERS_WRITE: u32 = 0o022;

/// The user as whom this runs.
#[cfg(unix)]
fn own() -> u32 {
    rustix::process::geteuid().as_raw()
}
