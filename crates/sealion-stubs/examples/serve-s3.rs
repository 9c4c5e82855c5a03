//! Serves a folder as S3 until it is stopped: each sub-folder is a bucket. Prints where, and the credentials.
//!
//! `cargo run --release -p sealion-stubs --example serve-s3 -- FOLDER PORT`

use std::path::Path;

use sealion_stubs::{s3, url, KEY_ID, SECRET};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".to_owned());
    let port = arguments.next().and_then(|port| port.parse().ok());
    let address = s3::serve(Path::new(&folder), port.unwrap_or(0));
    println!("export AWS_ENDPOINT_URL={}", url(address));
    println!("export AWS_ACCESS_KEY_ID={KEY_ID} AWS_SECRET_ACCESS_KEY={SECRET}");
    loop {
        std::thread::park();
    }
}
