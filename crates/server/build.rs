//! Embeds the built browser client (`web/dist`). Without one, a page that says how to build it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

const STUB: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Incamera</title>\
<h1>Incamera</h1><p>This server was built without its browser client. Run <code>./x build</code> in the \
source folder, which builds both, and start it again.";

fn main() {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let built = manifest.join("../../web/dist");
    // Cargo runs this script each time if a path it watches is missing, so the folder is made.
    let _ = fs::create_dir_all(&built);
    println!("cargo::rerun-if-changed={}", built.display());
    println!("cargo::rerun-if-changed=migrations");
    let copy = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("web");
    if copy.exists() {
        fs::remove_dir_all(&copy).expect("the build folder is writable");
    }
    // A copy, so that the client can be built again while this crate compiles.
    if built.join("index.html").is_file() {
        copy_folder(&built, &copy).expect("the client can be read and the build folder written");
    } else {
        fs::create_dir_all(&copy)
            .and_then(|()| fs::write(copy.join("index.html"), STUB))
            .and_then(|()| age(&copy.join("index.html")))
            .and_then(|()| age(&copy))
            .expect("the build folder is writable");
    }
    memory_serve::load_directory_with_embed(copy, true);
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            age(&target)?;
        }
    }
    age(to)
}

/// `memory_serve` has Cargo watch the copy; it must look older than this run of the script.
fn age(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.set_modified(SystemTime::UNIX_EPOCH)
}
