//! Embeds the built browser client (`web/dist`). Without one, a page that says how to build it.

use std::{env, fs, path::PathBuf};

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
    let folder = if built.join("index.html").is_file() {
        built
    } else {
        stub()
    };
    memory_serve::load_directory_with_embed(folder, true);
}

fn stub() -> PathBuf {
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("stub");
    fs::create_dir_all(&folder).expect("the build folder is writable");
    fs::write(folder.join("index.html"), STUB).expect("the build folder is writable");
    folder
}
