//! What a result may take the place of.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

use super::Occupied;
use crate::merkle::IndexFile;
use crate::State;

/// What a result may take the place of, beside nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Replaces {
    /// Nothing.
    Nothing,
    /// A [`State`], whole and undamaged.
    State,
    /// The [index](crate::merkle::Index) of a journal's tree.
    Index,
    /// The checkpoint of a run.
    Checkpoint,
    /// Whatever file is there: whoever asks has said so.
    Anything,
}

impl Replaces {
    /// In words, as what was expected.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Replaces::Nothing => "no file there",
            Replaces::State => "no file there, or a state of sealion",
            Replaces::Index => "no file there, or an index of sealion",
            Replaces::Checkpoint => "no file there, or a checkpoint of sealion",
            Replaces::Anything => "a file",
        }
    }

    fn allows(self, path: &Path, file: File) -> bool {
        match self {
            Replaces::Nothing => false,
            Replaces::State => State::read(path).is_ok(),
            Replaces::Index => IndexFile::open(file).is_ok(),
            Replaces::Checkpoint => head(file).is_ok_and(|head| is_checkpoint(&head)),
            Replaces::Anything => true,
        }
    }
}

/// Whether something stands at `path`, or why it may not be replaced.
pub(super) fn there(path: &Path, replaces: Replaces) -> io::Result<Result<bool, Occupied>> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Ok(false)),
        Err(error) => return Err(error),
    };
    if let Some(why) = no_file(found) {
        return Ok(Err(why));
    }
    if replaces == Replaces::Anything {
        return Ok(Ok(true));
    }
    Ok(match open_plainly(path)? {
        None => Ok(false),
        Some(file) => match replaces.allows(path, file) {
            true => Ok(true),
            false => Err(Occupied::Foreign(replaces)),
        },
    })
}

fn no_file(found: FileType) -> Option<Occupied> {
    if found.is_file() {
        None
    } else if found.is_symlink() {
        Some(Occupied::Link)
    } else if found.is_dir() {
        Some(Occupied::NoFile("a directory"))
    } else {
        Some(Occupied::NoFile("a device, a pipe or the like"))
    }
}

/// Opens what is at `path`, and no other file that a link there leads to; `None` if nothing
/// is. Does not wait where it is a pipe.
pub(crate) fn open_plainly(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits() as i32);
    }
    #[cfg(not(unix))]
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        return Err(io::Error::other("it is a symbolic link"));
    }
    match options.open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a link leads to a checkpoint.
pub(super) fn leads_to_checkpoint(link: &Path) -> bool {
    let found = fs::metadata(link);
    let opened = || head(File::open(link)?);
    found.is_ok_and(|found| found.is_file()) && opened().is_ok_and(|head| is_checkpoint(&head))
}

/// Enough of a file to know a checkpoint.
pub(crate) const HEAD_BYTES: u64 = 64;

fn head(file: File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether a file that begins so is a checkpoint, or was one.
pub(crate) fn is_checkpoint(head: &[u8]) -> bool {
    let checksum = head.iter().position(|byte| *byte == b'\n');
    let (line, body) = head.split_at(checksum.unwrap_or(0));
    line.len() == 44 && body.starts_with(b"\n{\"run\":\"")
}
