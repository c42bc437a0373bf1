//! Files and folders that nobody but the user who runs the server may read, whatever its umask.
//!
//! The data folder may have been made by hand and be open to all; what is put into it is not. What is
//! made here is there after a power cut, whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

/// Makes a folder, and those above it, if it is not there. One that is there stays as it is.
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    let missing = path.ancestors().take_while(|folder| !folder.exists());
    let missing: Vec<_> = missing.collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    missing.into_iter().try_for_each(sync_folder_of)
}

/// Makes a folder of our own in the data folder private, even if it is there.
pub(crate) fn own_folder(path: &Path) -> io::Result<()> {
    folder(path)?;
    restrict(path, 0o700)
}

/// Makes a file if it is not there, makes it private, and opens it. What SQLite puts beside its file gets
/// the same mode.
pub(crate) fn file(path: &Path) -> io::Result<File> {
    let is_new = !path.exists();
    let file = options().append(true).open(path)?;
    restrict(path, 0o600)?;
    if is_new {
        sync_folder_of(path)?;
    }
    Ok(file)
}

/// Makes a file that is soon removed again, and need not be there after a power cut.
pub(crate) fn scratch(path: &Path) -> io::Result<File> {
    options().write(true).truncate(true).open(path)
}

/// Puts these bytes into a file in place of what is there. It has the old bytes or the new ones, whenever
/// the machine stops.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let _ = fs::remove_file(&new); // Left by a process that was killed; there is none as a rule.
    let mut file = options().write(true).create_new(true).open(&new)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // What is half written is of no use, and on a full disk in the way.
        let _ = fs::remove_file(&new);
    }
    written?;
    sync_folder_of(path)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A name is on the disk when its folder is.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        write(&file, b"old").unwrap();
        write(&file, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_replaced_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        write(&file, b"old").unwrap();
        fs::create_dir(folder.path().join("key.pem.new")).unwrap(); // in the way
        write(&file, b"new").unwrap_err();
        assert_eq!(fs::read(&file).unwrap(), b"old");
    }
}
