//! Files and folders that nobody but the user who runs the server may read, whatever its umask.
//!
//! The data folder may have been made by hand and be open to all; what is put into it is not.

use std::{fs, io, path::Path};

/// Makes a folder, and those above it, if it is not there. One that is there stays as it is.
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a folder of our own in the data folder private, even if it is there.
pub(crate) fn own_folder(path: &Path) -> io::Result<()> {
    folder(path)?;
    restrict(path, 0o700)
}

/// Makes a file if it is not there, and makes it private. What SQLite puts beside its file gets the
/// same mode.
pub(crate) fn file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path)?);
    restrict(path, 0o600)
}

/// Changes the mode only if it is more open: somebody else's file of the right mode is fine.
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let now = fs::metadata(path)?.permissions().mode() & 0o777;
        if now & !mode != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(now & mode))?;
        }
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}
