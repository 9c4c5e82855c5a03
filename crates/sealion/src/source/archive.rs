//! Where bytes lie: anything that can list objects and open them.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{self, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::Error;

/// One object of an archive: a file, an S3 object, a buffer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Object {
    /// Its name, as people will see it in the report.
    pub name: Arc<str>,
    /// Its size in bytes as stored, if known before reading. An object of which another
    /// number of bytes comes counts as not read to its end.
    pub size: Option<u64>,
    /// What changes whenever its bytes do, if the archive has such a thing: the time
    /// of its last change, an ETag. Two listings with the same name, size and stamp
    /// are taken for the same bytes.
    pub stamp: Option<Arc<str>>,
    /// Why it cannot be opened, if listing already told.
    pub problem: Option<Arc<str>>,
}

impl Object {
    /// An object that can be opened.
    pub fn new(name: impl Into<Arc<str>>, size: Option<u64>) -> Object {
        Object {
            name: name.into(),
            size,
            stamp: None,
            problem: None,
        }
    }

    /// The same, with a stamp.
    pub fn stamped(mut self, stamp: Option<Arc<str>>) -> Object {
        self.stamp = stamp;
        self
    }
}

/// Something that holds objects. Two methods are enough for a disk, a bucket,
/// memory or a browser.
pub trait Archive: Sync {
    /// All objects, in any order.
    ///
    /// # Errors
    /// If the archive as a whole cannot be listed. What cannot be looked into
    /// within it is listed with its [`problem`](Object::problem).
    fn objects(&self) -> Result<Vec<Object>, Error>;

    /// The bytes of one of its objects. May be called more than once, and from
    /// several threads.
    ///
    /// # Errors
    /// What the system said.
    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>>;

    /// Whether an object lies on a disk or the like: reading it again costs little, and its
    /// [`stamp`](Object::stamp) can be set back. A run that goes on from a checkpoint reads such objects once more,
    /// up to where it was; of others the stamp must be made of the content.
    fn is_at_hand(&self, _object: &Object) -> bool {
        false
    }
}

/// One file, or a pipe with a name, which is read once, as [`Stdin`] is.
pub struct OneFile {
    path: PathBuf,
    pipe: Option<Spooled>,
}

impl OneFile {
    /// The file at `path`.
    ///
    /// # Errors
    /// [`Error::Io`] if there is none.
    pub fn open(path: impl Into<PathBuf>) -> Result<OneFile, Error> {
        let path = path.into();
        let pipe = is_pipe(&metadata(&path)?).then(|| Spooled::new(name_of(&path)));
        Ok(OneFile { path, pipe })
    }
}

impl Archive for OneFile {
    fn objects(&self) -> Result<Vec<Object>, Error> {
        if let Some(pipe) = &self.pipe {
            return pipe.object(|| File::open(&self.path));
        }
        let found = metadata(&self.path)?;
        let mut object = Object::new(name_of(&self.path), size(&found));
        object.problem = (!found.is_file()).then(|| NO_FILE.into());
        Ok(vec![object.stamped(stamp(&found))])
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        if let Some(pipe) = &self.pipe {
            return pipe.open(object);
        }
        if *object.name != *name_of(&self.path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(Box::new(SteadyFile::open(&self.path)?))
    }

    fn is_at_hand(&self, object: &Object) -> bool {
        *object.name == *name_of(&self.path) && self.pipe.is_none()
    }
}

/// All files below a directory. Links are followed; a loop of them is reported
/// and not entered, and what is no file (a pipe, a device) is reported and not read.
pub struct Directory {
    path: PathBuf,
    /// Files of which the name is no text, under the names that they are listed with.
    unnamed: Mutex<BTreeMap<Arc<str>, PathBuf>>,
}

impl Directory {
    /// The directory at `path`.
    ///
    /// # Errors
    /// [`Error::Io`] if there is none.
    pub fn open(path: impl Into<PathBuf>) -> Result<Directory, Error> {
        let path = path.into();
        if metadata(&path)?.is_dir() {
            let unnamed = Mutex::default();
            return Ok(Directory { path, unnamed });
        }
        Err(Error::Unsuitable {
            path: name_of(&path),
            reason: "expected a directory, found a file".to_owned(),
        })
    }
}

impl Archive for Directory {
    fn objects(&self) -> Result<Vec<Object>, Error> {
        let mut objects = Vec::new();
        for entry in walkdir::WalkDir::new(&self.path)
            .follow_links(true)
            .sort_by_file_name()
        {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => {
                    let found = entry.metadata().ok();
                    let size = found.as_ref().and_then(size);
                    let mut object = Object::new(name_of(entry.path()), size);
                    let no_file = found.as_ref().is_some_and(|found| !found.is_file());
                    object.problem = no_file.then(|| NO_FILE.into());
                    if entry.path().to_str().is_none() {
                        let unnamed = self.unnamed.lock();
                        let mut unnamed = unnamed.unwrap_or_else(PoisonError::into_inner);
                        unnamed.insert(object.name.clone(), entry.path().to_owned());
                    }
                    objects.push(object.stamped(found.as_ref().and_then(stamp)));
                }
                Err(error) if error.depth() == 0 => {
                    return Err(Error::Io {
                        path: name_of(&self.path),
                        source: error.into(),
                    });
                }
                Err(error) => objects.push(Object {
                    name: error.path().map_or_else(String::new, name_of).into(),
                    size: None,
                    stamp: None,
                    problem: Some(error.to_string().into()),
                }),
            }
        }
        self.tell_apart(&mut objects);
        Ok(objects)
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(SteadyFile::open(&self.path_of(object))?))
    }

    fn is_at_hand(&self, _: &Object) -> bool {
        true
    }
}

