//! Whether two names are of one file, whatever links lead there.

use std::io;
use std::path::Path;

use walkdir::WalkDir;

/// What a file is by itself: device and number.
#[cfg(unix)]
#[derive(PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

/// What a file is by itself: its one path without links.
#[cfg(not(unix))]
#[derive(PartialEq, Eq)]
pub(super) struct Identity(std::path::PathBuf);

impl Identity {
    /// Of what `path` leads to.
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> io::Result<Identity> {
        use std::os::unix::fs::MetadataExt as _;
        let found = std::fs::metadata(path)?;
        Ok(Identity(found.dev(), found.ino()))
    }

    #[cfg(not(unix))]
    pub(super) fn of(path: &Path) -> io::Result<Identity> {
        std::fs::canonicalize(path).map(Identity)
    }

    /// The name by which `read` is this file, or has it somewhere below.
    pub(super) fn within(&self, read: &Path) -> Option<String> {
        // What cannot be looked at is not known to be another one. But it is not written to,
        // and whatever is replaced must be of our own making.
        let entries = WalkDir::new(read).follow_links(true).into_iter().flatten();
        let own = |path: &Path| Identity::of(path).is_ok_and(|found| found == *self);
        let mut same = entries.filter(|entry| own(entry.path()));
        Some(same.next()?.path().display().to_string())
    }
}
