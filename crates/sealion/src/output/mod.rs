//! Where results go. A file comes into being whole or not at all, and it takes the
//! place of nothing that the same option did not write: what lies around a run is
//! evidence, and one wrong word on a command line must not cost any of it.
//!
//! Everything that writes a file does it here.

mod occupied;
mod own;
mod same;

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub use occupied::Occupied;
pub use own::Replaces;
pub(crate) use own::{is_checkpoint, open_plainly, HEAD_BYTES};
use same::Identity;
use tempfile::NamedTempFile;

use crate::Error;

/// How a file in the making begins and ends.
const PART: (&str, &str) = (".sealion-", ".part");

/// A file that is to be written.
#[derive(Clone, Debug)]
pub struct NewFile {
    path: PathBuf,
    folder: PathBuf,
    replaces: Replaces,
    /// Nobody else may even read it.
    private: bool,
}

impl NewFile {
    /// A file to be written to `path`, where nothing is or only what may be replaced.
    /// `reads`: files and directories that this run reads, none of which it may be;
    /// whatever else stands there, such as a bucket's address, is passed over.
    ///
    /// Call it before long work: it also tries whether the folder can be written to.
    ///
    /// # Errors
    /// [`Error::Occupied`] if something is there; [`Error::Write`] if the folder is not
    /// there, or not to be written to.
    pub fn at<P: AsRef<Path>>(
        path: impl Into<PathBuf>,
        replaces: Replaces,
        reads: impl IntoIterator<Item = P>,
    ) -> Result<NewFile, Error> {
        let path = path.into();
        let folder = folder_of(&path).to_owned();
        let new = NewFile {
            private: replaces == Replaces::Checkpoint,
            path,
            folder,
            replaces,
        };
        if let Ok(own) = Identity::of(&new.path) {
            let known = |read: P| own.within(read.as_ref());
            if let Some(read) = reads.into_iter().find_map(known) {
                return Err(new.occupied(Occupied::Read(read)));
            }
        }
        match new.may_be_replaced() {
            // Neither used nor written; whoever looks into it tells so.
            Err(Error::Occupied {
                why: Occupied::Link,
                ..
            }) if replaces == Replaces::Checkpoint && own::leads_to_checkpoint(&new.path) => {}
            there => _ = there?,
        }
        new.clear();
        drop(new.part()?);
        Ok(new)
    }

    /// That it does not lie in one of these directories, nor below.
    ///
    /// # Errors
    /// [`Error::Occupied`] if it does.
    pub fn outside<P: AsRef<Path>>(
        self,
        folders: impl IntoIterator<Item = P>,
    ) -> Result<NewFile, Error> {
        let own = fs::canonicalize(&self.folder).map_err(|error| self.failed(error))?;
        for folder in folders {
            let folder = folder.as_ref();
            if fs::canonicalize(folder).is_ok_and(|known| known.is_dir() && own.starts_with(known))
            {
                return Err(self.occupied(Occupied::Within(folder.display().to_string())));
            }
        }
        Ok(self)
    }

    /// That the two are not one file, which need not be there yet.
    ///
    /// # Errors
    /// [`Error::Occupied`] if they are.
    pub fn apart_from(&self, other: &NewFile) -> Result<(), Error> {
        let place = |file: &NewFile| -> io::Result<(PathBuf, Option<OsString>)> {
            let name = file.path.file_name().map(OsString::from);
            Ok((fs::canonicalize(&file.folder)?, name))
        };
        let place = |file: &NewFile| place(file).map_err(|error| file.failed(error));
        match place(self)? == place(other)? {
            true => Err(self.occupied(Occupied::Twice)),
            false => Ok(()),
        }
    }