impl Directory {
    /// Refuses files that would have one name, though only one of them is no text.
    fn tell_apart(&self, objects: &mut [Object]) {
        let unnamed = self.unnamed.lock();
        let unnamed = unnamed.unwrap_or_else(PoisonError::into_inner);
        for name in unnamed.keys() {
            let alike = objects.iter_mut().filter(|object| object.name == *name);
            let alike: Vec<_> = alike.collect();
            if alike.len() > 1 {
                for object in alike {
                    object.problem = Some("another file has the same name".into());
                }
            }
        }
    }

    fn path_of(&self, object: &Object) -> PathBuf {
        let unnamed = self.unnamed.lock();
        let unnamed = unnamed.unwrap_or_else(PoisonError::into_inner);
        let path = unnamed.get(&object.name).cloned();
        path.unwrap_or_else(|| PathBuf::from(&*object.name))
    }
}

/// Standard input, under the name `-`. It is read once, into a temporary file:
/// a journal may be larger than memory and is looked at twice.
pub struct Stdin(Spooled);

impl Stdin {
    /// Standard input of this process.
    pub fn new() -> Stdin {
        Stdin::default()
    }
}

impl Default for Stdin {
    fn default() -> Stdin {
        Stdin(Spooled::new("-".to_owned()))
    }
}

impl Archive for Stdin {
    fn objects(&self) -> Result<Vec<Object>, Error> {
        self.0.object(|| Ok(io::stdin().lock()))
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        self.0.open(object)
    }
}

/// What can be read but once, kept in a temporary file.
struct Spooled {
    name: String,
    kept: Mutex<Option<Arc<Mutex<File>>>>,
}

impl Spooled {
    fn new(name: String) -> Spooled {
        let kept = Mutex::default();
        Spooled { name, kept }
    }

