//! What of S3 is answered: objects and listings.
//!
//! `s3s-fs` is made to be right rather than fast: it hashes the whole object for every part that is asked
//! for, sends it by 4 KiB, and walks the bucket again for every page of a listing. Beside it no client
//! could be measured. So objects are sent from here, as one piece, and a listing's walk is kept
//! for its further pages; the walk itself, and every refusal, are those of `s3s-fs`.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use s3s::dto::{
    ETag, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input,
    ListObjectsV2Output, Object, StreamingBlob,
};
use s3s::{Body, S3Request, S3Response, S3Result, S3};
use s3s_fs::FileSystem;

/// The buckets under one folder.
pub(super) struct Files {
    root: PathBuf,
    inner: FileSystem,
    walked: Mutex<Option<Walked>>,
}

/// All objects that one listing asked for.
struct Walked {
    bucket: String,
    prefix: Option<String>,
    objects: Arc<Vec<Object>>,
}

impl Files {
    pub(super) fn new(root: &Path) -> Files {
        Files {
            root: root.to_owned(),
            inner: FileSystem::new(root).expect("the folder of buckets"),
            walked: Mutex::new(None),
        }
    }

    /// The file of an object, where there is one. Keys that would leave the bucket have none.
    fn open(&self, bucket: &str, key: &str) -> Option<File> {
        let key = Path::new(key);
        let inside = |part| matches!(part, Component::Normal(_));
        if !key.components().all(inside) {
            return None;
        }
        let file = File::open(self.root.join(bucket).join(key)).ok()?;
        file.metadata().ok()?.is_file().then_some(file)
    }

    /// Every object of the listing that `request` asks a page of: anew for its first page.
    async fn walk(&self, mut request: S3Request<ListObjectsV2Input>) -> S3Result<Arc<Vec<Object>>> {
        let (bucket, prefix) = (request.input.bucket.clone(), request.input.prefix.clone());
        if request.input.continuation_token.take().is_some() {
            let walked = self.walked.lock().unwrap_or_else(PoisonError::into_inner);
            let same = |walked: &&Walked| walked.bucket == bucket && walked.prefix == prefix;
            if let Some(walked) = walked.as_ref().filter(same) {
                return Ok(walked.objects.clone());
            }
        }
        request.input.start_after = None;
        request.input.max_keys = Some(i32::MAX);
        let all = self.inner.list_objects_v2(request).await?.output;
        let objects = Arc::new(all.contents.unwrap_or_default());
        let walked = Walked {
            bucket,
            prefix,
            objects: objects.clone(),
        };
        *self.walked.lock().unwrap_or_else(PoisonError::into_inner) = Some(walked);
        Ok(objects)
    }
}

#[async_trait::async_trait]
impl S3 for Files {
    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let Some(file) = self.open(&request.input.bucket, &request.input.key) else {
            return self.inner.get_object(request).await;
        };
        let metadata = file.metadata().map_err(s3s::S3Error::internal_error)?;
        let (size, written) = (metadata.len(), metadata.modified().unwrap_or(UNIX_EPOCH));
        let range = match request.input.range {
            Some(range) => range.check(size)?,
            None => 0..size,
        };
        let since = written.duration_since(UNIX_EPOCH).unwrap_or_default();
        let content_range = request.input.range.is_some();
        let content_range =
            content_range.then(|| format!("bytes {}-{}/{size}", range.start, range.end - 1));
        let length = range.end - range.start;
        let bytes = read(&file, range.start, length).map_err(s3s::S3Error::internal_error)?;
        Ok(S3Response::new(GetObjectOutput {
            body: Some(StreamingBlob::from(Body::from(bytes))),
            content_length: i64::try_from(length).ok(),
            content_range,
            last_modified: Some(written.into()),
            e_tag: Some(ETag::Strong(format!("{:x}-{size:x}", since.as_nanos()))),
            ..GetObjectOutput::default()
        }))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        self.inner.head_object(request).await
    }

    /// Pages begin behind the key that is their token.
    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input.clone();
        if input.delimiter.is_some() {
            return self.inner.list_objects_v2(request).await;
        }
        let objects = self.walk(request).await?;
        let after = input.continuation_token.clone().max(input.start_after);
        let first = objects.partition_point(|object| object.key <= after);
        let keys_max = input.max_keys.unwrap_or(1000).clamp(0, 1000);
        let page = objects[first..].iter().take(keys_max as usize);
        let page: Vec<Object> = page.cloned().collect();
        let truncated = first + page.len() < objects.len();
        let last = page.last().and_then(|object| object.key.clone());
        Ok(S3Response::new(ListObjectsV2Output {
            key_count: i32::try_from(page.len()).ok(),
            max_keys: Some(keys_max),
            is_truncated: Some(truncated),
            next_continuation_token: last.filter(|_| truncated),
            contents: Some(page),
            name: Some(input.bucket),
            prefix: input.prefix,
            continuation_token: input.continuation_token,
            ..ListObjectsV2Output::default()
        }))
    }
}

fn read(file: &File, start: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, start)?;
    Ok(bytes)
}