    /// Writes `bytes`.
    ///
    /// # Errors
    /// As of [`NewFile::write_with`].
    pub fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        self.write_with(|out| out.write_all(bytes))
    }

    /// Writes what `fill` writes: beside the place, to the disk, and then there at once.
    ///
    /// # Errors
    /// [`Error::Write`] with what the system said, [`Error::Occupied`] if something came
    /// there in the meantime. Then what was there is as it was, and nothing else is left.
    pub fn write_with(
        &self,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        let failed = |error| self.failed(error);
        let mut part = self.part()?;
        let mut out = BufWriter::new(&mut part);
        fill(&mut out).and_then(|()| out.flush()).map_err(failed)?;
        drop(out);
        part.as_file().sync_all().map_err(failed)?;
        let put = match self.may_be_replaced()? {
            true => part.persist(&self.path),
            false => part.persist_noclobber(&self.path),
        };
        match put {
            Ok(_) => {}
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(self.occupied(Occupied::Foreign(self.replaces)));
            }
            Err(error) => return Err(failed(error.error)),
        }
        // Where a folder cannot be told so, the system sees to it in its own time.
        let _ = File::open(&self.folder).and_then(|folder| folder.sync_all());
        Ok(())
    }

    /// Whether there is something that may be replaced; an error, if it may not.
    fn may_be_replaced(&self) -> Result<bool, Error> {
        match own::there(&self.path, self.replaces) {
            Ok(there) => there.map_err(|why| self.occupied(why)),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// A file in the making. It is gone as soon as it is dropped, unless it is put in place.
    fn part(&self) -> Result<NamedTempFile, Error> {
        let failed = |error| self.failed(error);
        // Else the name, which is ours, would be what was not found.
        let folder = fs::metadata(&self.folder).map_err(failed)?;
        if !folder.is_dir() {
            return Err(failed(io::ErrorKind::NotADirectory.into()));
        }
        let prefix = self.prefix();
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(PART.1);
        #[cfg(unix)]
        if !self.private {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        // Its name would only stand in the way of what the system said.
        let unnamed = |error: io::Error| match error.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => error,
        };
        let part = builder.tempfile_in(&self.folder);
        let part = part.map_err(|error| failed(unnamed(error)))?;
        // Tells others that somebody is at it. Where there are no locks, nothing is cleared.
        let _ = part.as_file().try_lock();
        Ok(part)
    }

    /// How files in the making of this one begin: of a length that every system takes.
    fn prefix(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        let sum = sealion_hash::sha256(name.as_encoded_bytes());
        format!("{}{}-", PART.0, hex::encode(&sum.0[..8]))
    }

    /// Clears away what killed runs left in the making of this file. As long as somebody
    /// is at it, the system holds a lock for him.
    fn clear(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return;
        };
        let prefix = self.prefix();
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with(&prefix) || !name.ends_with(PART.1) {
                continue;
            }
            let left = open_plainly(&entry.path()).ok().flatten();
            if left.is_some_and(|file| !matches!(file.try_lock(), Err(TryLockError::WouldBlock))) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::Write {
            path: self.path.display().to_string(),
            source,
        }
    }

    fn occupied(&self, why: Occupied) -> Error {
        Error::Occupied {
            path: self.path.display().to_string(),
            why,
        }
    }
}

/// The folder in which `path` lies.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: [&str; 0] = [];

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        entries
            .map(|entry| name(entry).to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn what_comes_there_in_the_meantime_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        for replaces in [Replaces::Nothing, Replaces::State, Replaces::Index] {
            let new = NewFile::at(&path, replaces, NOTHING).unwrap();
            let written = new.write_with(|out| {
                fs::write(&path, "somebody else's")?;
                out.write_all(b"ours")
            });
            assert!(
                matches!(written, Err(Error::Occupied { .. })),
                "{written:?}"
            );
            assert_eq!(fs::read(&path).unwrap(), b"somebody else's");
            assert_eq!(names(folder.path()), ["new"]);
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn whoever_fails_in_the_middle_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let new = NewFile::at(folder.path().join("new"), Replaces::Anything, NOTHING).unwrap();
        let written = new.write_with(|out| {
            out.write_all(&[0; 100_000])?;
            Err(io::Error::other("no more"))
        });
        let told = written.unwrap_err().to_string();
        assert!(
            told.starts_with("cannot write ") && told.ends_with("no more"),
            "{told}"
        );
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn what_a_killed_run_left_is_cleared_and_what_a_living_one_makes_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let new = NewFile::at(&path, Replaces::Nothing, NOTHING).unwrap();
        let (_, killed) = new.part().unwrap().keep().unwrap();
        let living = new.part().unwrap();
        let other = NewFile::at(folder.path().join("other"), Replaces::Nothing, NOTHING).unwrap();
        let others = other.part().unwrap().keep().unwrap().1;
        NewFile::at(&path, Replaces::Nothing, NOTHING).unwrap();
        assert!(!killed.exists());
        assert!(living.path().exists() && others.exists());
    }
}