    /// Reads all of it, unless that was done.
    fn object<R: Read>(&self, open: impl FnOnce() -> io::Result<R>) -> Result<Vec<Object>, Error> {
        let failed = |source| Error::Io {
            path: self.name.clone(),
            source,
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let file = match &mut *kept {
            Some(file) => file,
            none => {
                let mut file = tempfile::tempfile().map_err(failed)?;
                io::copy(&mut open().map_err(failed)?, &mut file).map_err(failed)?;
                none.insert(Arc::new(Mutex::new(file)))
            }
        };
        let file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let size = file.metadata().map_err(failed)?.len();
        Ok(vec![Object::new(self.name.as_str(), Some(size))])
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        if *object.name != *self.name {
            return Err(io::ErrorKind::NotFound.into());
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let file = kept
            .as_ref()
            .ok_or_else(|| io::Error::other("it was not read yet"))?;
        Ok(Box::new(SharedFile {
            file: file.clone(),
            position: 0,
        }))
    }
}

/// Reads from its own position, though all readers share one.
struct SharedFile {
    file: Arc<Mutex<File>>,
    position: u64,
}

impl Read for SharedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(io::SeekFrom::Start(self.position))?;
        let count = file.read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

/// Buffers under names: for tests, and for data that is in memory already.
#[derive(Clone, Default)]
pub struct Memory(BTreeMap<Arc<str>, Arc<[u8]>>);

impl Memory {
    /// Holds nothing yet.
    pub fn new() -> Memory {
        Memory::default()
    }

    /// With `bytes` under `name`; an earlier object of that name is replaced.
    pub fn with(mut self, name: impl Into<Arc<str>>, bytes: impl Into<Arc<[u8]>>) -> Memory {
        self.0.insert(name.into(), bytes.into());
        self
    }
}

impl Archive for Memory {
    fn objects(&self) -> Result<Vec<Object>, Error> {
        let one = |(name, bytes): (&Arc<str>, &Arc<[u8]>)| {
            Object::new(name.clone(), Some(bytes.len() as u64))
        };
        Ok(self.0.iter().map(one).collect())
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        match self.0.get(&object.name) {
            Some(bytes) => Ok(Box::new(Cursor::new(bytes.clone()))),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// Several archives as one. Where two list the same name, it is read once.
#[derive(Default)]
pub struct Union(Vec<Box<dyn Archive + Send>>);

impl Union {
    /// Of `archives`, in this order.
    pub fn new(archives: Vec<Box<dyn Archive + Send>>) -> Union {
        Union(archives)
    }

    /// The files and directories at `paths`; `-` is standard input.
    ///
    /// # Errors
    /// [`Error::Io`] for the first path that is not there.
    pub fn of_paths<P: AsRef<Path>>(paths: &[P]) -> Result<Union, Error> {
        let mut archives: Vec<Box<dyn Archive + Send>> = Vec::new();
        for path in paths {
            let path = path.as_ref();
            archives.push(if path == Path::new("-") {
                Box::new(Stdin::new())
            } else if metadata(path)?.is_dir() {
                Box::new(Directory::open(path)?)
            } else {
                Box::new(OneFile::open(path)?)
            });
        }
        Ok(Union(archives))
    }
}

impl Archive for Union {
    fn objects(&self) -> Result<Vec<Object>, Error> {
        if let [only] = &self.0[..] {
            return only.objects();
        }
        let mut all: Vec<Object> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for archive in &self.0 {
            for object in archive.objects()? {
                if seen.insert(object.name.clone()) {
                    all.push(object);
                }
            }
        }
        Ok(all)
    }

    fn open(&self, object: &Object) -> io::Result<Box<dyn Read + Send>> {
        for archive in &self.0 {
            match archive.open(object) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => return other,
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn is_at_hand(&self, object: &Object) -> bool {
        self.0.iter().any(|archive| archive.is_at_hand(object))
    }
}

/// A file that must not change while it is read: at its end, size and time of
/// change are compared with those at its start.
struct SteadyFile {
    file: File,
    before: Metadata,
}

impl SteadyFile {
    fn open(path: &Path) -> io::Result<SteadyFile> {
        // To open a pipe would be to wait for somebody who writes.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::other(NO_FILE));
        }
        let file = File::open(path)?;
        let before = file.metadata()?;
        Ok(SteadyFile { file, before })
    }
}

impl Read for SteadyFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        if count == 0 && !buffer.is_empty() {
            let after = self.file.metadata()?;
            let changed = after.len() != self.before.len()
                || after.modified().ok() != self.before.modified().ok();
            if changed {
                return Err(io::Error::other("the file changed while it was read"));
            }
        }
        Ok(count)
    }
}

#[cfg(unix)]
fn is_pipe(found: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    found.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: &Metadata) -> bool {
    false
}

const NO_FILE: &str = "it is no file (a pipe, a socket, a device or a folder), and was not read";

fn metadata(path: &Path) -> Result<Metadata, Error> {
    std::fs::metadata(path).map_err(|source| Error::Io {
        path: name_of(path),
        source,
    })
}

/// Of pipes and the like nothing is known before they are read.
fn size(found: &Metadata) -> Option<u64> {
    found.is_file().then_some(found.len())
}

/// Times of change, of the content and (where a program cannot set it) of anything
/// about the file.
fn stamp(found: &Metadata) -> Option<Arc<str>> {
    let since = std::time::UNIX_EPOCH;
    let content = found.modified().ok()?.duration_since(since).ok()?;
    #[cfg(unix)]
    let anything = {
        use std::os::unix::fs::MetadataExt as _;
        format!("{}.{:09}", found.ctime(), found.ctime_nsec())
    };
    #[cfg(not(unix))]
    let anything = "";
    let stamp = format!(
        "{}.{:09} {anything}",
        content.as_secs(),
        content.subsec_nanos()
    );
    Some(stamp.into())
}

/// A path as people see it. Bytes that are no text are told apart, so that no two files have one name.
fn name_of(path: &Path) -> String {
    let mut name = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        name.push_str(chunk.valid());
        for byte in chunk.invalid() {
            name.push_str(&format!("\\x{byte:02X}"));
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(archive: &dyn Archive) -> Vec<(String, String)> {
        let objects = archive.objects().unwrap();
        let read = |object: &Object| {
            let mut text = String::new();
            archive
                .open(object)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            (object.name.to_string(), text)
        };
        objects.iter().map(read).collect()
    }

    #[test]
    fn a_union_gives_each_name_its_own_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = ["a", "b"]
            .iter()
            .map(|name| folder.path().join(name))
            .collect();
        for path in &paths {
            std::fs::write(path, name_of(path)).unwrap();
        }
        let union = Union::of_paths(&paths).unwrap();
        let both: Vec<_> = paths
            .iter()
            .map(|path| (name_of(path), name_of(path)))
            .collect();
        assert_eq!(contents(&union), both);
        // A folder that holds them adds nothing.
        let again = [paths.clone(), vec![folder.path().to_owned()]].concat();
        assert_eq!(contents(&Union::of_paths(&again).unwrap()), both);
    }

    #[test]
    fn what_is_not_there_is_named() {
        let error = Union::of_paths(&["no such file"]).err().unwrap();
        assert!(
            error.to_string().starts_with("cannot read no such file: "),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("growing");
        std::fs::write(&path, "{}").unwrap();
        let mut file = SteadyFile::open(&path).unwrap();
        std::fs::write(&path, "{} {}").unwrap();
        let error = io::read_to_string(&mut file).unwrap_err();
        assert_eq!(error.to_string(), "the file changed while it was read");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_a_folder_is_listed_and_one_that_is_named_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let archive = Directory::open(folder.path()).unwrap();
        let objects = archive.objects().unwrap();
        assert!(objects[0].problem.as_ref().unwrap().contains("pipe"));
        assert!(archive.open(&objects[0]).is_err());
        let writer = std::thread::spawn({
            let path = path.clone();
            move || std::fs::write(path, "{a:1}")
        });
        let archive = OneFile::open(&path).unwrap();
        for _ in 0..2 {
            assert_eq!(contents(&archive), [(name_of(&path), "{a:1}".to_owned())]);
        }
        writer.join().unwrap().unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn files_whose_names_are_no_text_are_read_each() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = tempfile::tempdir().unwrap();
        for byte in [0xFE, 0xFF] {
            let name = [b"a".as_slice(), &[byte]].concat();
            let path = folder.path().join(std::ffi::OsStr::from_bytes(&name));
            std::fs::write(path, [byte & 1 | b'0']).unwrap();
        }
        let found = contents(&Directory::open(folder.path()).unwrap());
        let [(one, first), (two, second)] = &found[..] else {
            panic!("{found:?}");
        };
        assert!(one.ends_with("a\\xFE") && two.ends_with("a\\xFF"));
        assert_eq!((first.as_str(), second.as_str()), ("0", "1"));
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_is_listed_and_not_entered() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        let objects = Directory::open(folder.path()).unwrap().objects().unwrap();
        assert_eq!(objects.len(), 1);
        assert!(
            objects[0].problem.as_ref().unwrap().contains("loop"),
            "{objects:?}"
        );
    }
}
