//! The VFS: passes everything on to the ordinary one, but asks the [`State`](super::State) first.
//!
//! The only unsafe code of this crate, which is linked by tests alone: SQLite takes a disk only as a
//! table of C functions. Each block relies on SQLite's contract for VFS methods (sqlite.org/vfs.html):
//! it hands in a file that `open` made, which lives until `close`, and buffers as long as it says.

#![allow(unsafe_code)]

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    mem::size_of,
    ptr,
    sync::Once,
};

use libsqlite3_sys::{
    SQLITE_FULL, SQLITE_IOERR_DELETE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_READ, SQLITE_IOERR_TRUNCATE,
    SQLITE_IOERR_WRITE, SQLITE_OK, sqlite3_file, sqlite3_filename, sqlite3_int64,
    sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};

use super::{Fault, Operation, with};

/// What SQLite allocates for each open file, with the ordinary VFS's own file right behind it.
#[repr(C)]
struct File {
    base: sqlite3_file,
    /// `None` for temporary files, which a power cut does not leave.
    path: *mut String,
}

static INSTALLED: Once = Once::new();

pub(super) fn install() {
    INSTALLED.call_once(|| {
        // SAFETY: the ordinary VFS is static; ours is a copy of it, leaked so that it stays.
        unsafe {
            let real = sqlite3_vfs_find(ptr::null());
            assert!(!real.is_null(), "SQLite has no VFS");
            let mut ours = *real;
            ours.szOsFile += c_int::try_from(size_of::<File>()).unwrap_or(c_int::MAX);
            ours.zName = c"failing".as_ptr();
            ours.pNext = ptr::null_mut();
            ours.pAppData = real.cast();
            ours.xOpen = Some(open);
            ours.xDelete = Some(delete);
            sqlite3_vfs_register(Box::leak(Box::new(ours)), 1);
        }
    });
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2, // shared memory, but no mapped pages: those would go round us
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

unsafe fn vfs_behind(vfs: *mut sqlite3_vfs) -> *mut sqlite3_vfs {
    // SAFETY: `install` put it there.
    unsafe { (*vfs).pAppData.cast() }
}

/// The ordinary VFS's file.
unsafe fn behind(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: `szOsFile` makes room for both.
    unsafe { file.cast::<u8>().add(size_of::<File>()).cast() }
}

/// Calls one of the ordinary file's methods.
macro_rules! pass_on {
    ($file:ident, $method:ident $(, $argument:expr)*) => {{
        // SAFETY: as this function was called by SQLite; `open` saw that the file has methods.
        unsafe {
            let real = behind($file);
            match (*(*real).pMethods).$method {
                Some(method) => method(real $(, $argument)*),
                None => unreachable!("the ordinary VFS has every method of version 2"),
            }
        }
    }};
}

fn path_of(file: *mut sqlite3_file) -> Option<&'static str> {
    // SAFETY: `open` made it, `close` has not been called. No caller keeps it.
    unsafe { (*file.cast::<File>()).path.as_ref().map(String::as_str) }
}

fn place(offset: sqlite3_int64) -> usize {
    usize::try_from(offset).unwrap_or_default()
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite's own arguments, passed on; the file has room for ours and the ordinary one.
    unsafe {
        let real = vfs_behind(vfs);
        (*file).pMethods = ptr::null();
        let path = (!name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy().into_owned());
        let Some(method) = (*real).xOpen else {
            return SQLITE_IOERR_READ;
        };
        let opened = method(real, name, behind(file), flags, out_flags);
        if opened != SQLITE_OK {
            return opened;
        }
        if let Some(path) = &path {
            with(|state| state.image(path).open(|| std::fs::read(path).ok()));
        }
        let path = path.map_or(ptr::null_mut(), |path| Box::into_raw(Box::new(path)));
        (*file.cast::<File>()).path = path;
        (*file).pMethods = &raw const METHODS;
        SQLITE_OK
    }
}

