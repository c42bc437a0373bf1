//! `cargo xtask wasm`: `web-core` for browsers, in `web/src/sealed/generated/`.
//!
//! Cargo builds it with the toolchain that [`toolchain`] finds or fetches, into a target folder of
//! its own; `wasm-bindgen-cli-support`, whose version `Cargo.lock` keeps in step with `wasm-bindgen`,
//! writes the JavaScript; `wasm-opt` of npm's `binaryen` makes it smaller.

mod toolchain;

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::{sh, stamp::Stamp};
use toolchain::Toolchain;

const OUTPUT: &str = "web/src/sealed/generated";
const INPUTS: [&str; 6] = [
    "Cargo.toml",
    "Cargo.lock",
    "crates/protocol",
    "crates/sealed",
    "crates/web-core",
    "crates/xtask/src/wasm.rs",
];
/// What Rust enables by default for this target; every browser since 2022 has it.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds it, unless nothing it is made of has changed.
pub(crate) fn run(root: &Path) -> Result<()> {
    let optimiser = root.join("web/node_modules/.bin/wasm-opt");
    let optimised = optimiser.exists();
    let mut stamp = Stamp::new(root, "wasm").text(if optimised { "small" } else { "as built" });
    for input in INPUTS {
        stamp = stamp.path(&root.join(input))?;
    }
    let output = root.join(OUTPUT);
    if stamp.is_current(&output.join("web_core.js")) {
        return Ok(());
    }
    let module = compile(root, &Toolchain::find(root)?)?;
    bind(&module, &output)?;
    if optimised {
        optimise(root, &optimiser, &output.join("web_core_bg.wasm"))?;
    } else {
        println!("wasm-opt is not there (npm ci in web/ brings it): the module stays as built");
    }
    let bytes = fs::metadata(output.join("web_core_bg.wasm"))?.len();
    println!("{OUTPUT}: {} kB of WebAssembly", bytes.div_ceil(1000));
    stamp.remember()
}

fn compile(root: &Path, toolchain: &Toolchain) -> Result<Vec<u8>> {
    let target = root.join(".cache/wasm-target");
    let mut cargo = sh::cargo(
        root,
        &["build", "--locked", "--release", "--package", "web-core"],
    );
    cargo
        .args(["--lib", "--target", toolchain::TARGET, "--target-dir"])
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", remap(root))
        // Small before fast: a first visit carries all of it, and sealing costs little (docs/performance.md).
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s")
        .env("CARGO_PROFILE_RELEASE_LTO", "fat")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1")
        .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
        // wasm-bindgen reads the names and takes them out itself.
        .env("CARGO_PROFILE_RELEASE_STRIP", "none");
    toolchain.prepare(&mut cargo);
    sh::run(&mut cargo)?;
    let module = target.join(toolchain::TARGET).join("release/web_core.wasm");
    fs::read(&module).with_context(|| format!("reading {}", module.display()))
}

/// No path of the machine that built it in the module: two machines should build the same bytes.
fn remap(root: &Path) -> String {
    let mut flags = vec![format!("--remap-path-prefix={}=/incamera", root.display())];
    let home = std::env::home_dir().unwrap_or_default();
    let cargo_home = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), Into::into);
    flags.push(format!(
        "--remap-path-prefix={}=/cargo",
        cargo_home.display()
    ));
    flags.join("\u{1f}")
}

fn bind(module: &[u8], output: &Path) -> Result<()> {
    if output.exists() {
        fs::remove_dir_all(output)?;
    }
    Bindgen::new()
        .input_bytes("web_core", module.to_vec())
        .web(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(output)
        .context("wasm-bindgen cannot write the bindings")
}

fn optimise(root: &Path, optimiser: &Path, module: &Path) -> Result<()> {
    let small = module.with_extension("small");
    let mut command = sh::command(root, &[optimiser]);
    command.args(FEATURES).arg("-O3").arg(module);
    sh::run(command.arg("-o").arg(&small))?;
    let before = fs::metadata(module)?.len();
    if fs::metadata(&small)?.len() > before {
        bail!("wasm-opt made the module larger than {before} bytes");
    }
    fs::rename(&small, module)?;
    Ok(())
}
