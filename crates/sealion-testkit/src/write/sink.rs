//! Where written files go.

use std::fs;
use std::io;
use std::path::PathBuf;

/// Takes whole files under relative keys with `/` between the parts.
pub trait Sink {
    /// Stores one file.
    ///
    /// # Errors
    /// If it cannot be stored.
    fn put(&mut self, key: &str, bytes: &[u8]) -> io::Result<()>;
}

/// Files in memory, in the order they came.
pub type Files = Vec<(String, Vec<u8>)>;

impl Sink for Files {
    fn put(&mut self, key: &str, bytes: &[u8]) -> io::Result<()> {
        self.push((key.to_owned(), bytes.to_vec()));
        Ok(())
    }
}

/// A folder on disk; folders inside it are made as needed.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Sink for Folder {
    fn put(&mut self, key: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.0.join(key);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)
    }
}