unsafe extern "C" fn delete(
    vfs: *mut sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: SQLite's own arguments, passed on.
    unsafe {
        let path = CStr::from_ptr(name).to_string_lossy().into_owned();
        let fate = with(|state| state.fate(Operation::Other));
        if fate.is_some_and(|fault| fault != Fault::Done) {
            return SQLITE_IOERR_DELETE;
        }
        let real = vfs_behind(vfs);
        let Some(method) = (*real).xDelete else {
            return SQLITE_IOERR_DELETE;
        };
        let deleted = method(real, name, 0);
        if deleted == SQLITE_OK {
            with(|state| {
                state.image(&path).delete();
                if sync_folder != 0 && fate.is_none() {
                    state.image(&path).sync();
                }
            });
        }
        fate.map_or(deleted, |_| SQLITE_IOERR_DELETE)
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let closed = pass_on!(file, xClose);
    // SAFETY: SQLite uses the file no more; the path was boxed by `open`.
    unsafe {
        let path = (*file.cast::<File>()).path;
        if !path.is_null() {
            drop(Box::from_raw(path));
        }
    }
    closed
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    to: *mut c_void,
    length: c_int,
    offset: sqlite3_int64,
) -> c_int {
    if with(|state| state.fate(Operation::Read)).is_some() {
        return SQLITE_IOERR_READ;
    }
    pass_on!(file, xRead, to, length, offset)
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    from: *const c_void,
    length: c_int,
    offset: sqlite3_int64,
) -> c_int {
    let fate = with(|state| state.fate(Operation::Write));
    let done = match fate {
        None | Some(Fault::Done) => length,
        Some(Fault::Torn) => length / 2,
        Some(Fault::Error) => 0,
        Some(Fault::Full) => return SQLITE_FULL,
    };
    if done > 0 {
        let written = pass_on!(file, xWrite, from, done, offset);
        if written != SQLITE_OK {
            return written;
        }
        if let Some(path) = path_of(file) {
            // SAFETY: SQLite says that so many bytes are there.
            let bytes =
                unsafe { std::slice::from_raw_parts(from.cast::<u8>(), place(done.into())) };
            with(|state| state.image(path).write(place(offset), bytes));
        }
    }
    fate.map_or(SQLITE_OK, |_| SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    let fate = with(|state| state.fate(Operation::Other));
    if fate.is_some_and(|fault| fault != Fault::Done) {
        return SQLITE_IOERR_TRUNCATE;
    }
    let cut = pass_on!(file, xTruncate, size);
    if cut == SQLITE_OK
        && let Some(path) = path_of(file)
    {
        with(|state| state.image(path).cut(place(size)));
    }
    fate.map_or(cut, |_| SQLITE_IOERR_TRUNCATE)
}

/// The real file need not be synced: what a power cut would leave is kept by us.
unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    let fate = with(|state| state.fate(Operation::Other));
    if fate.is_none_or(|fault| fault == Fault::Done)
        && let Some(path) = path_of(file)
    {
        with(|state| state.image(path).sync());
    }
    fate.map_or(SQLITE_OK, |_| SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    pass_on!(file, xFileSize, size)
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    pass_on!(file, xLock, level)
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    pass_on!(file, xUnlock, level)
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    pass_on!(file, xCheckReservedLock, out)
}

unsafe extern "C" fn file_control(
    file: *mut sqlite3_file,
    operation: c_int,
    argument: *mut c_void,
) -> c_int {
    pass_on!(file, xFileControl, operation, argument)
}

unsafe extern "C" fn sector_size(file: *mut sqlite3_file) -> c_int {
    pass_on!(file, xSectorSize)
}

unsafe extern "C" fn device_characteristics(file: *mut sqlite3_file) -> c_int {
    pass_on!(file, xDeviceCharacteristics)
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    pass_on!(file, xShmMap, page, size, extend, out)
}

unsafe extern "C" fn shm_lock(
    file: *mut sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    pass_on!(file, xShmLock, offset, count, flags)
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    pass_on!(file, xShmBarrier);
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, delete_flag: c_int) -> c_int {
    pass_on!(file, xShmUnmap, delete_flag)
}
